package import SPAEPixels

/// Draws with quadrant or half blocks.
package struct BlockDriver: CellDriver {
  private let style: BlockStyle
  private let colours: ColourDepth

  package init(style: BlockStyle, colours: ColourDepth) {
    (self.style, self.colours) = (style, colours)
  }

  package func cells(of picture: PixelImage, columns: Int, rows: Int) -> CellGrid {
    BlockRenderer.cells(
      of: picture, columns: columns, rows: rows, style: style, colours: colours)
  }
}
