import SPAEPyramid
import SPAEScreen

// What people are used to from other programs: settings, help on a topic, the clipboard, the way
// back to an edit.
extension Explorer {
  private static let mostPlaces = 100

  /// Remembers where an edit was: at the first word that it changed, which is one of the upper ones.
  mutating func rememberEdit(from old: Pyramid, to new: Pyramid) {
    guard old.shape == new.shape,
      let place = zip(old.words, new.words).enumerated().first(where: { $1.0 != $1.1 })?.offset
    else { return }
    let cell = shape.cell(at: place)
    editedPlaces.removeAll { $0 == cell }
    editedPlaces.append(cell)
    if editedPlaces.count > Self.mostPlaces { editedPlaces.removeFirst() }
    placesBack = 0
  }

  /// Goes to the word that was edited last, then to the one before, and so on.
  mutating func goBackToEdit() -> [Effect] {
    let places = editedPlaces.filter { shape.contains($0) }
    for _ in 0..<takeCount() {
      if placesBack < places.count, places[places.count - 1 - placesBack] == cursor {
        placesBack += 1
      }
      guard placesBack < places.count else {
        placesBack = max(0, places.count - 1)
        say(places.isEmpty ? "nothing was edited yet" : "no word was edited before this one")
        return []
      }
      cursor = places[places.count - 1 - placesBack]
      if case .block = mode { mode = .browsing }
    }
    return []
  }

  // MARK: The clipboard

  /// Gives words to the system's clipboard, if that is wished: a line for each row.
  func copied(_ block: Block) -> [Effect] {
    guard copiesToClipboard else { return [] }
    let lines = block.rows.map { row in row.map { vocabulary[$0] }.joined(separator: " ") }
    return [.terminal(.copy(lines.joined(separator: "\n")))]
  }

  // MARK: Help

  /// Opens the help with what is left of it by a topic; a command's usage is told at once.
  mutating func help(on topic: String) -> [Effect] {
    let name = topic.drop { $0 == ":" }
    if topic.hasPrefix(":"), let command = CommandName(typed: String(name)) {
      say(dialect.usage(of: command))
      return []
    }
    let list = HelpList(context: mode.context, keymap: keymap, topic: topic)
    if list.entries.isEmpty, let command = CommandName(typed: String(name)) {
      say(dialect.usage(of: command))
    } else if list.entries.isEmpty {
      say("no key or command is about '\(topic)'", .warning)
    } else {
      mode = .help(list)
    }
    return []
  }

  // MARK: Settings

  /// Shows the settings, or changes one: `tint`, `notint`, `edits=exact`.
  mutating func set(_ text: String) -> [Effect] {
    guard !text.isEmpty else {
      say(settings)
      return []
    }
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    if parts.count == 2 { return set(parts[0], to: parts[1]) }
    let isOn = !text.hasPrefix("no")
    switch isOn ? text : String(text.dropFirst(2)) {
    case "tint": isTinted = isOn
    case "inset": showsInset = isOn
    case "clipboard": copiesToClipboard = isOn
    default: return refuseSetting(text)
    }
    say(settings)
    return []
  }

  private mutating func set(_ name: String, to value: String) -> [Effect] {
    switch name {
    case "edits":
      if let style = EditStyle(rawValue: value) { return setEdits(style) }
      say("edits is '\(value)'; it can be \(EditStyle.names)", .error)
      return []
    case "theme": return [.terminal(.chooseTheme(value))]
    case "graphics": return [.terminal(.chooseGraphics(value))]
    case "depth":
      guard value != "all" else { return pin(nil) }
      guard let depth = Int(value), (1...shape.depth).contains(depth) else {
        say("depth is '\(value)'; it can be 1 to \(shape.depth), or all", .error)
        return []
      }
      return pin(depth)
    default: return refuseSetting(name)
    }
  }

  private mutating func refuseSetting(_ name: String) -> [Effect] {
    say(
      "there is no setting '\(name)': tint, inset and clipboard, or with no before them; edits=,"
        + " depth=, theme=, graphics=", .error)
    return []
  }

  private var settings: String {
    let switches = [
      (isTinted, "tint"), (showsInset, "inset"), (copiesToClipboard, "clipboard"),
    ]
    let depth = pinnedDepth.map { "\($0)" } ?? "all"
    return switches.map { $0 ? $1 : "no\($1)" }.joined(separator: "  ")
      + "  edits=\(edits.rawValue)  depth=\(depth)  graphics=\(graphics)"
  }
}
