/// A character of a picture, with its colours.
package struct PictureCell: Hashable, Sendable {
  package var character: Unicode.Scalar
  package var foreground: TerminalColour
  package var background: TerminalColour

  package init(
    character: Unicode.Scalar, foreground: TerminalColour = .standard,
    background: TerminalColour = .standard
  ) {
    self.character = character
    self.foreground = foreground
    self.background = background
  }
}

/// A picture as characters: rows of cells, to be put into a screen or written as lines.
package struct CellGrid: Hashable, Sendable {
  package let columns: Int
  package let rows: Int

  /// [rows, columns]
  package let cells: [PictureCell]

  init(columns: Int, rows: Int, cells: [PictureCell]) {
    precondition(cells.count == columns * rows)
    self.columns = columns
    self.rows = rows
    self.cells = cells
  }

  /// The cell of a row and column, both counted from 0.
  package subscript(row: Int, column: Int) -> PictureCell { cells[row * columns + column] }

  /// Each row as a line that ends in the terminal's own colours; a colour is told when it changes.
  package var lines: [String] { (0..<rows).map(line) }

  private func line(_ row: Int) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(columns * 24)
    var last = PictureCell(character: " ")
    for cell in cells[row * columns..<(row + 1) * columns] {
      appendColours(of: cell, after: last, to: &text)
      text += UTF8.encode(cell.character) ?? UTF8.encodedReplacementCharacter
      last = cell
    }
    if last.foreground != .standard || last.background != .standard { text += "\u{1B}[0m".utf8 }
    return String(decoding: text, as: UTF8.self)
  }

  private func appendColours(
    of cell: PictureCell, after last: PictureCell, to text: inout [UInt8]
  ) {
    let isNew = (cell.foreground != last.foreground, cell.background != last.background)
    guard isNew.0 || isNew.1 else { return }
    text += "\u{1B}[".utf8
    if isNew.0 { cell.foreground.appendParameters(isForeground: true, to: &text) }
    if isNew.0, isNew.1 { text.append(UInt8(ascii: ";")) }
    if isNew.1 { cell.background.appendParameters(isForeground: false, to: &text) }
    text.append(UInt8(ascii: "m"))
  }
}
