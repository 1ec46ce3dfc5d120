import SPAEPyramid
import SPAEScreen
import SPAESystem

/// The lists that stand over the words while the picture stays in sight.
enum Popups {
  /// Draws the frame of a popup and returns the box within.
  static func open(_ box: Box, title: String, on screen: inout Screen) -> Box {
    screen.fill(box, style: Style(.popup))
    screen.frame(box, title: title, style: Style(.popupBorder), titleStyle: Style(.heading))
    return box.inside
  }

  /// A line where a person types, with the terminal's cursor in it.
  static func draw(
    _ line: LineEditor, sign: String, in box: Box, on screen: inout Screen
  ) {
    let width = screen.put(sign, row: box.row, column: box.column, style: Style(.mode))
    let room = max(1, box.columns - width)
    screen.fill(
      Box(row: box.row, column: box.column + width, rows: 1, columns: room), style: Style(.input))
    let hidden = max(0, line.position - room + 1)
    screen.put(
      String(line.text.dropFirst(hidden)), row: box.row, column: box.column + width, width: room,
      style: Style(.input))
    screen.cursor = (box.row, box.column + width + line.position - hidden)
  }

  /// The first of the rows that are in sight, so that the selection is among them.
  static func start(selection: Int, count: Int, room: Int) -> Int {
    max(0, min(selection - room / 2, count - room))
  }

  // MARK: Help

  static func draw(_ list: HelpList, in box: Box, on screen: inout Screen) {
    let inside = open(box, title: "Keys: type to filter", on: &screen)
    draw(list.filter, sign: "> ", in: inside, on: &screen)
    let lines = list.entries.enumerated().flatMap { number, entry in
      Self.lines(of: entry, width: inside.columns - 2).map { (number: number, text: $0) }
    }
    let room = max(1, inside.rows - 1)
    let selected = lines.firstIndex { $0.number == list.selection } ?? 0
    let first = start(selection: selected, count: lines.count, room: room)
    for (offset, line) in lines.dropFirst(first).prefix(room).enumerated() {
      let style = Style(line.number == list.selection ? .popupSelection : .popup)
      screen.put(
        " " + line.text.padded(to: inside.columns - 1), row: inside.row + 1 + offset,
        column: inside.column, width: inside.columns, style: style)
    }
  }

  /// The columns of the keys in the help.
  private static let keyColumns = 14

  /// Keys and what they do, over as many lines as that takes.
  private static func lines(of entry: Action.Entry, width: Int) -> [String] {
    let help = entry.help.wrapped(to: width - keyColumns - 1)
    let isBeside = entry.notation.displayWidth <= keyColumns
    let keys = [entry.notation.padded(to: keyColumns)]
    let rest = Array(repeating: String(repeating: " ", count: keyColumns), count: help.count)
    return isBeside
      ? zip(keys + rest, help).map { "\($0) \($1)" }
      : [entry.notation] + zip(rest, help).map { "\($0) \($1)" }
  }

  // MARK: Reading

  /// The room for text within a popup.
  static func room(_ box: Box) -> Box {
    let inside = box.inside
    return Box(
      row: inside.row, column: inside.column + 1, rows: max(1, inside.rows),
      columns: max(1, inside.columns - 2))
  }

  static func draw(_ reading: Reading, in box: Box, on screen: inout Screen) {
    let (room, _) = (room(box), open(box, title: reading.title, on: &screen))
    let lines = reading.lines(width: room.columns)
    let first = max(0, min(reading.scroll, lines.count - room.rows))
    for (offset, line) in lines.dropFirst(first).prefix(room.rows).enumerated() {
      screen.put(
        line, row: room.row + offset, column: room.column, width: room.columns,
        style: Style(.popup))
    }
    if first + room.rows < lines.count {
      let row = box.row + box.rows - 1
      screen.put(" more below ", row: row, column: box.column + 2, style: Style(.popupBorder))
    }
  }

  // MARK: History

  private static let thumbnailColumns = 4

  static func draw(_ list: HistoryList, in box: Box, on screen: inout Screen) {
    let inside = open(box, title: "History: \(list.rows.count.counted("state"))", on: &screen)
    let room = max(1, inside.rows / 2)
    let first = start(selection: list.selection, count: list.rows.count, room: room)
    for (offset, row) in list.rows.dropFirst(first).prefix(room).enumerated() {
      draw(
        row, thumbnail: list.thumbnails[row.revision], at: inside.row + 2 * offset, in: inside,
        isSelected: first + offset == list.selection, on: &screen)
    }
  }

  private static func draw(
    _ row: HistoryList.Row, thumbnail: Screen?, at y: Int, in box: Box, isSelected: Bool,
    on screen: inout Screen
  ) {
    let style = Style(isSelected ? .popupSelection : .popup)
    screen.fill(Box(row: y, column: box.column, rows: 2, columns: box.columns), style: style)
    let tree = screen.put(
      row.branches, row: y, column: box.column + 1, width: box.columns / 3, style: style)
    let below = String(row.branches.map { "o@*".contains($0) ? "│" : $0 })
    screen.put(below, row: y + 1, column: box.column + 1, width: box.columns / 3, style: style)
    var x = box.column + 1 + tree + 1
    if let thumbnail {
      screen.overlay(thumbnail, row: y, column: x)
      x += thumbnail.columns + 1
    } else {
      x += thumbnailColumns + 1
    }
    let width = box.column + box.columns - x
    let head = row.isHead ? " (here)" : ""
    let name = row.name.map { " '\($0)'" } ?? ""
    screen.put(
      "\(row.revision)\(name)\(head)  \(row.time)", row: y, column: x, width: width, style: style)
    screen.put(row.summary, row: y + 1, column: x, width: width, style: style)
  }
}
