import SPAEPixels

/// Pictures in a fixed palette of 6x6x6 colours, dithered by a 4x4 Bayer matrix: fast, and without
/// a flicker between one frame and the next.
enum OrderedDither {
  /// The number of colours.
  static let colours = 216

  static let palette: [SixelColour] = (0..<colours).map { index in
    let (red, green, blue) = (index / 36, index / 6 % 6, index % 6)
    return SixelColour(red: Float(red * 51), green: Float(green * 51), blue: Float(blue * 51))
  }

  private static let matrix = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  /// What a channel's value adds to the index at a place of the matrix: [16, 3, 256].
  private static let parts: [UInt8] = matrix.flatMap { entry in
    [36, 6, 1].flatMap { weight in
      (0..<256).map { value in
        // A level is 51 wide; what is left over decides against the threshold of 256.
        let (level, rest) = (value / 51, value % 51 * 256 / 51)
        return UInt8(weight * (level + (rest > entry * 16 + 8 ? 1 : 0)))
      }
    }
  }

  /// The picture in the fixed palette.
  static func indexed(_ image: PixelImage) -> IndexedPicture {
    let count = image.width * image.height
    let indices = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      unsafe parts.withUnsafeBufferPointer { parts in
        unsafe image.pixels.withUnsafeBufferPointer { pixels in
          for row in 0..<image.height {
            for column in 0..<image.width {
              let pixel = row &* image.width &+ column
              let base = ((row & 3) &* 4 &+ (column & 3)) &* 768
              let red = unsafe parts[base &+ Int(pixels[3 &* pixel])]
              let green = unsafe parts[base &+ 256 &+ Int(pixels[3 &* pixel &+ 1])]
              let blue = unsafe parts[base &+ 512 &+ Int(pixels[3 &* pixel &+ 2])]
              unsafe target[pixel] = red &+ green &+ blue
            }
          }
        }
      }
      filled = count
    }
    return IndexedPicture(
      width: image.width, height: image.height, indices: indices, palette: palette)
  }
}
