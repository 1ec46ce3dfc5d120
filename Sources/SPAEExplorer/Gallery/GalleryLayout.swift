import SPAEScreen

/// Where the thumbnails are: it follows from the size of the screen and of a thumbnail.
///
/// A tile is a row for the upper edge of the frame, a thumbnail of the shape 3:2 between two columns,
/// and a row of words.
package struct GalleryLayout: Hashable, Sendable {
  static let leastRows = 8
  static let leastColumns = 20
  /// The columns of a tile that a person may choose.
  static let widths = [12, 16, 20, 26, 38, 58]
  static let standardWidth = 2

  let screen: Box
  /// The room for tiles.
  let tiles: Box
  package let across: Int
  package let down: Int
  private let columns: Int
  private let rows: Int
  let isTooSmall: Bool

  /// `aspect` is the height of a character over its width, `width` one of `widths` by its place.
  init(rows: Int, columns: Int, aspect: Double, width: Int) {
    screen = Box(row: 0, column: 0, rows: rows, columns: columns)
    isTooSmall = rows < Self.leastRows || columns < Self.leastColumns
    // Between the title, and the line of the picture and the foot.
    tiles = Box(row: 1, column: 0, rows: max(0, rows - 3), columns: columns)
    across = max(1, columns / Self.widths[width])
    self.columns = max(3, columns / across)
    let wanted = (Double(self.columns - 2) / max(0.5, aspect) * 2 / 3).rounded()
    let least = max(3, min(Int(wanted) + 2, tiles.rows))
    down = max(1, tiles.rows / least)
    // What is left over makes pictures on end taller.
    self.rows = max(3, min(tiles.rows / down, least + least / 2))
  }

  /// How many tiles are in sight.
  package var count: Int { across * down }

  /// The tile at a place in sight, counted from 0.
  func tile(_ index: Int) -> Box {
    Box(
      row: tiles.row + index / across * rows, column: index % across * columns, rows: rows,
      columns: columns)
  }

  /// The room for the thumbnail in a tile.
  func image(in tile: Box) -> Box { tile.inside }

  /// The room for a row's picture: its tiles but for the words.
  func strip(row: Int, count: Int) -> Box {
    let first = tile(row * across)
    return Box(
      row: first.row, column: first.column, rows: rows - 1, columns: columns * count)
  }

  /// The place in sight of the tile at a place of the screen.
  func index(at mouse: Key.Mouse) -> Int? {
    (0..<count).first { tile($0).contains(row: mouse.row, column: mouse.column) }
  }
}
