import Glibc
import SPAELanguage

/// The embeddings of a vocabulary's words, as their language model has them, or without the
/// direction of common words.
package struct WordVectors: Sendable {
  /// Numbers of one word.
  package let width: Int
  /// What a word of a layer counts in a picture's point, of what one of the layer above counts.
  package let layerWeight: Float

  private let values: [Float]  // [V, width]

  /// Takes one row of `width` numbers a word.
  package init(values: [Float], width: Int, layerWeight: Float = 1) {
    precondition(width > 0 && values.count.isMultiple(of: width))
    (self.values, self.width, self.layerWeight) = (values, width, layerWeight)
  }

  /// The number of words.
  package var count: Int { values.count / width }

  /// The mean of some words' own vectors, [width]; zeros for none.
  package func mean(of words: some Collection<Int32>) -> [Float] { mean(of: [(Array(words), 1)]) }

  /// The mean of the vectors of some lists of words, of each list's words with its weight, [width].
  func mean(of lists: [(words: [Int32], weight: Float)]) -> [Float] {
    var total = [Float](repeating: 0, count: width)
    for (words, weight) in lists {
      for word in words {
        let start = Int(word) * width
        for i in 0..<width { total[i] += weight * values[start + i] }
      }
    }
    let sum = lists.reduce(0) { $0 + Float($1.words.count) * $1.weight }
    return sum > 0 ? total.map { $0 / sum } : total
  }

  /// The vectors without the direction in which those of all words differ most (all-but-the-top;
  /// Mu and Viswanath, 2018), by power iteration.
  ///
  /// A tenth of the variance of SmolLM2's embeddings lies in it. It says how common a word is
  /// (Spearman's correlation with the number of its token is .89), and little of what it means.
  package func withoutFirstDirection() -> WordVectors {
    let direction = firstDirection()
    var rest = values
    for start in stride(from: 0, to: rest.count, by: width) {
      let share = projection(ofRow: start, to: direction)
      for i in 0..<width { rest[start + i] -= share * direction[i] }
    }
    return WordVectors(values: rest, width: width, layerWeight: layerWeight)
  }

  /// Of length 1, [width]: ten steps, each of which brings it six times nearer.
  private func firstDirection() -> [Float] {
    var direction = normalized(Array(values.prefix(width)))
    for _ in 0..<10 {
      var next = [Float](repeating: 0, count: width)
      for start in stride(from: 0, to: values.count, by: width) {
        let share = projection(ofRow: start, to: direction)
        for i in 0..<width { next[i] += share * values[start + i] }
      }
      direction = normalized(next)
    }
    return direction
  }

  private func projection(ofRow start: Int, to direction: [Float]) -> Float {
    var total: Float = 0
    for i in 0..<width { total += values[start + i] * direction[i] }
    return total
  }

  /// The same vectors given to other words: a control in which only equal words are alike.
  package func shuffled(seed: UInt64) -> WordVectors {
    var generator = SeededGenerator(seed: seed)
    let order = generator.draw(count, below: count)
    return WordVectors(
      values: order.flatMap { values[$0 * width..<($0 + 1) * width] }, width: width,
      layerWeight: layerWeight)
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
