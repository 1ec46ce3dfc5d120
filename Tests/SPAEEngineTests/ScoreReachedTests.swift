import SPAEEngine
import Testing

@Suite struct TheScoreThatTheBestReach {
  /// Many, few, equal, and infinite ones.
  private static let scores: [[Float]] = {
    var generator = SystemRandomNumberGenerator()
    let many = (0..<12_134).map { _ in Float.random(in: -1...1, using: &generator) }
    let coarse = many.map { ($0 * 20).rounded() }
    let missing = many.enumerated().map { $0 % 3 == 0 ? -Float.infinity : $1 }
    let rising = many.sorted()
    return [
      many, coarse, missing, rising, rising.reversed(), Array(many.prefix(300)), [], [1],
      .init(repeating: 0.5, count: 5000), .init(repeating: -.infinity, count: 5000),
    ]
  }()

  @Test(arguments: [0, 1, 31, 32, 208, 700, 100_000]) func isReachedByAllOfTheBest(count: Int) {
    for scores in Self.scores {
      let least = unsafe scores.withUnsafeBufferPointer { unsafe scoreReached(by: count, of: $0) }
      let best = scores.sorted(by: >)
      #expect(least == -.infinity || best[count - 1] >= least)
    }
  }

  @Test func isReachedByFewOthers() {
    let many = Self.scores[0]
    let least = unsafe many.withUnsafeBufferPointer { unsafe scoreReached(by: 208, of: $0) }
    #expect((208...400).contains(many.count { $0 >= least }))
  }
}
