import SPAEColour
package import SPAEGraphics
package import SPAEPixels
package import SPAEScreen

extension Screen {
  /// A picture as a small screen of its own.
  package init(picture: PixelImage, rows: Int, columns: Int, by driver: any CellDriver) {
    self.init(rows: rows, columns: columns)
    put(picture, in: box, by: driver)
  }

  /// Draws a picture over a box, with characters.
  package mutating func put(_ picture: PixelImage, in box: Box, by driver: any CellDriver) {
    let cells = driver.cells(of: picture, columns: box.columns, rows: box.rows)
    for row in 0..<cells.rows where (0..<rows).contains(box.row + row) {
      for column in 0..<cells.columns where (0..<columns).contains(box.column + column) {
        let cell = cells[row, column]
        self[box.row + row, box.column + column] = Cell(
          Character(cell.character),
          Style(.picture, foreground: cell.foreground.rgb, background: cell.background.rgb))
      }
    }
  }
}

extension TerminalColour {
  /// The colour itself; nil for the terminal's own.
  fileprivate var rgb: RGB? {
    switch self {
    case .standard: nil
    case .indexed(let number): Palette.colours256.colour(Int(number))
    case .rgb(let colour): RGB(colour.red, colour.green, colour.blue)
    }
  }
}
