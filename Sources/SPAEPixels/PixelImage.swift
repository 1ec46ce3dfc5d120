/// A picture in memory: RGB of 8 bits, row after row.
public struct PixelImage: Hashable, Sendable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int

  /// [height, width, 3]
  public var pixels: [UInt8]

  /// Takes pixels as they are; there must be 3 x width x height of them.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == 3 * width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Makes a picture of one colour.
  package init(width: Int, height: Int, colour: Colour) {
    var pixels = [UInt8](repeating: colour.red, count: 3 * width * height)
    if colour.green != colour.red || colour.blue != colour.red {
      for start in stride(from: 0, to: pixels.count, by: 3) {
        pixels[start + 1] = colour.green
        pixels[start + 2] = colour.blue
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// One of the three colours of a pixel.
  public subscript(row: Int, column: Int, channel: Int) -> UInt8 {
    get { pixels[(row * width + column) * 3 + channel] }
    set { pixels[(row * width + column) * 3 + channel] = newValue }
  }

  /// The colour of a pixel.
  public subscript(row: Int, column: Int) -> Colour {
    Colour(red: self[row, column, 0], green: self[row, column, 1], blue: self[row, column, 2])
  }

  /// A part of the picture, which must lie within it.
  public func cropped(left: Int, top: Int, width: Int, height: Int) -> PixelImage {
    var part: [UInt8] = []
    part.reserveCapacity(3 * width * height)
    for row in top..<top + height {
      let start = (row * self.width + left) * 3
      part += pixels[start..<start + 3 * width]
    }
    return PixelImage(width: width, height: height, pixels: part)
  }

  /// The largest square in the middle.
  public var centreSquare: PixelImage {
    if width == height { return self }
    let side = min(width, height)
    return cropped(left: (width - side) / 2, top: (height - side) / 2, width: side, height: side)
  }
}

/// RGB of 8 bits.
public struct Colour: Hashable, Sendable {
  /// The red part, 0 to 255.
  public var red: UInt8
  /// The green part, 0 to 255.
  public var green: UInt8
  /// The blue part, 0 to 255.
  public var blue: UInt8

  /// A colour by its parts, each 0 to 255.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// 255 of each part.
  public static let white = Colour(red: 255, green: 255, blue: 255)
}
