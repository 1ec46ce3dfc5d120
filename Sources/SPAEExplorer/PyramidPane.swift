import SPAEColour
import SPAEPyramid
import SPAEScreen

/// The layers in their pane, scrolled so that the one in hand is in sight.
struct PyramidPane {
  typealias Block = PyramidArrangement.Block

  let state: Explorer
  let words: Pyramid
  private let box: Box
  private let chosen: Set<CellAddress>
  private let arrangement: PyramidArrangement
  /// The lines above those in sight.
  private let start: Int

  init(_ state: Explorer, box: Box) {
    self.state = state
    self.box = box
    words = state.shown
    chosen = Set(state.chosen)
    let inside = box.inside
    arrangement = PyramidArrangement(state, room: (inside.rows, inside.columns))
    start = Self.start(arrangement, state, height: max(1, inside.rows))
  }

  func draw(on screen: inout Screen) {
    guard !box.isEmpty else { return }
    let isFocused = state.focus == .pyramid
    screen.frame(
      box, title: "Pyramid", style: Style(isFocused ? .focusedBorder : .border),
      titleStyle: Style(.heading))
    // Drawn apart, so that what is scrolled out of sight leaves the frame alone.
    let inside = box.inside
    var pane = Screen(rows: inside.rows, columns: inside.columns)
    for block in arrangement.blocks where block.lines.overlaps(start..<start + inside.rows) {
      drawNumber(of: block, on: &pane)
      switch block.kind {
      case .words(let columns): draw(block, columns, on: &pane)
      case .mosaic(let mosaic): draw(block, mosaic, on: &pane)
      }
    }
    screen.overlay(pane, row: inside.row, column: inside.column)
  }

  /// Whether a layer is drawn as a mosaic.
  func isMosaic(_ layer: Int) -> Bool { !box.isEmpty && arrangement.isMosaic(layer) }

  /// The line of the screen below the layer in hand, and that of the cursor.
  var linesInHand: (end: Int, cursor: Int) {
    let top = box.inside.row - start
    let cursor = Self.cursorLine(arrangement, state)
    return (top + arrangement.linesInHand.upperBound, top + cursor)
  }

  /// The cell at a place of the screen.
  func cell(at mouse: Key.Mouse) -> CellAddress? {
    let inside = box.inside
    guard inside.contains(row: mouse.row, column: mouse.column) else { return nil }
    let (line, place) = (mouse.row - inside.row + start, mouse.column - inside.column)
    for block in arrangement.blocks where block.lines.contains(line) {
      let x = place - block.column - PyramidArrangement.gutter
      guard x >= 0, x < block.size.columns - PyramidArrangement.gutter else { continue }
      return cell(in: block, line: line - block.line, place: x)
    }
    return nil
  }

  private func cell(in block: Block, line: Int, place: Int) -> CellAddress? {
    switch block.kind {
    case .words(let columns):
      guard let column = columns.column(at: place, line: line % columns.lines) else { return nil }
      return CellAddress(
        layer: block.layer, row: block.rows.lowerBound + line / columns.lines,
        column: block.columns.lowerBound + column)
    case .mosaic(let mosaic):
      let column = block.columns.lowerBound * mosaic.scale + place
      let (upper, lower) = (
        mosaic.cell(row: 2 * line, column: column), mosaic.cell(row: 2 * line + 1, column: column)
      )
      // Of the two cells in a character a second press takes the lower one.
      return upper == state.cursor ? lower ?? upper : upper
    }
  }

  // MARK: Scrolling

  private static func start(
    _ arrangement: PyramidArrangement, _ state: Explorer, height: Int
  ) -> Int {
    let (own, cursor) = (arrangement.linesInHand, cursorLine(arrangement, state))
    // A list of words stands below the layer in hand, or where that is too high below the cursor.
    if case .picking = state.mode { return own.count <= height - 2 ? own.lowerBound : cursor }
    if own.count <= height { return max(0, own.upperBound - height) }
    return max(0, min(cursor - height / 2, arrangement.lineCount - height))
  }

  private static func cursorLine(_ arrangement: PyramidArrangement, _ state: Explorer) -> Int {
    guard let block = arrangement.inHand.last else { return 0 }
    switch block.kind {
    case .words(let columns):
      let column = state.cursor.column - block.columns.lowerBound
      return block.line + (state.cursor.row - block.rows.lowerBound) * columns.lines
        + columns.line(ofColumn: column)
    case .mosaic(let mosaic): return block.line + mosaic.centre(of: state.cursor).row / 2
    }
  }

