import SPAEPyramid
import SPAEScreen

/// The line at the head of the screen: what is open and how it stands.
struct TitleLine {
  let state: Explorer

  func draw(on screen: inout Screen) {
    let style = Style(.status)
    screen.fill(Box(row: 0, column: 0, rows: 1, columns: screen.columns), style: style)
    let right = right(within: screen.columns)
    let room = screen.columns - right.displayWidth - 3
    let mark = state.isDirty ? marks.first { $0.displayWidth + 2 + shortest < room } ?? "*" : ""
    let left = left(within: room - (mark.isEmpty ? 0 : mark.displayWidth + 2))
    let width = screen.put(left, row: 0, column: 1, width: max(0, room), style: style)
    screen.put(mark, row: 0, column: min(width, room - 2) + 3, style: Style(.unsaved))
    screen.put(right, row: 0, column: screen.columns - right.displayWidth - 1, style: style)
  }

  private let marks = ["edited *", "*"]

  /// The shortest that still names the file.
  private var shortest: Int { lefts[lefts.count - 2].displayWidth }

  /// As much as there is room for.
  private func left(within room: Int) -> String {
    let lefts = lefts
    if let whole = lefts.dropLast().first(where: { $0.displayWidth <= room }) { return whole }
    let layer = lefts[lefts.count - 1]
    let rest = room - layer.displayWidth - 2
    return rest < 8 ? layer : "\(state.document.file.clipped(to: rest))  \(layer)"
  }

  /// What is open and where the cursor is, from all of it to the least.
  private var lefts: [String] {
    let document = state.document
    let words = state.shape.size(ofLayer: state.cursor.layer).count
    let layer = state.filmTitle ?? "layer \(state.cursor.layer)/\(state.shape.depth)"
    let counted =
      state.film.map { "\(layer)  \($0.changed) changed" }
      ?? "\(layer)  \(words) word\(words == 1 ? "" : "s")"
    let model = state.history.model ?? document.model
    let size = "\(document.width)x\(document.height)  \(model)"
    let place = state.place.map { $0.count > 1 ? "\($0.number)/\($0.count)  " : "" } ?? ""
    let source = document.file == document.name ? "" : " of \(document.name)"
    return [
      "spae  \(place)\(document.file)\(source)  \(size)  \(counted)",
      "spae  \(place)\(document.file)  \(size)  \(counted)", "spae  \(document.file)  \(counted)",
      "\(document.file)  \(layer)", layer,
    ]
  }

  /// Where the history stands; a long name of the state is cut before the file's.
  private func right(within columns: Int) -> String {
    let history = state.history
    let isKept = state.document.keepsHistory && history.isKept
    let loss = isKept ? "" : history.waiting == nil ? " not kept" : " not kept yet"
    let number = "\(history.state)/\(history.last)\(loss)"
    let (start, end) =
      Layout(state).isNarrow
      ? (number, state.showsPictureAlone ? "picture" : "words")
      : ("state \(number)", state.graphics)
    guard let name = history.name else { return "\(start)  \(end)" }
    let marked = state.isDirty ? 3 : 0
    let room = columns - shortest - marked - start.displayWidth - end.displayWidth - 6
    return "\(start) \(name.clipped(to: max(Self.leastName, room)))  \(end)"
  }

  /// The columns of a state's name that stay beside a long name of a file.
  private static let leastName = 6
}

/// The line at the foot: a prompt, a notice, or what can be pressed.
struct FootLine {
  let state: Explorer

  func draw(on screen: inout Screen) {
    if case .typing(let prompt) = state.mode { return draw(prompt, on: &screen) }
    if let message { message.draw(on: &screen) } else { drawHints(width: room, on: &screen) }
    let pending = state.pending
    // As in vim, what is pending stands at the right.
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
    let (rows, columns) = state.size
    if case .typing(let prompt) = state.mode {
      guard let notice = state.notice, start(of: notice, beside: prompt) == nil else { return nil }
      return FootMessage(
        notice.text, notice.role, room: room, above: rows - 1, of: rows, columns: columns)
    }
    return line.map { text, role in
      FootMessage(text, role, room: room, above: rows, of: rows, columns: columns)
    }
  }

