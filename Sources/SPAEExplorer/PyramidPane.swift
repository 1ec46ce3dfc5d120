import SPAEPyramid
import SPAEScreen

/// The layers as grids of words, one below the other, scrolled so that the cursor is in sight.
struct PyramidPane {
  private static let gutter = 3

  private let state: Explorer
  private let box: Box
  private let words: Pyramid
  private let chosen: Set<CellAddress>
  private let widths: [Int]  // [layer - 1]

  /// A line of the pane: a row of a layer, or the space between two layers.
  private enum Line {
    case row(layer: Int, row: Int)
    case space
  }

  init(_ state: Explorer, box: Box) {
    self.state = state
    self.box = box
    words = state.shown
    chosen = Set(state.chosen)
    widths = Self.widths(
      words, state.vocabulary, room: max(1, box.inside.columns - Self.gutter))
  }

  func draw(on screen: inout Screen) {
    guard !box.isEmpty else { return }
    let isFocused = state.focus == .pyramid
    screen.frame(
      box, title: "Pyramid", style: Style(isFocused ? .focusedBorder : .border),
      titleStyle: Style(.heading))
    let inside = box.inside
    for (offset, line) in visibleLines.enumerated() {
      guard case .row(let layer, let row) = line else { continue }
      draw(layer: layer, row: row, at: inside.row + offset, on: &screen)
    }
  }

  /// The cell at a place of the screen.
  func cell(at mouse: Key.Mouse) -> CellAddress? {
    let inside = box.inside
    guard inside.contains(row: mouse.row, column: mouse.column) else { return nil }
    let lines = visibleLines
    let offset = mouse.row - inside.row
    guard lines.indices.contains(offset), case .row(let layer, let row) = lines[offset] else {
      return nil
    }
    let columns = columns(ofLayer: layer)
    let place = (mouse.column - inside.column - Self.gutter) / widths[layer - 1]
    guard mouse.column >= inside.column + Self.gutter, place < columns.count else { return nil }
    return CellAddress(layer: layer, row: row, column: columns.lowerBound + place)
  }

  // MARK: Scrolling

  private var visibleLines: ArraySlice<Line> {
    let lines = (1...words.shape.depth).flatMap { layer in
      (layer > 1 ? [Line.space] : [])
        + (0..<words.shape.size(ofLayer: layer).rows).map { Line.row(layer: layer, row: $0) }
    }
    let height = max(1, box.inside.rows)
    let cursor = cursorLine
    let start = max(0, min(cursor - height / 2, lines.count - height))
    return lines[start..<min(lines.count, start + height)].rebased
  }

  private var cursorLine: Int {
    let above = (1..<state.cursor.layer).reduce(0) { $0 + words.shape.size(ofLayer: $1).rows + 1 }
    return above + state.cursor.row
  }

  /// The columns of a layer that are in sight: around the cursor's place.
  private func columns(ofLayer layer: Int) -> Range<Int> {
    let count = words.shape.size(ofLayer: layer).columns
    let room = max(1, (box.inside.columns - Self.gutter) / widths[layer - 1])
    let shown = min(count, room)
    let centre = words.shape.cell(inLayer: layer, at: state.cursor).column
    let start = max(0, min(centre - shown / 2, count - shown))
    return start..<start + shown
  }

  /// The width of each layer's cells: all of the pane where its words fit, else as they need.
  private static func widths(_ words: Pyramid, _ vocabulary: Vocabulary, room: Int) -> [Int] {
    (1...words.shape.depth).map { layer in
      let longest = words.shape.cells(ofLayer: layer).reduce(3) {
        max($0, vocabulary[words[$1]].utf8.count)
      }
      return max(room / words.shape.size(ofLayer: layer).columns, min(longest, 8) + 2)
    }
  }

  // MARK: Drawing

  private func draw(layer: Int, row: Int, at y: Int, on screen: inout Screen) {
    let inside = box.inside
    let isHere = layer == state.cursor.layer
    if row == 0 {
      screen.put(
        "\(isHere ? ">" : " ")\(layer)", row: y, column: inside.column,
        style: Style(isHere ? .heading : .faint))
    }
    let (columns, width) = (columns(ofLayer: layer), widths[layer - 1])
    var x = inside.column + Self.gutter
    for column in columns {
      let cell = CellAddress(layer: layer, row: row, column: column)
      let room = min(width, inside.column + inside.columns - x)
      screen.put(text(of: cell, width: room), row: y, column: x, style: style(of: cell))
      x += width
    }
    let edge = Style(.faint)
    if columns.lowerBound > 0 { screen.put("‹", row: y, column: inside.column + 2, style: edge) }
    if columns.upperBound < words.shape.size(ofLayer: layer).columns {
      screen.put("›", row: y, column: box.column + box.columns - 1, style: edge)
    }
  }

  /// The word between blanks; the cursor's within brackets, a changed one behind a star.
  private func text(of cell: CellAddress, width: Int) -> String {
    let word = state.vocabulary[words[cell]]
    let isCursor = cell == state.cursor
    let sign = isCursor ? "[" : words[cell] != state.saved[cell] ? "*" : " "
    let shown = word.clipped(to: max(1, width - 2))
    return (sign + shown + (isCursor ? "]" : " ")).padded(to: width)
  }

  private func style(of cell: CellAddress) -> Style {
    let role = role(of: cell)
    guard state.isTinted, ![.cursor, .restingCursor, .selection].contains(role),
      let tints = state.decoded?.tints, cell.layer <= tints.count
    else { return Style(role) }
    let place = cell.row * words.shape.size(ofLayer: cell.layer).columns + cell.column
    let layer = tints[cell.layer - 1]
    return Style(role, background: place < layer.count ? layer[place] : nil)
  }

  private func role(of cell: CellAddress) -> Role {
    if cell == state.cursor { return state.focus == .pyramid ? .cursor : .restingCursor }
    // A proposal is there to be read as what it changes.
    let isProposed = state.mode.context == .filling && words[cell] != state.pyramid[cell]
    if chosen.contains(cell), !isProposed { return .selection }
    if words[cell] != state.saved[cell] { return .changedWord }
    if let text = state.lastSearch, state.vocabulary[words[cell]].contains(text) { return .match }
    // Within the one word of the first layer lies everything, which would say nothing.
    let isWithin = state.cursor.layer > 1 && words.shape.isWithin(cell, state.cursor)
    if isWithin || words.shape.isWithin(state.cursor, cell) { return .relative }
    return cell.layer > state.depth ? .faint : .word
  }
}

extension ArraySlice {
  fileprivate var rebased: ArraySlice { Array(self)[...] }
}

extension PyramidShape {
  /// Whether one cell lies within another of a layer above.
  func isWithin(_ inner: CellAddress, _ outer: CellAddress) -> Bool {
    outer.layer < inner.layer && holds(outer, inner)
  }
}
