import SPAEPyramid
import SPAEScreen

/// The line at the head of the screen: what is open and how it stands.
struct TitleLine {
  let state: Explorer

  func draw(on screen: inout Screen) {
    let style = Style(.status)
    screen.fill(Box(row: 0, column: 0, rows: 1, columns: screen.columns), style: style)
    let right = right
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

  private var right: String {
    let history = state.history
    let name = history.name.map { " \($0)" } ?? ""
    let isKept = state.document.keepsHistory && history.isKept
    let loss = isKept ? "" : history.waiting == nil ? " not kept" : " not kept yet"
    let place = "\(history.state)/\(history.last)\(loss)\(name)"
    if Layout(state).isNarrow {
      return "\(place)  \(state.showsPictureAlone ? "picture" : "words")"
    }
    return "state \(place)  \(state.graphics)"
  }
}

/// The line at the foot: a prompt, a notice, or what can be pressed.
struct FootLine {
  let state: Explorer

  func draw(on screen: inout Screen) {
    if case .typing(let prompt) = state.mode { return draw(prompt, on: &screen) }
    let pending = state.pending
    let room = screen.columns - (pending.isEmpty ? 2 : pending.displayWidth + 3)
    // As in vim, what is pending stands at the right.
    screen.put(
      pending, row: screen.rows - 1, column: screen.columns - pending.displayWidth - 1,
      style: Style(.mode))
    if let (text, role) = line {
      screen.put(text, row: screen.rows - 1, column: 1, width: room, style: Style(role))
    } else {
      drawHints(width: room, on: &screen)
    }
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
      return ("\(lack).  y save\(target) and \(then)   n \(cost)   Esc stay", .warning)
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
    guard let notice = state.notice else { return }
    let start = screen.columns - notice.text.displayWidth - 1
    guard start > width + prompt.line.text.displayWidth + 2 else { return }
    screen.put(notice.text, row: row, column: start, style: Style(notice.role))
  }

  private func drawHints(width: Int, on screen: inout Screen) {
    var x = 1
    for (keys, help) in hints {
      let room = width + 1 - x
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