  /// The column of a notice at the right of the line that is typed; nil where it finds no room.
  private func start(of notice: Notice, beside prompt: Prompt) -> Int? {
    let start = state.size.columns - notice.text.displayWidth - 1
    let end = prompt.sign.displayWidth + prompt.line.text.displayWidth + 2
    return start > end ? start : nil
  }

  /// Which file would be written, where that is not the one in the title.
  private var target: String {
    let name = state.document.path?.split(separator: "/").last.map(String.init)
    return name.map { $0 == state.document.file ? "" : " to \($0)" } ?? ""
  }

  /// What there is to say; nil leaves the room to hints.
  private var line: (String, Role)? {
    if let notice = state.notice { return (notice.text, notice.role) }
    if case .leaving = state.mode {
      let then = state.turn == nil ? "quit" : "go on"
      let waiting = state.history.waiting
      let lack = waiting == nil ? "The words are not saved" : state.history.unkept
      let cost = waiting.map { $0 > 1 ? "lose them" : "lose it" } ?? "discard and \(then)"
      let choices = ["y save\(target) and \(then)", "n \(cost)", "Esc stay"]
      let whole = "\(lack).  " + choices.joined(separator: "   ")
      // Each choice has a line of its own where they do not fit into one.
      let lines = (["\(lack)."] + choices).joined(separator: "\n")
      return (whole.displayWidth > room ? lines : whole, .warning)
    }
    guard !state.isPending, state.mode.isAmongWords else { return nil }
    return state.consultationLine.map { ($0, .notice) }
  }

  private func draw(_ prompt: Prompt, on screen: inout Screen) {
    let row = screen.rows - 1
    let width = screen.put(prompt.sign, row: row, column: 0, style: Style(.mode))
    let room = max(1, screen.columns - width - 1)
    let hidden = max(0, prompt.line.position - room + 1)
    screen.put(
      String(prompt.line.text.dropFirst(hidden)), row: row, column: width, width: room,
      style: Style(.input))
    screen.cursor = (row, width + prompt.line.position - hidden)
    message?.draw(on: &screen)
    guard let notice = state.notice, let start = start(of: notice, beside: prompt) else { return }
    screen.put(notice.text, row: row, column: start, style: Style(notice.role))
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
    if state.isPending { return state.continuations }
    switch state.mode {
    case .block:
      return [
        (key(.pickBySpelling), "replace"), (key(.replaceByMean), "mean"), (key(.yank), "yank"),
        (key(.paste), "paste"), ("Esc", "unmark"),
      ]
    case .picking(let picker):
      return [("Enter", "accept"), ("Tab", picker.method.next.name), ("Esc", "cancel")]
    case .help(let list):
      let chosen = list.selected?.entry.help ?? "nothing is left"
      return [("Esc", "close"), ("Enter", "do it:"), ("", chosen)]
    case .history: return [("Enter", "go there"), ("Esc", "stay")]
    case .filling(let fill):
      if let revision = fill.revision {
        return [("Enter", "accept"), ("Esc", "cancel"), ("", revision.summary)]
      }
      let place = "other words, \(fill.selection + 1) of \(fill.proposals.count)"
      return [("Enter", "accept"), ("Tab", place), ("Esc", "cancel")]
    case .reading: return [("j k", "scroll"), ("q", "close")]
    default:
      let other = state.showsPictureAlone ? "words" : "picture"
      let depth = "\(key(.shallower)) \(key(.deeper))"
      return (Layout(state).isNarrow ? [(key(.nextPane), other)] : []) + [
        (key(.pickBySpelling), "edit"), (key(.pickByMeaning), "meaning"), (key(.undo), "undo"),
        (key(.redo), "redo"), (depth, "depth"), (key(.search), "find"),
        (key(.openHistory), "tree"), (key(.help), "help"), (key(.command) + "w", "save"),
        (key(.quit), "quit"),
      ]
    }
  }

  /// The first way to press an action, as short as hints are.
  private func key(_ action: Action) -> String {
    let keys = state.keymap.entry(of: action).keys.first ?? []
    return keys.map { key in
      if case .control(let letter) = key { return "^\(letter.uppercased())" }
      let notation = key.notation
      return notation.count > 2 && notation.hasPrefix("<")
        ? String(notation.dropFirst().dropLast()) : notation
    }.joined()
  }
}

extension Notice {
  var role: Role {
    switch kind {
    case .plain: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}
