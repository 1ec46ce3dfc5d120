import ArgumentParser
import Glibc
import SPAEHistory
import SPAELanguage
import SPAESystem

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
      ExploreCommand.self, EncodeCommand.self, DecodeCommand.self, ShowCommand.self,
      CompareCommand.self, WordsCommand.self, InfoCommand.self, HistoryCommand.self,
      ClassifyCommand.self, AskCommand.self, CaptionCommand.self, DrawCommand.self,
      RestoreCommand.self, EvaluateCommand.self, LanguageCommand.self, ThemeCommand.self,
      KeysCommand.self, BenchCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self,
  )

  /// Runs the command; exit status 0, 1 for a failed job, 2 for usage.
  static func main() {
    guard CommandLine.argc > 1 else { return print(helpMessage()) }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      failure.report()
      Glibc.exit(1)
    } catch let error as HistoryError {
      Failure("\(error)").report()
      Glibc.exit(1)
    } catch LanguageError.dryRun {
      Failure("\(LanguageError.dryRun)").report()
    } catch let error as LanguageError {
      Failure("\(error)").report()
      Glibc.exit(1)
    } catch {
      let status = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty { print(message, toStandardError: !status.isSuccess) }
      Glibc.exit(status == .validationFailure ? 2 : status.rawValue)
    }
  }
}
