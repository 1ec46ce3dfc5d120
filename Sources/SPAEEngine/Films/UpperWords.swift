import SPAEPyramid

/// The words that name what a shot shows, and how long each has been wrong.
///
/// A word of a guided layer stays while the frozen branches still count it among those that fit its
/// position. It goes when two looks in a row leave it out, so that nothing is renamed for a moment.
/// Whoever watches wants one name for a shot: where that of layer 1 was another one before, many more
/// looks must leave it out.
struct UpperWords: Sendable {
  /// The looks in a row that leave a word out before it goes.
  private static let patience = 2
  /// How many times as many it takes with each word of layer 1 that went.
  private static let stubbornness = 8

  private var misses: [Int: Int] = [:]  // of flat indices
  private var renamings: [Int: Int] = [:]  // of flat indices of layer 1

  /// The words that go, by their flat indices, and what comes in their place.
  mutating func renamed(in pyramid: Pyramid, by found: GuidedCandidates) -> [Int: Int32] {
    let unfit = Self.unfit(pyramid, found)
    let counts = unfit.map { ($0.key, misses[$0.key, default: 0] + 1) }
    misses = Dictionary(uniqueKeysWithValues: counts.filter { $0.1 < patience(at: $0.0) })
    let renamed = unfit.filter { misses[$0.key] == nil }
    for index in renamed.keys where index < pyramid.shape.wordCount(toDepth: 1) {
      renamings[index, default: 0] += 1
    }
    return renamed
  }

  private func patience(at index: Int) -> Int {
    (0..<min(4, renamings[index, default: 0])).reduce(Self.patience) { looks, _ in
      looks * Self.stubbornness
    }
  }

  /// The share of the words of layers 1 and 2 that fit no longer.
  static func lost(_ pyramid: Pyramid, _ found: GuidedCandidates) -> Float {
    let count = pyramid.shape.wordCount(toDepth: 2)
    guard !found.candidates.isEmpty else { return 1 }
    return Float(unfit(pyramid, found).keys.count { $0 < count }) / Float(count)
  }

  /// The words that are no candidates of their positions, each with the best candidate.
  private static func unfit(_ pyramid: Pyramid, _ found: GuidedCandidates) -> [Int: Int32] {
    var unfit: [Int: Int32] = [:]
    for (layer, candidates) in found.candidates {
      let first = pyramid.shape.wordCount(toDepth: layer - 1)
      for (position, candidates) in candidates.enumerated() {
        guard let best = candidates.words.first,
          !candidates.words.contains(pyramid.words[first + position])
        else { continue }
        unfit[first + position] = best
      }
    }
    return unfit
  }
}
