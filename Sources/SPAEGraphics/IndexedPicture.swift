import SPAEPixels

/// A picture whose pixels are numbers of a palette's colours.
struct IndexedPicture {
  let width: Int
  let height: Int

  /// [height, width]; each is below `palette.count`.
  let indices: [UInt8]

  /// At most 256 colours.
  let palette: [SixelColour]

  /// The same with a register more for the pixels that have a colour of their own in an image.
  func keeping(_ colour: Colour, of image: PixelImage) -> IndexedPicture {
    let number = UInt8(palette.count)
    var indices = indices
    for pixel in indices.indices {
      let place = 3 * pixel
      if image.pixels[place] == colour.red, image.pixels[place + 1] == colour.green,
        image.pixels[place + 2] == colour.blue
      {
        indices[pixel] = number
      }
    }
    let own = SixelColour(
      red: Float(colour.red), green: Float(colour.green), blue: Float(colour.blue))
    return IndexedPicture(width: width, height: height, indices: indices, palette: palette + [own])
  }

  /// A part of the picture, with the same palette.
  func cropped(rows: Range<Int>, columns: Range<Int>) -> IndexedPicture {
    let part = rows.flatMap { row in
      indices[row * width + columns.lowerBound..<row * width + columns.upperBound]
    }
    return IndexedPicture(
      width: columns.count, height: rows.count, indices: part, palette: palette)
  }
}

/// A colour as sixels say it: each channel in percent.
struct SixelColour: Hashable {
  let red: Int
  let green: Int
  let blue: Int

  /// The nearest to a colour of 0 to 255.
  init(red: Float, green: Float, blue: Float) {
    func percent(_ channel: Float) -> Int { min(100, max(0, Int(channel / 2.55 + 0.5))) }
    self.red = percent(red)
    self.green = percent(green)
    self.blue = percent(blue)
  }

  /// What a terminal shows: each channel of 0 to 255.
  var shown: SIMD4<Float> {
    func level(_ percent: Int) -> Float { Float((percent * 255 + 50) / 100) }
    return SIMD4(level(red), level(green), level(blue), 0)
  }
}
