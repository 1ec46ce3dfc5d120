import SPAEScreen
import SPAESystem

/// A message at the foot of the screen: over several rows where one is too short for it.
struct FootMessage {
  /// The rows that it takes.
  let box: Box
  private let lines: [String]
  private let style: Style

  /// `end` is the row below the last one, `room` the columns of a line.
  init(_ text: String, _ role: Role, room: Int, above end: Int, of rows: Int, columns: Int) {
    let whole = Self.lines(of: text, width: room)
    let most = min(Self.mostLines(of: rows), end)
    lines = whole.count <= most ? whole : whole.prefix(most - 1) + [Self.more]
    box = Box(row: end - lines.count, column: 0, rows: lines.count, columns: columns)
    style = Style(role)
  }

  /// Stands in place of what finds no room.
  private static let more = "... :messages shows the rest"

  /// The lines that a message may take on a screen of so many rows.
  static func mostLines(of rows: Int) -> Int { max(4, rows / 2) }

  /// A text in lines; one that is short enough stays as it is.
  static func lines(of text: String, width: Int) -> [String] {
    text.contains("\n") || text.displayWidth > width ? text.wrapped(to: width) : [text]
  }

  func draw(on screen: inout Screen) {
    screen.fill(box, style: Style(.text))
    for (offset, line) in lines.enumerated() {
      screen.put(line, row: box.row + offset, column: 1, width: box.columns - 1, style: style)
    }
  }
}
