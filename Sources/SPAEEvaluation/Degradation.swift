package import SPAEPixels

/// What is done to a square picture before a language model is to undo it in words.
package enum Degradation: String, CaseIterable {
  case inpaint, outpaint, deblur, rotate, shift

  /// The degraded picture, of the same size.
  package func applied(to image: PixelImage) -> PixelImage {
    let side = image.width
    let middle = side / 4..<side - side / 4
    switch self {
    // The middle, half as wide and high, is grey.
    case .inpaint:
      return image.painted { middle.contains($0) && middle.contains($1) }
    // Only the middle is left.
    case .outpaint:
      return image.painted { !(middle.contains($0) && middle.contains($1)) }
    // An eighth of the pixels a side, and back.
    case .deblur:
      let small = max(1, side / 8)
      return image.resampled(width: small, height: small).resampled(width: side, height: side)
    // A quarter turn, clockwise.
    case .rotate:
      return image.moved { row, column in (side - 1 - column, row) }
    // A quarter of the width to the right; what leaves comes in again on the left.
    case .shift:
      return image.moved { row, column in (row, (column + side - side / 4) % side) }
    }
  }
}

extension PixelImage {
  /// Grey where it is told to be, by row and column.
  fileprivate func painted(_ isGrey: (Int, Int) -> Bool) -> PixelImage {
    var result = self
    for row in 0..<height {
      for column in 0..<width where isGrey(row, column) {
        for channel in 0..<3 { result[row, column, channel] = 128 }
      }
    }
    return result
  }

  /// Each pixel taken from another place, by row and column.
  fileprivate func moved(_ source: (Int, Int) -> (Int, Int)) -> PixelImage {
    var result = self
    for row in 0..<height {
      for column in 0..<width {
        let (fromRow, fromColumn) = source(row, column)
        for channel in 0..<3 { result[row, column, channel] = self[fromRow, fromColumn, channel] }
      }
    }
    return result
  }
}
