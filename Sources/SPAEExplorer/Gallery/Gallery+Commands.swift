import SPAEScreen

/// What can be typed after a colon in a gallery.
package enum GalleryCommand: String, CaseIterable, Sendable {
  case sort, find, errors
  case open = "e"
  case theme, graphics, help, messages
  case quit = "q"

  /// How it is typed, and what it does.
  package var usage: (form: String, help: String) {
    switch self {
    case .sort: (":sort name|date|likeness", "sort; likeness is that to the selected picture")
    case .find: (":find WORDS", "rank the pictures by words, as / does")
    case .errors: (":errors", "the files that cannot be read, and why")
    case .open: (":e FILE", "open another file or folder")
    case .theme: (":theme NAME", "change the theme")
    case .graphics: (":graphics NAME", "draw the pictures by \(GraphicsChoice.names)")
    case .help: (":help", "the keys")
    case .messages: (":messages", "read the messages since the program began, the last ones last")
    case .quit: (":q", "quit")
    }
  }
}

extension GalleryCommand: TypedCommand {
  static var otherNames: [String: GalleryCommand] {
    [
      "edit": .open, "open": .open, "quit": .quit, "qa": .quit, "x": .quit, "h": .help,
    ]
  }
}

extension Gallery {
  /// Runs a line that was typed after a colon.
  mutating func run(_ line: String) -> [GalleryEffect] {
    let text = line.drop { $0 == " " || $0 == ":" }
    if text.isEmpty { return [] }
    if let number = text == "$" ? order.count : Int(text) { return go(to: number) }
    let word = text.prefix { !$0.isWhitespace && $0 != "!" }
    let rest = text.dropFirst(word.count).drop { $0 == "!" || $0.isWhitespace }
    guard let command = GalleryCommand(typed: String(word)) else {
      let remedy = dialect == .keys ? ":help lists the keys and commands" : "help lists them"
      say("\(dialect == .keys ? ":" : "")\(word) is no command; \(remedy)", .error)
      return []
    }
    return run(command, String(rest))
  }

  private mutating func run(_ command: GalleryCommand, _ argument: String) -> [GalleryEffect] {
    switch command {
    case .sort: return Sorting(rawValue: argument).map { sort(by: $0) } ?? refuse(command)
    case .find: return argument.isEmpty ? refuse(command) : find(argument)
    case .errors: return readUnreadable()
    case .open: return argument.isEmpty ? refuse(command) : [.terminal(.openFile(argument))]
    case .theme:
      return argument.isEmpty ? refuse(command) : [.terminal(.chooseTheme(argument))]
    case .graphics:
      return argument.isEmpty ? refuse(command) : [.terminal(.chooseGraphics(argument))]
    case .help: return perform(.help)
    case .messages: return readMessages()
    case .quit: return [.terminal(.quit)]
    }
  }

  private mutating func refuse(_ command: GalleryCommand) -> [GalleryEffect] {
    let (form, help) = command.usage
    let typed = dialect == .keys ? form : String(form.dropFirst())
    say("usage: \(typed)  \(help)", .error)
    return []
  }

  /// Completes the command that is typed, as far as all that begin so agree.
  mutating func complete() -> [GalleryEffect] {
    guard case .typing(.command, let line) = mode else { return [] }
    let found = GalleryCommand.allCases.map(\.rawValue).filter { $0.hasPrefix(line.text) }
    if found.count == 1 { mode = .typing(.command, LineEditor(found[0])) }
    return []
  }
}
