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
    StandardStreams.reserve()
    let status = status(of: CommandArguments.all)
    Glibc.exit(isOutputWritten() ? status : max(1, status))
  }

  private static func status(of arguments: [String]) -> Int32 {
    do {
      if arguments.isEmpty { throw CleanExit.helpRequest(self) }
      var command = try parseAsRoot(arguments)
      try command.run()
      return 0
    } catch let failure as Failure {
      failure.report()
      return 1
    } catch LanguageError.dryRun {
      Failure("\(LanguageError.dryRun)").report()
      return 0
    } catch  where error is HistoryError || error is LanguageError {
      Failure("\(error)").report()
      return 1
    } catch {
      let status = exitCode(for: error)
      for line in fullMessage(for: error).textLines {
        print(line, toStandardError: !status.isSuccess)
      }
      return status == .validationFailure ? 2 : status.rawValue
    }
  }

  /// Whether all of standard output could be written; says why not, unless its reader has left.
  private static func isOutputWritten() -> Bool {
    do throws(SystemError) {
      try StandardOutput.finish()
      return true
    } catch {
      if !error.isBrokenPipe {
        Failure("standard output: cannot be written: \(error)").report()
      }
      return false
    }
  }
}
