import SPAEPixels

/// Pictures in a palette of their own, each pixel's error handed on to its neighbours
/// (Floyd and Steinberg, 1976), every second row from right to left.
struct ErrorDiffusion {
  private let palette: [SIMD4<Float>]
  private let set: ColourSet

  /// The nearest colour by five bits of each channel; negative where nobody has asked yet.
  private var known = [Int16](repeating: -1, count: 1 << 15)

  /// The picture in at most `colours` colours, 2 to 256.
  static func indexed(_ image: PixelImage, colours: Int) -> IndexedPicture {
    let palette = AdaptivePalette.colours(of: image, count: colours)
    var diffusion = ErrorDiffusion(palette: palette.map(\.shown))
    return IndexedPicture(
      width: image.width, height: image.height, indices: diffusion.indices(of: image),
      palette: palette)
  }

  private init(palette: [SIMD4<Float>]) {
    self.palette = palette
    set = ColourSet(palette)
  }

  private mutating func indices(of image: PixelImage) -> [UInt8] {
    var indices = [UInt8](repeating: 0, count: image.width * image.height)
    // The errors from the row above and to the row below, with a margin on each side.
    var above = [SIMD4<Float>](repeating: .zero, count: image.width + 2)
    var below = above
    for row in 0..<image.height {
      let step = row % 2 == 0 ? 1 : -1
      var column = step > 0 ? 0 : image.width - 1
      var ahead = SIMD4<Float>.zero
      for _ in 0..<image.width {
        let pixel = row * image.width + column
        let wanted = Self.wanted(image, pixel, above[column + 1] + ahead)
        let index = nearest(to: wanted)
        indices[pixel] = UInt8(truncatingIfNeeded: index)
        let error = (wanted - palette[index]) * (1 / 16)
        ahead = error * 7
        below[column + 1 - step] += error * 3
        below[column + 1] += error * 5
        below[column + 1 + step] += error
        column += step
      }
      swap(&above, &below)
      for place in below.indices { below[place] = .zero }
    }
    return indices
  }

  /// A pixel with the errors handed to it, within what can be shown: more would leave trails.
  @inline(__always)
  private static func wanted(
    _ image: PixelImage, _ pixel: Int, _ errors: SIMD4<Float>
  ) -> SIMD4<Float> {
    let (red, green) = (image.pixels[3 * pixel], image.pixels[3 * pixel + 1])
    let colour = SIMD4(Float(red), Float(green), Float(image.pixels[3 * pixel + 2]), 0) + errors
    let high = colour.replacing(with: 0, where: colour .< 0)
    return high.replacing(with: 255, where: high .> 255)
  }

  @inline(__always)
  private mutating func nearest(to colour: SIMD4<Float>) -> Int {
    let (red, green, blue) = (Int(colour.x) >> 3, Int(colour.y) >> 3, Int(colour.z) >> 3)
    let key = red << 10 | green << 5 | blue
    if known[key] >= 0 { return Int(known[key]) }
    let best = set.nearest(to: colour)
    known[key] = Int16(best)
    return best
  }
}
