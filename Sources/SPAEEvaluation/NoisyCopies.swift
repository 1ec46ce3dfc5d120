import SPAELanguage

/// Copies of a pyramid's words at falling rates of noise: the context of the conditional tasks (SPAE,
/// section 4.3).
///
/// They hold most of the answer, as in the paper; so a generated pyramid says something only beside
/// what the copies alone give: the last of them, and the commonest word of each place.
package struct NoisyCopies: Hashable, Sendable {
  /// The copies, the noisiest first, [copy][word].
  package let copies: [[Int32]]
  /// What the same noise made of another list, [copy][word].
  package let conditions: [[Int32]]

  /// The paper's first and last share of words that are swapped for random ones.
  private static let (noisiest, cleanest) = (0.50, 0.23)

  /// Makes copies of `words` and of `condition`, which has as many.
  package init(
    of words: [Int32], condition: [Int32], count: Int, vocabulary: Int, seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    var (copies, conditions) = ([[Int32]](), [[Int32]]())
    for copy in 0..<count {
      let rate = Self.rate(copy, of: count)
      copies.append(Self.noisy(words, rate, vocabulary, &generator))
      conditions.append(Self.noisy(condition, rate, vocabulary, &generator))
    }
    (self.copies, self.conditions) = (copies, conditions)
  }

  /// The commonest word of each place; of equally common ones the one that comes latest.
  package var majority: [Int32] {
    guard let last = copies.last else { return [] }
    return last.indices.map { place in
      var count: [Int32: Int] = [:]
      for copy in copies { count[copy[place], default: 0] += 1 }
      let most = count.values.max() ?? 0
      return copies.last { count[$0[place]] == most }?[place] ?? last[place]
    }
  }

  static func rate(_ copy: Int, of count: Int) -> Double {
    let way = count > 1 ? Double(copy) / Double(count - 1) : 1
    return noisiest + (cleanest - noisiest) * way
  }

  private static func noisy(
    _ words: [Int32], _ rate: Double, _ vocabulary: Int, _ generator: inout SeededGenerator
  ) -> [Int32] {
    let number = Int((rate * Double(words.count)).rounded())
    var noisy = words
    for place in generator.draw(number, below: words.count) {
      noisy[place] = Int32(generator.draw(below: vocabulary))
    }
    return noisy
  }
}
