import SPAEPixels
import Testing

/// SplitMix64: the same numbers every time.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct AGuidedFilter {
  /// The definition, each window summed up anew: O(n r^2).
  private func reference(
    _ values: [Float], _ guide: [Float], width: Int, radius: Int, epsilon: Double
  ) -> [Double] {
    let height = guide.count / width
    func window(_ middle: Int, _ count: Int) -> ClosedRange<Int> {
      max(0, middle - radius)...min(count - 1, middle + radius)
    }
    func mean(_ pixel: Int, _ value: (Int) -> Double) -> Double {
      let (rows, columns) = (window(pixel / width, height), window(pixel % width, width))
      var sum = 0.0
      for row in rows { for column in columns { sum += value(row * width + column) } }
      return sum / Double(rows.count * columns.count)
    }
    let (p, g) = (values.map(Double.init), guide.map(Double.init))
    let lines = guide.indices.map { pixel in
      let (own, guided) = (mean(pixel) { p[$0] }, mean(pixel) { g[$0] })
      let covariance = mean(pixel) { p[$0] * g[$0] } - own * guided
      let variance = mean(pixel) { g[$0] * g[$0] } - guided * guided
      let slope = covariance / (variance + epsilon)
      return (slope: slope, rest: own - slope * guided)
    }
    return guide.indices.map { pixel in
      mean(pixel) { lines[$0].slope } * g[pixel] + mean(pixel) { lines[$0].rest }
    }
  }

  @Test(
    "is what its definition says, at any radius",
    arguments: [(17, 13, 0), (17, 13, 1), (9, 23, 3), (12, 12, 20), (1, 8, 2), (8, 1, 2)])
  func definition(width: Int, height: Int, radius: Int) {
    var random = Seeded(state: UInt64(radius))
    let count = width * height
    let guide = (0..<count).map { _ in Float.random(in: 0...1, using: &random) }
    let values = (0..<3 * count).map { _ in Float.random(in: -255...255, using: &random) }
    let found = GuidedFilter(radius: radius, epsilon: 1e-2)
      .filtered(values, channels: 3, guide: guide, width: width)
    for channel in 0..<3 {
      let own = (0..<count).map { values[3 * $0 + channel] }
      let right = reference(own, guide, width: width, radius: radius, epsilon: 1e-2)
      for pixel in 0..<count {
        #expect(abs(Double(found[3 * pixel + channel]) - right[pixel]) < 2e-3)
      }
    }
  }

  @Test func keepsAnEdgeOfItsGuide() {
    let (width, height) = (32, 8)
    let guide = (0..<width * height).map { Float($0 % width < 16 ? 0 : 1) }
    // The edge of the values lies three pixels beside the guide's.
    let values = (0..<width * height).map { Float($0 % width < 13 ? 0 : 100) }
    let found = GuidedFilter(radius: 4, epsilon: 1e-4)
      .filtered(values, channels: 1, guide: guide, width: width)
    let row = found[3 * width..<4 * width].map { $0 }
    #expect(row[16] - row[15] > 25)
    #expect(abs(row[14] - row[15]) < 12)
  }
}

@Suite struct APhotographThatIsRepainted {
  private func noise(_ width: Int, _ height: Int) -> PixelImage {
    var random = Seeded(state: 5)
    return PixelImage(
      width: width, height: height,
      pixels: (0..<3 * width * height).map { _ in UInt8.random(in: 60...190, using: &random) })
  }

  private let grey = PixelImage(
    width: 16, height: 16, colour: Colour(red: 100, green: 100, blue: 100))
  private let reddish = PixelImage(
    width: 16, height: 16, colour: Colour(red: 130, green: 100, blue: 80))

  @Test("stays where nothing changed", arguments: Fit.allCases)
  func nothing(_ fit: Fit) {
    let photo = noise(90, 61)
    #expect(photo.repainted(from: grey, to: grey, fit: fit) == photo)
  }

  @Test func takesOnAnEvenChangeEverywhere() {
    let photo = noise(90, 61)
    let painted = photo.repainted(from: grey, to: reddish, fit: .stretch)
    for pixel in 0..<90 * 61 {
      let (old, new) = (
        photo.pixels[3 * pixel..<3 * pixel + 3], painted.pixels[3 * pixel..<3 * pixel + 3]
      )
      let change = zip(new, old).map { Int($0) - Int($1) }
      #expect(change == [30, 0, -20])
    }
  }

  @Test func staysWhereAMaskHasNothing() {
    let photo = noise(96, 64)
    let mask = (0..<16 * 16).map { Float($0 % 16 < 8 ? 0 : 1) }
    let painted = photo.repainted(from: grey, to: reddish, fit: .stretch, within: mask)
    for row in 0..<64 {
      #expect(painted[row, 20] == photo[row, 20])
      #expect(painted[row, 80].red == photo[row, 80].red + 30)
    }
    let all = [Float](repeating: 1, count: 16 * 16)
    #expect(
      photo.repainted(from: grey, to: reddish, fit: .stretch, within: all)
        == photo.repainted(from: grey, to: reddish, fit: .stretch))
  }

  @Test func isHiddenByAPictureThatIsLaidOntoIt() {
    let photo = noise(96, 64)
    let mask = (0..<16 * 16).map { Float($0 % 16 < 8 ? 0 : 1) }
    let laid = photo.laid(reddish, within: mask, fit: .stretch)
    for row in 0..<64 {
      #expect(laid[row, 20] == photo[row, 20])
      #expect(laid[row, 80] == reddish[8, 8])
    }
  }

  @Test func staysBesideTheSquareThatWasCropped() {
    // Columns 68 to 131 are the square; the filter reaches 2 x 2 farther.
    let photo = noise(200, 64)
    let painted = photo.repainted(from: grey, to: reddish, fit: .crop)
    for row in 0..<64 {
      for column in [0, 40, 63, 136, 199] {
        #expect(painted[row, column] == photo[row, column])
      }
      #expect(painted[row, 100].red == photo[row, 100].red + 30)
    }
  }
}
