/// How a person talks to the explorer, and so what its messages may name.
package enum Dialect: Hashable, Sendable {
  /// Keys, and commands behind a colon.
  case keys
  /// The lines of the plain mode.
  case lines

  /// A command as it is typed: `:w! cat.png`, or `save! cat.png`.
  package func command(
    _ name: CommandName, forced: Bool = false, _ argument: String = ""
  ) -> String {
    typed(name) + (forced ? "!" : "") + (argument.isEmpty ? "" : " " + argument)
  }

  /// Where to find what can be typed.
  var listOfCommands: String {
    switch self {
    case .keys: ":help lists the keys and commands"
    case .lines: "help lists what can be typed"
    }
  }

  /// How a command is used, and what it does.
  func usage(of name: CommandName) -> String {
    let (form, help) = name.usage
    return "\(typed(name))\(Self.arguments(of: form))  \(help)"
  }

  /// What follows the name in a form such as ":w[!] [FILE]" or ":e[dit] [FILE]", where the brackets
  /// are of the name.
  private static func arguments(of form: String) -> Substring {
    let rest = form.drop { $0 == ":" || $0.isLetter }
    guard rest.first == "[", rest.dropFirst().first?.isLetter == true, form.first == ":",
      let end = rest.firstIndex(of: "]")
    else { return rest }
    return rest[rest.index(after: end)...]
  }

  private func typed(_ name: CommandName) -> String {
    switch self {
    case .keys: ":" + name.rawValue
    case .lines: Self.plainNames[name] ?? name.rawValue
    }
  }

  /// Commands that the plain mode calls otherwise.
  private static let plainNames: [CommandName: String] = [
    .write: "save", .quit: "quit", .history: "tree", .substitute: "s",
  ]
}
