/// The best few items so far, best first; equal scores keep the one that was offered first.
struct Ranking {
  private let limit: Int
  private(set) var items: [Int32] = []
  private(set) var scores: [Float] = []

  init(limit: Int) { self.limit = limit }

  mutating func offer(_ item: Int32, _ score: Float) {
    if items.count == limit {
      guard let worst = scores.last, score > worst else { return }
      items.removeLast()
      scores.removeLast()
    }
    var (index, end) = (0, scores.count)
    while index < end {
      let middle = (index + end) / 2
      if scores[middle] < score { end = middle } else { index = middle + 1 }
    }
    items.insert(item, at: index)
    scores.insert(score, at: index)
  }
}
