package import SPAEPixels

/// How characters stand for pixels.
package enum BlockStyle: Hashable, Sendable {
  /// Two colours and one of 16 patterns of 2x2 in a cell.
  case quadrants
  /// Two pixels above each other in a cell.
  case halfBlocks
  /// A ramp of characters in the terminal's own colours, which are dark on light or light on dark.
  case ascii(isLight: Bool)
}

/// Draws pictures with characters.
package enum BlockRenderer {
  /// The picture in a grid of cells, stretched to fill it; without colours it is drawn in ASCII.
  ///
  /// A grid of no columns or no rows has no cells.
  package static func cells(
    of image: PixelImage, columns: Int, rows: Int, style: BlockStyle, colours: ColourDepth
  ) -> CellGrid {
    guard columns > 0, rows > 0 else { return CellGrid(columns: 0, rows: 0, cells: []) }
    let cells =
      switch style {
      case .ascii(let isLight):
        ascii(image.resampled(width: columns, height: rows), isLight: isLight)
      case _ where colours == .none:
        ascii(image.resampled(width: columns, height: rows), isLight: false)
      case .quadrants:
        quadrants(image.resampled(width: 2 * columns, height: 2 * rows), colours)
      case .halfBlocks:
        halfBlocks(image.resampled(width: columns, height: 2 * rows), colours)
      }
    return CellGrid(columns: columns, rows: rows, cells: cells)
  }

  /// The rows that keep a picture's shape in so many columns, with cells of a size in pixels.
  package static func rows(
    of image: PixelImage, columns: Int, cell: (width: Int, height: Int) = (1, 2)
  ) -> Int {
    let (across, down) = (image.width * cell.height, image.height * cell.width)
    return max(1, (columns * down + across / 2) / across)
  }

  private static func halfBlocks(_ image: PixelImage, _ colours: ColourDepth) -> [PictureCell] {
    if colours == .palette16 { return Mixture.cells(of: image, pixelsAcross: 1) }
    return (0..<image.height / 2).flatMap { row in
      (0..<image.width).map { column in
        let top = colours.nearest(to: image[2 * row, column])
        let bottom = colours.nearest(to: image[2 * row + 1, column])
        return top == bottom
          ? PictureCell(character: " ", background: top)
          : PictureCell(character: "\u{2580}", foreground: top, background: bottom)
      }
    }
  }

  private static func quadrants(_ image: PixelImage, _ colours: ColourDepth) -> [PictureCell] {
    if colours == .palette16 { return Mixture.cells(of: image, pixelsAcross: 2) }
    return (0..<image.height / 2).flatMap { row in
      (0..<image.width / 2).map { column in
        Quadrants(image, row: row, column: column).cell(colours)
      }
    }
  }

  private static func ascii(_ image: PixelImage, isLight: Bool) -> [PictureCell] {
    let darkToLight: [Unicode.Scalar] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
    let ramp = isLight ? darkToLight.reversed() : darkToLight
    return stride(from: 0, to: image.pixels.count, by: 3).map { pixel in
      let (red, green) = (Int(image.pixels[pixel]), Int(image.pixels[pixel + 1]))
      let luma = 299 * red + 587 * green + 114 * Int(image.pixels[pixel + 2])
      return PictureCell(character: ramp[luma * (ramp.count - 1) / 255_000])
    }
  }
}
