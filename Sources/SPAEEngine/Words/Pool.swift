/// The words that one place may choose from, the best fitting first, and what each of them costs.
struct Pool: Sendable {
  private(set) var words: [Int32] = []

  /// The share of the picture's error that a word must spare to be worth it.
  private(set) var costs: [Float] = []

  /// A word costs the price times what its score falls short of the first one's.
  init(_ scored: some Sequence<(word: Int32, score: Float)>, price: Float) {
    var best: Float?
    for (word, score) in scored {
      words.append(word)
      costs.append(price * ((best ?? score) - score))
      best = best ?? score
    }
  }

  /// The words of one class, each of which costs so much more than the one before it.
  init(_ words: [Int32], step: Float) {
    self.words = words
    costs = words.indices.map { step * Float($0) }
  }

  /// The same words, each for half of what it costs here.
  var forHalfPrice: Pool {
    var pool = self
    pool.costs = costs.map { $0 / 2 }
    return pool
  }
}
