import ArgumentParser
import SPAECommandLine

/// The root of the command line.
@main
struct Spae: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spae",
    abstract: "Turns a picture into a pyramid of words, and the words into the picture again.",
    discussion: """
      A picture of 128 pixels becomes six layers of 1, 4, 16, 64, 256 and 256 ordinary words.
      The upper words say what it shows and where; the lower ones carry its detail.
      """,
    version: "0.1.0",
    subcommands: [
      ExploreCommand.self, EncodeCommand.self, EditCommand.self, DecodeCommand.self,
      ConvertCommand.self,
      ShowCommand.self,
      CompareCommand.self, WordsCommand.self, InfoCommand.self, IndexCommand.self,
      FindCommand.self, PageCommand.self, AtlasCommand.self, HistoryCommand.self,
      ClassifyCommand.self, AskCommand.self, CaptionCommand.self, ReviseCommand.self,
      DrawCommand.self, RestoreCommand.self, EvaluateCommand.self, LanguageCommand.self,
      ThemeCommand.self, KeysCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self,
  )

  static func main() { runProgram() }
}
