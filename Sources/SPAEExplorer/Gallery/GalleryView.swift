package import SPAEScreen

/// What the terminal is to show of a gallery: characters, and a picture for each row of thumbnails.
package struct GalleryView: Hashable, Sendable {
  /// A thumbnail in its place.
  package struct Tile: Hashable, Sendable {
    /// The picture's number.
    package var picture: Int
    package var box: Box
    package var isSelected: Bool
  }

  /// A row of thumbnails, with the box of the one picture that shows them all.
  package struct Strip: Hashable, Sendable {
    package var box: Box
    package var tiles: [Tile]
  }

  package var screen: Screen
  package var strips: [Strip]
}

/// Draws the state; it stores nothing and asks nothing.
package func view(_ state: Gallery) -> GalleryView {
  var screen = Screen(rows: state.size.rows, columns: state.size.columns)
  let layout = state.layout
  guard !layout.isTooSmall else {
    screen.put(
      "Too small for a gallery: q quits", row: 0, column: 0, style: Style(.warning))
    return GalleryView(screen: screen, strips: [])
  }
  let lines = GalleryLines(state: state)
  lines.drawTitle(on: &screen)
  lines.drawPicture(on: &screen)
  let tiles = GalleryTiles(state: state, layout: layout)
  tiles.draw(on: &screen)
  var covered = lines.message.map { [$0.box] } ?? []
  switch state.mode {
  case .help(let list): Popups.draw(list, in: state.popup, on: &screen)
  case .reading(let reading): Popups.draw(reading, in: state.popup, on: &screen)
  case .browsing, .typing: break
  }
  if state.context == .help || state.context == .reading { covered.append(state.popup) }
  lines.drawFoot(on: &screen)
  let shown = tiles.strips.filter { !covered.contains(where: $0.box.intersects) }
  return GalleryView(screen: screen, strips: shown)
}

/// The thumbnails with their words.
struct GalleryTiles {
  let state: Gallery
  let layout: GalleryLayout

  func draw(on screen: inout Screen) {
    guard !state.order.isEmpty else { return drawNothing(on: &screen) }
    for (index, number) in state.inSight.enumerated() {
      draw(number, isSelected: isSelected(index), in: layout.tile(index), on: &screen)
    }
  }

  private func isSelected(_ index: Int) -> Bool {
    state.firstRow * layout.across + index == state.selection
  }

  private func draw(_ number: Int, isSelected: Bool, in box: Box, on screen: inout Screen) {
    let picture = state.pictures[number]
    if state.drawsPixels {
      // The line discipline of curses never erases what it believes to be ink.
      var strip = box
      strip.rows -= 1
      screen.fill(strip, with: "\u{A0}", style: Style(.picture))
    }
    if isSelected, !state.drawsPixels {
      screen.frame(box, title: "", style: Style(.focusedBorder), titleStyle: Style(.heading))
    }
    if state.graphics == "none" {
      put(picture.name, isSelected, in: layout.image(in: box), &screen)
    }
    let row = box.row + box.rows - 1
    let label = label(of: picture, width: box.columns - 4)
    let style = Style(isSelected ? .cursor : picture.isEncoded ? .word : .faint)
    screen.put(
      isSelected ? "[\(label)]" : label, row: row, column: box.column + (isSelected ? 1 : 2),
      width: box.columns - 2, style: style)
  }

  private func put(
    _ name: String, _ isSelected: Bool, in box: Box, _ screen: inout Screen
  ) {
    for (row, line) in name.wrapped(to: box.columns).prefix(box.rows).enumerated() {
      screen.put(line, row: box.row + row, column: box.column, style: Style(.text))
    }
  }

  /// As many of its words as there is room for, whole.
  private func label(of picture: Gallery.Picture, width: Int) -> String {
    guard picture.isEncoded else { return picture.label ?? "..." }
    var label = picture.words.first ?? ""
    for word in picture.words.dropFirst() {
      guard label.displayWidth + 1 + word.displayWidth <= width else { continue }
      label += " " + word
    }
    return label
  }

  private func drawNothing(on screen: inout Screen) {
    let text =
      state.progress == nil
      ? "No pictures here; q quits, :e FOLDER opens another" : "Looking for pictures ..."
    screen.put(text, row: layout.tiles.row + 1, column: 2, style: Style(.text))
  }

  /// What the shell is to draw.
  var strips: [GalleryView.Strip] {
    guard state.graphics != "none" else { return [] }
    let shown = state.inSight
    return stride(from: 0, to: shown.count, by: layout.across).map { start in
      let tiles = (start..<min(start + layout.across, shown.count)).map { index in
        GalleryView.Tile(
          picture: shown[index], box: layout.image(in: layout.tile(index)),
          isSelected: isSelected(index))
      }
      return GalleryView.Strip(
        box: layout.strip(row: start / layout.across, count: tiles.count), tiles: tiles)
    }
  }
}

/// The lines of text: the title, what is selected, and the foot.
struct GalleryLines {
  let state: Gallery