  // MARK: Words

  private func drawNumber(of block: Block, on pane: inout Screen) {
    let isHere = block.layer == state.cursor.layer
    let number = block.isWindow ? "" : "\(block.layer)"
    pane.put(
      "\(isHere && !block.isWindow ? ">" : " ")\(number)", row: block.line - start,
      column: block.column, style: Style(isHere ? .heading : .faint))
  }

  private func draw(_ block: Block, _ columns: WrittenColumns, on pane: inout Screen) {
    let left = block.column + PyramidArrangement.gutter
    for (y, row) in block.rows.enumerated() {
      for (x, column) in block.columns.enumerated() {
        let cell = CellAddress(layer: block.layer, row: row, column: column)
        pane.put(
          text(of: cell, width: columns.room(ofColumn: x)),
          row: block.line - start + y * columns.lines + columns.line(ofColumn: x),
          column: left + columns.starts[x], style: style(of: cell))
      }
    }
    drawCursor(block, columns, on: &pane)
  }

  /// The word behind a blank, or behind a star if it was changed.
  private func text(of cell: CellAddress, width: Int) -> String {
    let sign = words[cell] != state.saved[cell] ? "*" : " "
    return (sign + state.vocabulary[words[cell]].clipped(to: max(1, width - 1))).padded(to: width)
  }

  /// The cursor's word, whole: the bracket behind it may stand where the next word has its sign, and a
  /// longer word that is only being tried covers more.
  private func drawCursor(_ block: Block, _ columns: WrittenColumns, on pane: inout Screen) {
    let cursor = state.cursor
    guard cursor.layer == block.layer, block.rows.contains(cursor.row),
      block.columns.contains(cursor.column)
    else { return }
    let place = cursor.column - block.columns.lowerBound
    let line = (cursor.row - block.rows.lowerBound) * columns.lines + columns.line(ofColumn: place)
    let left = block.column + PyramidArrangement.gutter + columns.starts[place]
    pane.put(
      "[\(state.vocabulary[words[cursor]])]", row: self.line(block.line + line), column: left,
      style: style(of: cursor))
  }

  private func style(of cell: CellAddress) -> Style {
    let role = role(of: cell)
    guard ![.cursor, .restingCursor, .selection].contains(role) else { return Style(role) }
    return Style(role, background: state.isTinted ? tint(of: cell) : nil)
  }

  /// The colour of a cell's pixels in the decoded picture.
  func tint(of cell: CellAddress) -> RGB? {
    guard let tints = state.decoded?.tints, cell.layer <= tints.count else { return nil }
    let (layer, place) = (tints[cell.layer - 1], words.shape.position(of: cell))
    return layer.indices.contains(place) ? layer[place] : nil
  }

  private func role(of cell: CellAddress) -> Role {
    if let role = markedRole(of: cell) { return role }
    if words[cell] != state.saved[cell] { return .changedWord }
    if isMatch(cell) { return .match }
    // Within the one word of the first layer lies everything, which would say nothing.
    let isWithin = state.cursor.layer > 1 && words.shape.isWithin(cell, state.cursor)
    if isWithin || words.shape.isWithin(state.cursor, cell) { return .relative }
    return cell.layer > state.depth ? .faint : .word
  }

  /// The role of a cell that is under the cursor or chosen.
  func markedRole(of cell: CellAddress) -> Role? {
    if cell == state.cursor { return state.focus == .pyramid ? .cursor : .restingCursor }
    // A proposal is there to be read as what it changes.
    let isProposed = state.mode.context == .filling && words[cell] != state.pyramid[cell]
    return chosen.contains(cell) && !isProposed ? .selection : nil
  }

  func isMatch(_ cell: CellAddress) -> Bool {
    state.lastSearch.map { state.vocabulary[words[cell]].contains($0) } ?? false
  }

  /// The line of the pane on which a line of the arrangement is.
  func line(_ line: Int) -> Int { line - start }
}

extension PyramidShape {
  /// Whether one cell lies within another of a layer above.
  func isWithin(_ inner: CellAddress, _ outer: CellAddress) -> Bool {
    outer.layer < inner.layer && holds(outer, inner)
  }
}
