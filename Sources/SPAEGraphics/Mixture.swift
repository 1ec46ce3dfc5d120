import SPAEPixels

/// Cells in 16 colours: two of them and a pattern that mixes them to about the cell's colour.
///
/// The nearest of so few colours would leave most pictures grey; three mixtures of any two make
/// some hundreds.
enum Mixture {
  /// What a pixel's error weighs beside the error of the whole cell's colour: with more a picture
  /// is flat, with less it is noise.
  private static let weightOfDetail: Float = 0.12

  private static let palette = TerminalPalette.sixteen

  /// Two colours' light mixed, in Oklab, by the quarters in front: [3, 16 in front, 16 behind].
  private static let mixtures = ColourSet(
    (1...3).flatMap { quarters in
      palette.colours.flatMap { front in
        palette.colours.map { behind in
          let share = Float(quarters) / 4
          return oklab(light: light(of: front) * share + light(of: behind) * (1 - share))
        }
      }
    })

  private static let colours = ColourSet(palette.places)

  /// The cells of a picture of one or two pixels across a cell and two down.
  static func cells(of image: PixelImage, pixelsAcross: Int) -> [PictureCell] {
    (0..<image.height / 2).flatMap { row in
      (0..<image.width / pixelsAcross).map { column in
        let (left, right) = (column * pixelsAcross, column * pixelsAcross + pixelsAcross - 1)
        return cell(
          (
            image[2 * row, left], image[2 * row, right],
            image[2 * row + 1, left], image[2 * row + 1, right]
          ), isHalved: pixelsAcross == 1)
      }
    }
  }

  private static func cell(
    _ pixels: (Colour, Colour, Colour, Colour), isHalved: Bool
  ) -> PictureCell {
    let upper = light(of: pixels.0) + light(of: pixels.1)
    let mean = oklab(light: (upper + light(of: pixels.2) + light(of: pixels.3)) / 4)
    let errors = (Errors(pixels.0), Errors(pixels.1), Errors(pixels.2), Errors(pixels.3))
    let all = errors.0 + errors.1 + errors.2 + errors.3
    var search = Search(mean: mean)
    for (number, pattern) in Quadrants.patterns.enumerated() where !isHalved || number == 2 {
      var front = Errors.zero
      if pattern.bits & 1 != 0 { front = front + errors.0 }
      if pattern.bits & 2 != 0 { front = front + errors.1 }
      if pattern.bits & 4 != 0 { front = front + errors.2 }
      search.try(pattern: number, front: front, behind: all - front)
    }
    return search.cell
  }

  /// What it costs to draw something in each of the 16 colours.
  private struct Errors {
    var low: SIMD8<Float>
    var high: SIMD8<Float>

    static let zero = Errors(low: .zero, high: .zero)

    init(low: SIMD8<Float>, high: SIMD8<Float>) { (self.low, self.high) = (low, high) }

    /// The errors of a quarter of a cell.
    init(_ pixel: Colour) {
      let place = oklab(pixel)
      low = colours.distances(to: place, ofEight: 0) * (weightOfDetail / 4)
      high = colours.distances(to: place, ofEight: 1) * (weightOfDetail / 4)
    }

    static func + (a: Errors, b: Errors) -> Errors {
      Errors(low: a.low + b.low, high: a.high + b.high)
    }

    static func - (a: Errors, b: Errors) -> Errors {
      Errors(low: a.low - b.low, high: a.high - b.high)
    }
  }

  /// The least cost so far, in eight lanes, each for two of the colours behind.
  private struct Search {
    let mean: SIMD4<Float>
    private var least = SIMD8<Float>(repeating: .infinity)

    /// Pattern, colour in front and half of the colours behind.
    private var best = SIMD8<Int32>.zero

    init(mean: SIMD4<Float>) { self.mean = mean }

    mutating func `try`(pattern: Int, front: Errors, behind: Errors) {
      let quarters = Quadrants.patterns[pattern].bits.nonzeroBitCount
      for colour in 0..<16 {
        let detail = colour < 8 ? front.low[colour] : front.high[colour - 8]
        let eight = ((quarters - 1) * 16 + colour) * 2
        let code = Int32(truncatingIfNeeded: pattern << 5 | colour << 1)
        take(mixtures.distances(to: mean, ofEight: eight) + (behind.low + detail), code)
        take(mixtures.distances(to: mean, ofEight: eight + 1) + (behind.high + detail), code | 1)
      }
    }

    private mutating func take(_ costs: SIMD8<Float>, _ code: Int32) {
      let isLess = costs .< least
      least.replace(with: costs, where: isLess)
      best.replace(with: code, where: isLess)
    }

    var cell: PictureCell {
      var lane = 0
      for other in 1..<8 where least[other] < least[lane] { lane = other }
      let code = Int(best[lane])
      let (front, behind) = (code >> 1 & 15, (code & 1) * 8 + lane)
      guard front != behind else {
        return PictureCell(character: " ", background: .indexed(UInt8(behind)))
      }
      return PictureCell(
        character: Quadrants.patterns[code >> 5].character, foreground: .indexed(UInt8(front)),
        background: .indexed(UInt8(behind)))
    }
  }
}
