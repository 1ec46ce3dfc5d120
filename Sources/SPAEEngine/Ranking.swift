/// The best few items so far, best first; equal scores keep the one that was offered first.
struct Ranking {
  private let limit: Int
  private(set) var items: [Int32] = []
  private(set) var scores: [Float] = []

  init(limit: Int) { self.limit = limit }

  /// What a score must be above to be kept.
  var threshold: Float { items.count == limit ? scores.last ?? .infinity : -.infinity }

  mutating func offer(_ item: Int32, _ score: Float) {
    if items.count == limit {
      guard let worst = scores.last, score > worst else { return }
      items.removeLast()
      scores.removeLast()
    }
    var place = scores.count
    while place > 0, score > scores[place - 1] { place -= 1 }
    items.insert(item, at: place)
    scores.insert(score, at: place)
  }
}
