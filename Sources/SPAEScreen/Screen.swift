/// A rectangle of character cells, counted from 0.
package struct Box: Hashable, Sendable {
  package var row: Int
  package var column: Int
  package var rows: Int
  package var columns: Int

  package init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = rows
    self.columns = columns
  }

  /// The box without its outermost cells.
  package var inside: Box {
    Box(row: row + 1, column: column + 1, rows: max(0, rows - 2), columns: max(0, columns - 2))
  }

  package var isEmpty: Bool { rows <= 0 || columns <= 0 }

  package func contains(row: Int, column: Int) -> Bool {
    (self.row..<self.row + max(0, rows)).contains(row)
      && (self.column..<self.column + max(0, columns)).contains(column)
  }

  package func intersects(_ other: Box) -> Bool {
    row < other.row + other.rows && other.row < row + rows
      && column < other.column + other.columns && other.column < column + columns
  }
}

/// A grid of characters that some terminal is to show: drawing on it needs no terminal.
package struct Screen: Hashable, Sendable {
  package struct Cell: Hashable, Sendable {
    /// What stands here; nil right of a wide character, which covers this cell too.
    package var character: Character?
    package var style: Style

    package init(_ character: Character?, _ style: Style) {
      self.character = character
      self.style = style
    }
  }

  package let rows: Int
  package let columns: Int
  private var cells: [Cell]  // [rows, columns]

  /// Where the terminal's own cursor is, while a person types.
  package var cursor: (row: Int, column: Int)? {
    get { cursorCell.map { ($0 / max(columns, 1), $0 % max(columns, 1)) } }
    set { cursorCell = newValue.map { $0.row * max(columns, 1) + $0.column } }
  }
  private var cursorCell: Int?

  /// Makes an empty screen.
  package init(rows: Int, columns: Int) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    cells = Array(repeating: Cell(" ", Style(.background)), count: self.rows * self.columns)
  }

  package var box: Box { Box(row: 0, column: 0, rows: rows, columns: columns) }

  /// A cell inside the screen.
  package subscript(row: Int, column: Int) -> Cell {
    get { cells[row * columns + column] }
    set { cells[row * columns + column] = newValue }
  }

  // MARK: Drawing; what lies outside the screen is left out

  /// Writes text, at most `width` cells of it, and an ellipsis where some was left out.
  ///
  /// Returns the number of cells it took.
  @discardableResult
  package mutating func put(
    _ text: some StringProtocol, row: Int, column: Int, width: Int = .max, style: Style
  ) -> Int {
    guard (0..<rows).contains(row) else { return 0 }
    let room = min(width, columns - column)
    let shown = text.clipped(to: room)
    var place = column
    for character in shown {
      let width = character.displayWidth
      if place >= 0, place < columns {
        self[row, place] = Cell(character, style)
        if width == 2, place + 1 < columns { self[row, place + 1] = Cell(nil, style) }
      }
      place += width
    }
    return place - column
  }

  /// Fills a box with one character of width 1.
  package mutating func fill(_ box: Box, with character: Character = " ", style: Style) {
    for row in max(0, box.row)..<max(0, box.row, min(rows, box.row + box.rows)) {
      let last = max(0, box.column, min(columns, box.column + box.columns))
      for column in max(0, box.column)..<last { self[row, column] = Cell(character, style) }
    }
  }

  /// Draws a frame with a title in its upper edge.
  package mutating func frame(_ box: Box, title: String, style: Style, titleStyle: Style) {
    guard box.rows >= 2, box.columns >= 2 else { return }
    let line = String(repeating: "─", count: box.columns - 2)
    put("┌\(line)┐", row: box.row, column: box.column, style: style)
    put("└\(line)┘", row: box.row + box.rows - 1, column: box.column, style: style)
    for row in box.row + 1..<box.row + box.rows - 1 {
      put("│", row: row, column: box.column, style: style)
      put("│", row: row, column: box.column + box.columns - 1, style: style)
    }
    guard !title.isEmpty, box.columns > 6 else { return }
    put(
      " \(title) ", row: box.row, column: box.column + 1, width: box.columns - 2,
      style: titleStyle)
  }

  /// Copies another screen onto this one.
  package mutating func overlay(_ other: Screen, row: Int, column: Int) {
    for y in 0..<other.rows where (0..<rows).contains(row + y) {
      for x in 0..<other.columns where (0..<columns).contains(column + x) {
        self[row + y, column + x] = other[y, x]
      }
    }
  }

  /// The text of each row, without the blanks at its end.
  package var lines: [String] {
    (0..<rows).map { row in
      var line = String((0..<columns).compactMap { self[row, $0].character })
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
