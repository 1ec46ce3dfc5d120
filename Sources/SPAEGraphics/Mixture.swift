import CKernels
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
  private static let mixtures = axes(
    (1...3).flatMap { quarters in
      palette.colours.flatMap { front in
        palette.colours.map { behind in
          let share = Float(quarters) / 4
          return oklab(light: light(of: front) * share + light(of: behind) * (1 - share))
        }
      }
    })

  private static let colours = axes(palette.places)

  /// Coordinates axis by axis, [3, places].
  private static func axes(_ places: [SIMD4<Float>]) -> [Float] {
    (0..<3).flatMap { axis in places.map { $0[axis] } }
  }

  /// The cells of a picture of one or two pixels across a cell and two down.
  static func cells(of image: PixelImage, pixelsAcross: Int) -> [PictureCell] {
    let (rows, columns) = (image.height / 2, image.width / pixelsAcross)
    let count = rows * columns
    let padded = (count + 15) / 16 * 16
    var places = lights(of: image, rows, columns, pixelsAcross, padded)
    var found = [Int32](repeating: 0, count: count)
    // A pixel twice as wide as half a cell can only be above or below.
    let patterns = (pixelsAcross == 1 ? [2] : Array(Quadrants.patterns.indices))
    let bits = patterns.map { UInt8(Quadrants.patterns[$0].bits) }
    unsafe places.withUnsafeMutableBufferPointer { places in
      guard let start = places.baseAddress else { return }
      unsafe spae_fastest_kernels().pointee.oklab(
        start, start + 5 * padded, start + 10 * padded, 5 * padded)
      unsafe mix(UnsafePointer(start), padded, bits, into: &found)
    }
    return found.map { cell(Int($0), patterns) }
  }

  /// The light of each cell's four pixels and of their mean, [3, 5, padded].
  private static func lights(
    of image: PixelImage, _ rows: Int, _ columns: Int, _ across: Int, _ padded: Int
  ) -> [Float] {
    var lights = [Float](repeating: 0, count: 15 * padded)
    for cell in 0..<rows * columns {
      let (top, left) = (2 * (cell / columns), cell % columns * across)
      var mean = SIMD4<Float>.zero
      for pixel in 0..<5 {
        let own =
          pixel == 4
          ? mean / 4
          : light(of: image[top + pixel / 2, left + (across == 2 ? pixel % 2 : 0)])
        mean += own
        for axis in 0..<3 { lights[(axis * 5 + pixel) * padded + cell] = own[axis] }
      }
    }
    return lights
  }

  private static func mix(
    _ places: UnsafePointer<Float>, _ padded: Int, _ patterns: [UInt8], into found: inout [Int32]
  ) {
    let cells = found.count
    unsafe colours.withUnsafeBufferPointer { colours in
      unsafe mixtures.withUnsafeBufferPointer { mixtures in
        unsafe patterns.withUnsafeBufferPointer { patterns in
          unsafe found.withUnsafeMutableBufferPointer { found in
            var task = unsafe spae_mixing(
              places: places, cells: cells, padded: padded, colours: colours.baseAddress,
              mixtures: mixtures.baseAddress, detail: weightOfDetail / 4,
              patterns: patterns.baseAddress, count: patterns.count, found: found.baseAddress)
            unsafe spae_fastest_kernels().pointee.mix(&task)
          }
        }
      }
    }
  }

  /// What the kernel found: the pattern's place, the colour in front and the one behind.
  private static func cell(_ code: Int, _ patterns: [Int]) -> PictureCell {
    let (front, behind) = (UInt8(code >> 4 & 15), UInt8(code & 15))
    guard front != behind else {
      return PictureCell(character: " ", background: .indexed(behind))
    }
    return PictureCell(
      character: Quadrants.patterns[patterns[code >> 8]].character, foreground: .indexed(front),
      background: .indexed(behind))
  }
}
