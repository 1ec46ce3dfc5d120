/// The words that one position may choose from, the best fitting first, each with its penalty.
struct Candidates: Sendable {
  private(set) var words: [Int32] = []

  /// How much of the picture's error each word must save, as a share, to be chosen before the first.
  private(set) var penalties: [Float] = []

  /// A word's penalty is `penalty` times the difference between its score and the first one's.
  init(_ scored: some Sequence<(word: Int32, score: Float)>, penalty: Float) {
    var best: Float?
    for (word, score) in scored {
      words.append(word)
      penalties.append(penalty * ((best ?? score) - score))
      best = best ?? score
    }
  }

  /// The words of one class; the penalty of each is greater by `step` than that of the one before.
  init(_ words: [Int32], step: Float) {
    self.words = words
    penalties = words.indices.map { step * Float($0) }
  }

  /// The same words with half of their penalties.
  var withHalfPenalty: Candidates {
    var candidates = self
    candidates.penalties = penalties.map { $0 / 2 }
    return candidates
  }

  /// The same words after others, which have no penalty.
  func preceded(by words: some Collection<Int32>) -> Candidates {
    var candidates = self
    candidates.words = words + self.words
    candidates.penalties = words.map { _ in 0 } + penalties
    return candidates
  }
}
