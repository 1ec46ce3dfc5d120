import SPAEPyramid
import SPAEScreen

extension Explorer {
  mutating func move(_ action: Action) -> [Effect] {
    if case .history = mode { return perform(action == .up ? .previousItem : .nextItem) }
    if case .reading(let reading) = mode { return scroll(reading, action) }
    let (start, last) = (cursor, shape.size(ofLayer: cursor.layer).columns - 1)
    switch action {
    case .left: cursor.column = max(0, cursor.column - takeCount())
    case .right: cursor.column = min(last, cursor.column + takeCount())
    case .up: for _ in 0..<takeCount() { stepRow(-1) }
    case .down: for _ in 0..<takeCount() { stepRow(1) }
    case .firstColumn: cursor.column = 0
    case .lastColumn: cursor.column = last
    case .top: goToTop()
    case .bottom: goToBottom()
    case .halfPageDown: for _ in 0..<takeCount() * halfPage { stepRow(1) }
    case .halfPageUp: for _ in 0..<takeCount() * halfPage { stepRow(-1) }
    case .pageDown: for _ in 0..<takeCount() * 2 * halfPage { stepRow(1) }
    case .pageUp: for _ in 0..<takeCount() * 2 * halfPage { stepRow(-1) }
    case .descend where writesWords: return writeWindow()
    case .descend: for _ in 0..<takeCount() { descend() }
    case .ascend: for _ in 0..<takeCount() { ascend() }
    default: break
    }
    if cursor == start, notice == nil { say(action.edge(shape.depth)) }
    return []
  }

  private var halfPage: Int { max(1, Layout(self).pyramid.inside.rows / 2) }

  /// One row up or down; beyond the edge of a layer lies the next one, except within a block.
  private mutating func stepRow(_ step: Int) {
    let row = cursor.row + step
    if (0..<shape.size(ofLayer: cursor.layer).rows).contains(row) {
      cursor.row = row
    } else if case .block = mode {
      return
    } else if (1...shape.depth).contains(cursor.layer + step) {
      let (old, new) = (
        shape.size(ofLayer: cursor.layer), shape.size(ofLayer: cursor.layer + step)
      )
      cursor = CellAddress(
        layer: cursor.layer + step, row: step > 0 ? 0 : new.rows - 1,
        column: cursor.column * new.columns / old.columns)
    }
  }

  /// The same position in another layer.
  mutating func jump(toLayer layer: Int) {
    cursor = shape.cell(inLayer: layer, at: cursor)
    if case .block = mode { mode = .browsing }
  }

  private mutating func goToTop() {
    if count == nil { jump(toLayer: 1) } else { goTo(layer: takeCount()) }
  }

  private mutating func goToBottom() {
    if count != nil { return goTo(layer: takeCount()) }
    jump(toLayer: shape.depth)
    cursor.row = shape.size(ofLayer: cursor.layer).rows - 1
  }

  /// Goes to a layer that a person named by its number.
  mutating func goTo(layer: Int) {
    guard (1...shape.depth).contains(layer) else {
      return say("no layer \(layer): the layers are 1 to \(shape.depth)", .warning)
    }
    if layer == cursor.layer { return say("this is layer \(layer)") }
    jump(toLayer: layer)
  }

  /// Whether Enter first writes the words around the cursor out, for they are in a mosaic.
  private var writesWords: Bool {
    !writesWindow && count == nil && dialect == .keys
      && PyramidPane(self, box: Layout(self).pyramid).isMosaic(cursor.layer)
  }

  private mutating func writeWindow() -> [Effect] {
    writesWindow = true
    say("the words around are written out; Enter again goes down, Esc puts them away")
    return []
  }

  /// To the first of the words within this one.
  private mutating func descend() {
    guard cursor.layer < shape.depth else { return }
    let within = shape.cells(ofLayer: cursor.layer + 1, in: cursor)
    cursor = CellAddress(
      layer: cursor.layer + 1, row: within.rows.lowerBound, column: within.columns.lowerBound)
  }

  private mutating func ascend() {
    guard cursor.layer > 1 else { return }
    cursor = shape.cell(inLayer: cursor.layer - 1, at: cursor)
  }

  // MARK: Mouse

  mutating func press(_ mouse: Key.Mouse) -> [Effect] {
    let layout = Layout(self)
    switch (mouse.action, mode) {
    case (.wheelUp, .browsing): for _ in 0..<3 { stepRow(-1) }
    case (.wheelDown, .browsing): for _ in 0..<3 { stepRow(1) }
    case (.wheelUp, _): return perform(.previousItem)
    case (.wheelDown, _): return perform(.nextItem)
    case (.press, .browsing), (.press, .block):
      if let cell = PyramidPane(self, box: layout.pyramid).cell(at: mouse) {
        mode = .browsing
        cursor = cell
        focus = .pyramid
      } else if let frame = TimeLine(state: self, box: layout.timeLine).frame(at: mouse) {
        return goTo(frame: frame)
      } else if let cell = layout.cell(inPictureAt: mouse, of: self) {
        cursor = cell
        focus = .picture
      }
    case (.drag, .browsing), (.drag, .block): drag(to: mouse, layout)
    default: break
    }
    return []
  }

  private mutating func drag(to mouse: Key.Mouse, _ layout: Layout) {
    let cell =
      PyramidPane(self, box: layout.pyramid).cell(at: mouse)
      ?? layout.cell(inPictureAt: mouse, of: self)
    guard let cell, cell.layer == cursor.layer, cell != cursor else { return }
    if mode == .browsing { mode = .block(anchor: cursor) }
    cursor = cell
  }

  // MARK: Search

  mutating func search(_ text: String, forward: Bool) -> [Effect] {
    guard !text.isEmpty else { return searchAgain(forward: forward) }
    lastSearch = text
    return searchAgain(forward: forward)
  }

  mutating func searchAgain(forward: Bool) -> [Effect] {
    guard let text = lastSearch else {
      say("nothing was searched for yet", .warning)
      return []
    }
    for _ in 0..<takeCount() {
      let (start, number) = (shape.index(of: cursor), pyramid.words.count)
      let places = (1...number).map { (start + (forward ? $0 : number - $0)) % number }
      let found = places.first { vocabulary[pyramid.words[$0]].contains(text) }
      guard let found else {
        say("'\(text)' not found", .warning)
        return []
      }
      cursor = shape.cell(at: found)
    }
    let matches = pyramid.words.count { vocabulary[$0].contains(text) }
    say("'\(text)' found \(matches == 1 ? "once" : "\(matches) times")")
    return []
  }
}

extension Action {
  /// Why a motion leads nowhere.
  fileprivate func edge(_ depth: Int) -> String {
    switch self {
    case .left, .firstColumn: "this is the first word of the row"
    case .right, .lastColumn: "this is the last word of the row"
    case .up, .halfPageUp, .pageUp, .top: "this is the first row"
    case .down, .halfPageDown, .pageDown, .bottom: "this is the last row"
    case .descend: "layer \(depth) is the last: there are no words within this one"
    case .ascend: "layer 1 is the first: no word contains this one"
    default: "nothing is there"
    }
  }
}
