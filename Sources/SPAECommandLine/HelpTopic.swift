import ArgumentParser
import SPAESystem

/// What `help` is asked about: the parser shows the help of the nearest command above for a name
/// that is none.
enum HelpTopic {
  /// Says so of the first name that is no command; nil where all are, or nothing is asked.
  static func refuse(in arguments: [String], of root: any ParsableCommand.Type) -> Int32? {
    guard arguments.first == "help" else { return nil }
    var command = root
    // `help help` is about help itself, which is that of the program.
    if arguments.dropFirst().first == "help" { return nil }
    for word in arguments.dropFirst() where !word.hasPrefix("-") {
      let known = command.configuration.subcommands
      guard let next = known.first(where: { names(of: $0).contains(word) }) else {
        return refuse(word, below: command, known.map { $0._commandName })
      }
      command = next
    }
    return nil
  }

  /// Says so of a first word that is neither a command nor a file, but nearly a command.
  static func refuseMistyped(in arguments: [String], of root: any ParsableCommand.Type) -> Int32? {
    guard let word = arguments.first, word.allSatisfy({ $0.isLetter || $0 == "-" }),
      word.first != "-",
      !FileSystem.isTaken(word)
    else { return nil }
    let known = root.configuration.subcommands.flatMap(names) + ["help"]
    guard !known.contains(word), let near = Spelling.nearest(to: word, among: known) else {
      return nil
    }
    Failure("\(word): no command, and no such file; the nearest command is \(near)").report()
    return 2
  }

  private static func names(of command: any ParsableCommand.Type) -> [String] {
    [command._commandName] + command.configuration.aliases
  }

  private static func refuse(
    _ word: String, below command: any ParsableCommand.Type, _ known: [String]
  ) -> Int32 {
    let near = Spelling.nearest(to: word, among: known)
    let remedy =
      near.map { "the nearest is \($0)" }
      ?? (known.isEmpty ? "it has none" : "there are \(known.joined(separator: ", "))")
    Failure("\(word): no command of \(command._commandName); \(remedy)").report()
    return 2
  }
}
