import SPAEColour
package import SPAEExplorer
package import SPAEGraphics
package import SPAEPixels
package import SPAEScreen

/// A small picture that a gallery has at hand.
package struct Thumbnail: Sendable {
  package let image: PixelImage
  /// Another number for each picture.
  package let version: Int

  package init(image: PixelImage, version: Int) { (self.image, self.version) = (image, version) }
}

/// Puts a gallery's thumbnails on the terminal: into the screen's cells, or each row of them as one
/// picture over the characters.
package struct StripOutput {
  /// The colours between the thumbnails, and of the selected one's frame.
  package struct Look: Hashable, Sendable {
    package var background: Colour
    package var frame: Colour

    /// Takes them from a theme, and where that has none from the terminal.
    package init(theme: Theme, capabilities: TerminalCapabilities) {
      let isLight = capabilities.isLight ?? false
      let paper = Colour(isLight ? RGB(255, 255, 255) : RGB(0, 0, 0))
      background =
        theme[.background].background.map { Colour($0) } ?? capabilities.background ?? paper
      frame =
        theme[.focusedBorder].foreground.map { Colour($0) }
        ?? Colour(isLight ? RGB(0, 0, 0) : RGB(255, 255, 255))
    }
  }

  package let graphics: GraphicsProtocol
  package private(set) var capabilities: TerminalCapabilities
  private let environment: [String: String]
  private let cells: (any CellDriver)?
  /// What the terminal shows, row by row; nil where that is no picture.
  private var placed: [Placed?] = []
  /// Tiles since the rows were drawn anew: a terminal forgets the first of too many.
  private var tiles = 0

  /// What a row was drawn from.
  private struct Placed: Equatable {
    let strip: GalleryView.Strip
    let versions: [Int?]
    let cell: [Int]
    let look: Look
    var isFine = false
  }

  package init(
    graphics: GraphicsProtocol, capabilities: TerminalCapabilities, environment: [String: String]
  ) {
    (self.graphics, self.capabilities) = (graphics, capabilities)
    self.environment = environment
    cells = graphics.driver(on: capabilities, environment: environment) as? any CellDriver
  }

  private var cell: (width: Int, height: Int) { capabilities.cell }

  /// The height of a character over its width.
  package var cellAspect: Double { Double(cell.height) / Double(cell.width) }

  /// Takes the size of the characters from the terminal, whose font may have changed.
  package mutating func measure(by terminal: some TerminalBackend) {
    terminal.measure(&capabilities)
  }

  /// Draws the thumbnails into the screen where characters stand for pixels.
  package func draw(
    _ strips: [GalleryView.Strip], _ thumbnails: [Int: Thumbnail], into screen: inout Screen
  ) {
    guard let cells else { return }
    for tile in strips.flatMap(\.tiles) {
      guard let image = thumbnails[tile.picture]?.image, !tile.box.isEmpty else { continue }
      screen.put(image, in: tile.box.holding(image, aspect: cellAspect), by: cells)
    }
  }

  // MARK: Pixels

  private static let firstNumber: UInt32 = 5800

  private func driver(_ row: Int) -> (any PixelDriver)? {
    let number = Self.firstNumber + UInt32(row)
    return graphics.driver(on: capabilities, environment: environment, number: number)
      as? any PixelDriver
  }

  /// The bytes that bring the terminal's pixels up to date, each with where they begin.
  package mutating func bytes(
    for strips: [GalleryView.Strip], _ thumbnails: [Int: Thumbnail], look: Look, wasErased: Bool,
    isFine: Bool = false
  ) -> [(bytes: [UInt8], box: Box)] {
    guard driver(0) != nil else { return [] }
    if wasErased { (placed, tiles) = ([], 0) }
    let wanted = strips.map { placement(of: $0, thumbnails, look, isFine) }
    var output = removals(beyond: wanted.count)
    var rows = wanted.indices.filter { !isShown(wanted[$0], row: $0) }
    let most = driver(0)?.mostTiles ?? 0
    if most > 0, tiles + rows.count > most, tiles > 0 {
      rows = Array(wanted.indices)
      tiles = 0
    }
    tiles += rows.count
    placed += Array(repeating: nil, count: max(0, wanted.count - placed.count))
    for row in rows {
      placed[row] = wanted[row]
      output += drawn(wanted[row], thumbnails, row: row)
    }
    return output
  }

  private func placement(
    of strip: GalleryView.Strip, _ thumbnails: [Int: Thumbnail], _ look: Look, _ isFine: Bool
  ) -> Placed {
    Placed(
      strip: strip, versions: strip.tiles.map { thumbnails[$0.picture]?.version },
      cell: [cell.width, cell.height], look: look, isFine: isFine)
  }

  /// Whether a row is drawn already, as well as wanted or better.
  private func isShown(_ wanted: Placed, row: Int) -> Bool {
    guard placed.indices.contains(row), var shown = placed[row] else { return false }
    shown.isFine = shown.isFine && !wanted.isFine ? false : shown.isFine
    return shown == wanted
  }

  /// Whether the keys may rest for a better picture.
  package var isCoarse: Bool {
    driver(0)?.refines == true && placed.contains { $0?.isFine == false }
  }

  private mutating func removals(beyond count: Int) -> [(bytes: [UInt8], box: Box)] {
    var output: [(bytes: [UInt8], box: Box)] = []
    while placed.count > count {
      let row = placed.count - 1
      if placed.removeLast() != nil, let bytes = driver(row)?.removal {
        output.append((bytes, Box(row: 0, column: 0, rows: 1, columns: 1)))
      }
    }
    return output
  }

  /// The bytes that take all pictures away.
  package mutating func removal() -> [(bytes: [UInt8], box: Box)] { removals(beyond: 0) }

  private func drawn(
    _ row: Placed, _ thumbnails: [Int: Thumbnail], row index: Int
  ) -> [(bytes: [UInt8], box: Box)] {
    guard let driver = driver(index), !row.strip.box.isEmpty else { return [] }
    let box = row.strip.box
    let image = picture(of: row, thumbnails)
    let tiles = driver.tiles(
      of: image, columns: box.columns, rows: box.rows, cell: cell, isFine: row.isFine,
      plain: row.look.background)
    return tiles.map { tile in
      (
        tile.bytes,
        Box(row: box.row + tile.row, column: box.column + tile.column, rows: 1, columns: 1)
      )
    }
  }

  /// The one picture of a row: its thumbnails on the background, the selected one framed.
  private func picture(of row: Placed, _ thumbnails: [Int: Thumbnail]) -> PixelImage {
    let box = row.strip.box
    var canvas = PixelImage(
      width: box.columns * cell.width, height: box.rows * cell.height, colour: row.look.background)
    let line = max(2, cell.width / 4)
    for tile in row.strip.tiles {
      let place = Box(
        row: (tile.box.row - box.row) * cell.height,
        column: (tile.box.column - box.column) * cell.width,
        rows: tile.box.rows * cell.height - 2 * line, columns: tile.box.columns * cell.width)
      if let image = thumbnails[tile.picture]?.image {
        let room = place.holding(image, aspect: 1)
        canvas.put(
          image.resampled(width: room.columns, height: room.rows), row: room.row,
          column: room.column)
      }
      if tile.isSelected { canvas.frame(place, by: 2 * line, line: line, row.look.frame) }
    }
    return canvas
  }
}

