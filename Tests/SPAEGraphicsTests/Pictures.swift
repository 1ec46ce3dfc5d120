import SPAEPixels

/// Pictures to draw.
enum Pictures {
  /// Gradients along and across, and one that is steep.
  static func gradient(width: Int, height: Int) -> PixelImage {
    var image = PixelImage(width: width, height: height, colour: .white)
    for row in 0..<height {
      for column in 0..<width {
        image[row, column, 0] = UInt8(column * 255 / max(1, width - 1))
        image[row, column, 1] = UInt8(row * 255 / max(1, height - 1))
        image[row, column, 2] = UInt8((row + column) % 256)
      }
    }
    return image
  }

  /// A picture of these rows of colours, red, green, blue as hexadecimal digits.
  static func drawn(_ rows: [[Int]]) -> PixelImage {
    let pixels = rows.flatMap { row in
      row.flatMap { [UInt8($0 >> 16 & 255), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
    }
    return PixelImage(width: rows[0].count, height: rows.count, pixels: pixels)
  }
}
