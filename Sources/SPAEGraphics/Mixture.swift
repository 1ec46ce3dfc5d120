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

  /// Two colours' light mixed, in Oklab, by the quarters in front: [3, 16, 16].
  private static let mixtures: [SIMD4<Float>] = (1...3).flatMap { quarters in
    palette.colours.flatMap { front in
      palette.colours.map { behind in
        let share = Float(quarters) / 4
        return oklab(light: light(of: front) * share + light(of: behind) * (1 - share))
      }
    }
  }

  /// The cells of a picture of one or two pixels across a cell and two down.
  static func cells(of image: PixelImage, pixelsAcross: Int) -> [PictureCell] {
    (0..<image.height / 2).flatMap { row in
      (0..<image.width / pixelsAcross).map { column in
        let (left, right) = (column * pixelsAcross, column * pixelsAcross + pixelsAcross - 1)
        return cell(
          [
            image[2 * row, left], image[2 * row, right],
            image[2 * row + 1, left], image[2 * row + 1, right],
          ], isHalved: pixelsAcross == 1)
      }
    }
  }

  private static func cell(_ pixels: [Colour], isHalved: Bool) -> PictureCell {
    let places = pixels.map(oklab)
    let mean = oklab(light: pixels.map(light(of:)).reduce(.zero, +) / 4)
    let distances = places.flatMap { place in palette.places.map { square($0 - place) } }
    var (best, least) = (PictureCell(character: " "), Float.infinity)
    for (bits, character) in Quadrants.patterns where !isHalved || bits == 0b0011 {
      let (fronts, backs) = sums(of: distances, bits)
      let first = (bits.nonzeroBitCount - 1) * 256
      for front in 0..<16 {
        for behind in 0..<16 {
          // Most pairs are too dear for their details alone.
          let detail = weightOfDetail * (fronts[front] + backs[behind])
          guard detail < least else { continue }
          let cost = detail + square(mixtures[first + front * 16 + behind] - mean)
          guard cost < least else { continue }
          least = cost
          best = PictureCell(
            character: front == behind ? " " : character,
            foreground: front == behind ? .standard : .indexed(UInt8(front)),
            background: .indexed(UInt8(behind)))
        }
      }
    }
    return best
  }

  /// For each colour the errors of the pixels in front and of those behind, if they had it.
  private static func sums(of distances: [Float], _ bits: Int) -> (front: [Float], behind: [Float])
  {
    var sums = (
      front: [Float](repeating: 0, count: 16), behind: [Float](repeating: 0, count: 16)
    )
    for pixel in 0..<4 {
      for colour in 0..<16 {
        let distance = distances[pixel * 16 + colour] / 4
        if bits >> pixel & 1 == 1 {
          sums.front[colour] += distance
        } else {
          sums.behind[colour] += distance
        }
      }
    }
    return sums
  }

  @inline(__always)
  private static func square(_ vector: SIMD4<Float>) -> Float { (vector * vector).sum() }
}
