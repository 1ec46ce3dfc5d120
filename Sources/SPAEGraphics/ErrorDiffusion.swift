import SPAEPixels

/// Pictures in a palette of their own, each pixel's error handed on to its neighbours
/// (Floyd and Steinberg, 1976), every second row from right to left.
struct ErrorDiffusion {
  private let palette: [SIMD4<Int32>]

  /// The nearest colour by six bits of each channel; negative where nobody has asked yet.
  private var known = [Int16](repeating: -1, count: 1 << 18)

  /// The picture in at most `colours` colours, 2 to 256.
  static func indexed(_ image: PixelImage, colours: Int) -> IndexedPicture {
    let palette = AdaptivePalette.colours(of: image, count: colours)
    var diffusion = ErrorDiffusion(palette: palette.map(\.shown))
    return IndexedPicture(
      width: image.width, height: image.height, indices: diffusion.indices(of: image),
      palette: palette)
  }

  private init(palette: [SIMD4<Int32>]) { self.palette = palette }

  private mutating func indices(of image: PixelImage) -> [UInt8] {
    var indices = [UInt8](repeating: 0, count: image.width * image.height)
    // Sixteenths of the errors from the row above and to the row below, with a margin on each side.
    var above = [SIMD4<Int32>](repeating: .zero, count: image.width + 2)
    var below = above
    for row in 0..<image.height {
      let step = row % 2 == 0 ? 1 : -1
      var column = step > 0 ? 0 : image.width - 1
      var ahead = SIMD4<Int32>.zero
      for _ in 0..<image.width {
        let wanted = Self.wanted(image, row, column, above[column + 1] &+ ahead)
        let index = nearest(to: wanted)
        indices[row * image.width + column] = UInt8(index)
        let error = wanted &- palette[index]
        ahead = error &* 7
        below[column + 1 - step] &+= error &* 3
        below[column + 1] &+= error &* 5
        below[column + 1 + step] &+= error
        column += step
      }
      swap(&above, &below)
      for place in below.indices { below[place] = .zero }
    }
    return indices
  }

  /// A pixel with the errors handed to it, within what can be shown.
  private static func wanted(
    _ image: PixelImage, _ row: Int, _ column: Int, _ sixteenths: SIMD4<Int32>
  ) -> SIMD4<Int32> {
    let at = (row * image.width + column) * 3
    let red = Int32(image.pixels[at])
    let green = Int32(image.pixels[at + 1])
    let blue = Int32(image.pixels[at + 2])
    let sum = SIMD4(red, green, blue, 0) &+ ((sixteenths &+ 8) &>> 4)
    return sum.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
  }

  private mutating func nearest(to colour: SIMD4<Int32>) -> Int {
    let key = Int(colour.x >> 2) << 12 | Int(colour.y >> 2) << 6 | Int(colour.z >> 2)
    if known[key] >= 0 { return Int(known[key]) }
    var (best, least) = (0, Int32.max)
    for (index, candidate) in palette.enumerated() {
      let away = colour &- candidate
      let distance = (away &* away).wrappedSum()
      if distance < least { (best, least) = (index, distance) }
    }
    known[key] = Int16(best)
    return best
  }
}
