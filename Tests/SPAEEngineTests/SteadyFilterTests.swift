import SPAEEngine
import SPAEPixels
import Testing

/// The filter that holds the still pixels of a film; Training/tests/test_films.py has the same numbers.
@Suite struct TheFilterOfAFilm {
  private static func row(_ reds: [UInt8]) -> PixelImage {
    PixelImage(width: reds.count, height: 1, pixels: reds.flatMap { [$0, 100, 100] })
  }

  @Test func showsAPartOfASmallChangeAndAllOfAGreatOne() {
    let shown = Self.row([100, 100, 100, 100, 100, 100, 100])
    var decoded = Self.row([101, 102, 90, 113, 115, 84, 200])
    decoded[0, 6, 2] = 99  // the greatest change of a pixel decides for all of its channels
    let held = SteadyFilter(levels: 8).picture(decoded, after: shown)
    #expect((0..<7).map { held[0, $0, 0] } == [100, 101, 96, 108, 113, 84, 200])
    #expect((0..<3).map { held[0, 6, $0] } == [200, 100, 99])
  }

  @Test func comesNearToWhatStands() {
    let decoded = Self.row([0, 117, 255])
    var shown = Self.row([14, 100, 240])
    for _ in 0..<20 { shown = SteadyFilter(levels: 20).picture(decoded, after: shown) }
    #expect(zip(shown.pixels, decoded.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test(arguments: 1...255)
  func neverOvershoots(levels: Int) {
    let filter = SteadyFilter(levels: levels)
    for start in [UInt8(0), 100, 255] {
      let shown = PixelImage(
        width: 256, height: 1, pixels: [UInt8](repeating: start, count: 3 * 256))
      let decoded = PixelImage(
        width: 256, height: 1, pixels: (0...255).flatMap { [UInt8($0), UInt8($0), UInt8($0)] })
      let held = filter.picture(decoded, after: shown)
      for (pixel, colour) in decoded.pixels.enumerated() {
        #expect((min(start, colour)...max(start, colour)).contains(held.pixels[pixel]))
      }
    }
  }

  @Test func isNoneWithoutLevelsOrAfterAnotherSize() {
    let decoded = Self.row([101, 102])
    #expect(SteadyFilter(levels: 0).picture(decoded, after: Self.row([100, 100])) == decoded)
    #expect(SteadyFilter(levels: 9).picture(decoded, after: Self.row([100])) == decoded)
  }
}
