import SPAESystem
import Testing

@Suite struct APercentile {
  @Test(arguments: [
    (100, 99, 99), (100, 50, 50), (100, 100, 100), (100, 0, 1), (101, 99, 100), (10, 99, 10),
    (11, 50, 6), (1, 99, 1), (200, 99, 198),
  ])
  func isTheNearestRank(count: Int, percent: Int, expected: Int) {
    #expect((1...count).reversed().percentile(percent) == expected)
  }
}
