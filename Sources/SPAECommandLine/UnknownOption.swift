import ArgumentParser
import SPAESystem

/// Options that a command does not have.
///
/// The parser takes the value of such an option for a file, and then may say what is wrong with the
/// files; or it says that the option which was mistyped is missing.
enum UnknownOption {
  /// Options that every command has, and no help lists.
  private static let unlisted = [
    "--help-hidden", "--generate-completion-script", "--experimental-dump-help",
  ]

  /// Says so of the first one, where the parser said something else; gives the exit status.
  static func refuse(
    in arguments: [String], of root: any ParsableCommand.Type, afterMessage message: String
  ) -> Int32? {
    guard !message.hasPrefix("Error: Unknown option") else { return nil }
    let command = command(in: arguments[...], of: root)
    let known = options(of: command, below: root)
    guard let word = words(in: arguments).first(where: { !(known + unlisted).contains($0) }) else {
      return nil
    }
    let near = Spelling.nearest(to: word, among: known)
    let remedy = near.map { "the nearest is \($0)" } ?? "--help lists those that there are"
    Failure("\(word): there is no such option of \(command._commandName); \(remedy)").report()
    return 2
  }

  /// The words with two dashes before a `--` that are no files, without values behind `=`.
  private static func words(in arguments: [String]) -> [String] {
    arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") && !FileSystem.isTaken($0) }
      .map { String($0.prefix { $0 != "=" }) }
  }

  /// The command that the first words name.
  private static func command(
    in words: ArraySlice<String>, of command: any ParsableCommand.Type
  ) -> any ParsableCommand.Type {
    let next = command.configuration.subcommands.first { $0._commandName == words.first }
    guard let next else { return command.configuration.defaultSubcommand ?? command }
    return self.command(in: words.dropFirst(), of: next)
  }

  /// What its help lists, with what it hides.
  private static func options(
    of command: any ParsableCommand.Type, below root: any ParsableCommand.Type
  ) -> [String] {
    root.helpMessage(for: command, includeHidden: true, columns: NarrowHelp.unbroken)
      .split { $0.isWhitespace || "/,;".contains($0) }.map(String.init)
      .filter { $0.hasPrefix("--") }
  }
}