  func drawTitle(on screen: inout Screen) {
    let style = Style(.status)
    screen.fill(Box(row: 0, column: 0, rows: 1, columns: screen.columns), style: style)
    let right = right
    let room = screen.columns - right.displayWidth - 3
    let left = lefts.first { $0.displayWidth <= room } ?? shortest(within: room)
    screen.put(left, row: 0, column: 1, width: max(0, room), style: style)
    screen.put(right, row: 0, column: screen.columns - right.displayWidth - 1, style: style)
  }

  private var count: String { "\(state.order.count) picture\(state.order.count == 1 ? "" : "s")" }

  /// The number of pictures, behind as much of a long name as there is room for.
  private func shortest(within room: Int) -> String {
    let rest = room - count.displayWidth - 2
    return rest < 8 ? count : "\(state.title.clipped(to: rest))  \(count)"
  }

  /// What is shown, from all of it to the least.
  private var lefts: [String] {
    let bad = state.unreadable.isEmpty ? "" : "  \(state.unreadable.count) unreadable"
    return [
      "spae  \(state.title)  \(count)  \(order)\(bad)", "spae  \(state.title)  \(count)\(bad)",
      "\(state.title)  \(count)",
    ]
  }

  private var order: String {
    state.search.map { "'\($0)', the best first" } ?? "by \(state.sorting.rawValue)"
  }

  private var right: String {
    guard let progress = state.progress else { return state.graphics }
    guard progress.total > 0 else { return "looking  \(state.graphics)" }
    let (width, done) = (10, progress.done * 10 / progress.total)
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    let shown = screenIsWide ? "\(bar) " : ""
    return "encoding \(shown)\(progress.done)/\(progress.total)  \(state.graphics)"
  }

  private var screenIsWide: Bool { state.size.columns >= 80 }

  /// The selected picture's place, name and words.
  func drawPicture(on screen: inout Screen) {
    guard let number = state.selected else { return }
    let (picture, row) = (state.pictures[number], screen.rows - 2)
    var column = 1
    let parts: [(String, Role)] = [
      ("\(state.selection + 1)/\(state.order.count)", .faint), (picture.name, .heading),
      (picture.isEncoded ? picture.words.joined(separator: " ") : picture.lack, .text),
    ]
    for (text, role) in parts where column < screen.columns - 1 {
      column +=
        screen.put(
          text, row: row, column: column, width: screen.columns - 1 - column, style: Style(role))
        + 2
    }
  }

  func drawFoot(on screen: inout Screen) {
    if case .typing(let kind, let line) = state.mode { return draw(line, kind, on: &screen) }
    if let message { message.draw(on: &screen) } else { drawHints(width: room, on: &screen) }
    let pending = state.pending
    screen.put(
      pending, row: screen.rows - 1, column: screen.columns - pending.displayWidth - 1,
      style: Style(.mode))
  }

  /// The columns that what is pending leaves.
  private var room: Int {
    state.size.columns - (state.pending.isEmpty ? 2 : state.pending.displayWidth + 3)
  }

  /// What is to be read, and where; nil leaves the foot to hints, or to the line that is typed.
  var message: FootMessage? {
    guard let notice = state.notice else { return nil }
    let (rows, columns) = state.size
    var end = rows
    if case .typing = state.mode { end -= 1 }
    return FootMessage(
      notice.text, notice.role, room: room, above: end, of: rows, columns: columns)
  }

  private func draw(_ line: LineEditor, _ kind: Gallery.Mode.Kind, on screen: inout Screen) {
    let row = screen.rows - 1
    let sign = kind == .search ? "/" : ":"
    screen.put(sign, row: row, column: 0, style: Style(.mode))
    let room = max(1, screen.columns - 2)
    let hidden = max(0, line.position - room + 1)
    screen.put(
      String(line.text.dropFirst(hidden)), row: row, column: 1, width: room, style: Style(.input))
    screen.cursor = (row, 1 + line.position - hidden)
    message?.draw(on: &screen)
  }

  private func drawHints(width: Int, on screen: inout Screen) {
    var x = 1
    for (keys, help) in hints {
      let room = width + 1 - x
      // What a key would do is cut where the rest finds no room.
      let help = keys.isEmpty ? help.clipped(to: room - 1) : help
      guard keys.count + help.count + 1 <= room else { break }
      x += screen.put(keys, row: screen.rows - 1, column: x, style: Style(.key)) + 1
      x += screen.put(help, row: screen.rows - 1, column: x, style: Style(.faint)) + 2
    }
  }

  private var hints: [(String, String)] {
    switch state.mode {
    case .help(let list):
      let chosen = list.selected?.entry.help ?? "nothing is left"
      return [("Esc", "close"), ("Enter", "do it:"), ("", chosen)]
    case .reading: return [("j k", "scroll"), ("q", "close")]
    case .browsing, .typing: break
    }
    let back = state.search == nil ? [] : [("Esc", "all pictures")]
    let errors = state.unreadable.isEmpty ? [] : [("!", "what is unreadable")]
    return back + [
      ("Enter", "open"), ("/", "find by words"), ("s", "sort"), ("*", "like this one"),
      ("+ -", "size"),
    ] + errors + [("?", "help"), ("q", "quit")]
  }
}