extension Box {
  /// The largest box of a picture's shape in the middle of this one; `aspect` is the height of a cell
  /// over its width.
  fileprivate func holding(_ image: PixelImage, aspect: Double) -> Box {
    let shape = Double(image.width) / Double(image.height) * aspect
    let wide = max(1, min(columns, Int((Double(rows) * shape).rounded())))
    let tall = max(1, min(rows, Int((Double(wide) / shape).rounded())))
    return Box(
      row: row + (rows - tall) / 2, column: column + (columns - wide) / 2, rows: tall,
      columns: wide)
  }
}

extension PixelImage {
  /// Draws a frame around a box, so many pixels away from it where there is room.
  fileprivate mutating func frame(_ box: Box, by margin: Int, line: Int, _ colour: Colour) {
    let (top, left) = (max(0, box.row - margin), max(0, box.column - margin))
    let bottom = min(height, box.row + box.rows + margin)
    let right = min(width, box.column + box.columns + margin)
    for row in top..<bottom {
      for column in left..<right {
        let isEdge =
          row < top + line || row >= bottom - line || column < left + line
          || column >= right - line
        if isEdge { set(row: row, column: column, colour) }
      }
    }
  }

  private mutating func set(row: Int, column: Int, _ colour: Colour) {
    self[row, column, 0] = colour.red
    self[row, column, 1] = colour.green
    self[row, column, 2] = colour.blue
  }
}

extension Colour {
  fileprivate init(_ colour: RGB) {
    self.init(red: colour.red, green: colour.green, blue: colour.blue)
  }
}
