import Glibc
import SPAELanguage

/// The embeddings of a vocabulary's words, as their language model has them.
package struct WordVectors: Sendable {
  /// Numbers of one word.
  package let width: Int

  private let values: [Float]  // [V, width]

  /// Takes one row of `width` numbers a word.
  package init(values: [Float], width: Int) {
    precondition(width > 0 && values.count.isMultiple(of: width))
    (self.values, self.width) = (values, width)
  }

  /// The number of words.
  package var count: Int { values.count / width }

  /// The mean of some words' own vectors, [width]; zeros for none.
  package func mean(of words: some Collection<Int32>) -> [Float] {
    var total = [Float](repeating: 0, count: width)
    for word in words {
      let start = Int(word) * width
      for i in 0..<width { total[i] += values[start + i] }
    }
    let count = Float(max(1, words.count))
    return total.map { $0 / count }
  }

  /// The same vectors given to other words: a control in which only equal words are alike.
  package func shuffled(seed: UInt64) -> WordVectors {
    var generator = SeededGenerator(seed: seed)
    let order = generator.draw(count, below: count)
    return WordVectors(
      values: order.flatMap { values[$0 * width..<($0 + 1) * width] }, width: width)
  }
}

/// The mean of some vectors of one width; empty for none.
package func mean(of vectors: [[Float]]) -> [Float] {
  guard var total = vectors.first else { return [] }
  for vector in vectors.dropFirst() {
    for i in total.indices { total[i] += vector[i] }
  }
  return total.map { $0 / Float(vectors.count) }
}

/// A vector of length 1 in the same direction; zeros stay zeros.
func normalized(_ vector: [Float]) -> [Float] {
  let length = sqrt(vector.reduce(0) { $0 + $1 * $1 })
  return length > 0 ? vector.map { $0 / length } : vector
}

/// The sum of the products of two vectors.
package func product(_ a: [Float], _ b: [Float]) -> Float {
  var total: Float = 0
  for i in a.indices { total += a[i] * b[i] }
  return total
}
