package import SPAEPyramid

/// What an answer had to be mended in, so that it became the words that were asked for.
package struct RepairCount: Hashable, Sendable, Codable {
  /// Words that were asked for.
  package var words = 0
  /// Places whose word is not in the vocabulary: they took the spare word.
  package var outside = 0
  /// Places that the answer did not reach: they took the spare word.
  package var missing = 0
  /// Words beyond what was asked for: they were cut off.
  package var extra = 0

  package init() {}

  /// Whether nothing had to be mended.
  package var isClean: Bool { outside + missing + extra == 0 }

  package static func += (total: inout RepairCount, other: RepairCount) {
    total.words += other.words
    total.outside += other.outside
    total.missing += other.missing
    total.extra += other.extra
  }
}

/// Makes an answer into as many words of the vocabulary as there are spare ones, place by place.
///
/// Words are what stands between spaces, commas and line ends, in small letters.
package func repaired(
  _ answer: String, spare: [Int32], vocabulary: Vocabulary
) -> (words: [Int32], count: RepairCount) {
  let given = answer.split { $0.isWhitespace || $0 == "," }.map { $0.lowercased() }
  var count = RepairCount()
  count.words = spare.count
  count.extra = max(0, given.count - spare.count)
  let words = spare.enumerated().map { place, spare in
    guard place < given.count else {
      count.missing += 1
      return spare
    }
    guard let word = vocabulary.number(of: given[place]) else {
      count.outside += 1
      return spare
    }
    return word
  }
  return (words, count)
}
