package import ArgumentParser
import Glibc
import SPAEHistory
import SPAELanguage
import SPAELibrary
import SPAESystem

extension ParsableCommand {
  /// Runs the command that the arguments name; exit status 0, 1 for a failed job, 2 for usage.
  package static func runProgram() {
    StandardStreams.reserve()
    FileSystem.outliveSizeLimit()
    let status = status(of: CommandArguments.all)
    Glibc.exit(isOutputWritten() ? status : max(1, status))
  }

  private static func status(of arguments: [String]) -> Int32 {
    do {
      if arguments.isEmpty { throw CleanExit.helpRequest(self) }
      if let word = DashedName.unreadable(in: arguments) { return DashedName.refuse(word) }
      if let status = HelpTopic.refuse(in: arguments, of: self) { return status }
      if let status = HelpTopic.refuseMistyped(in: arguments, of: self) { return status }
      var command = try parseAsRoot(arguments)
      try command.run()
      return 0
    } catch let failure as Failure {
      failure.report()
      // A command that says of each file why it has no answer may say no more than that.
      return Set(failure.lines) == ["\(LanguageError.dryRun)"] ? 0 : 1
    } catch LanguageError.dryRun {
      Failure("\(LanguageError.dryRun)").report()
      return 0
    } catch
      where error is HistoryError || error is LanguageError || error is LibraryError
      || error is ExemplarError
    {
      Failure("\(error)").report()
      return 1
    } catch {
      return report(error, about: arguments)
    }
  }

  /// Prints what the parser says, or what it should have said; gives the exit status.
  private static func report(_ error: any Error, about arguments: [String]) -> Int32 {
    let status = exitCode(for: error)
    let message = message(for: error, about: arguments)
    if status == .validationFailure {
      if let status = UnknownOption.refuse(in: arguments, of: self, afterMessage: message) {
        return status
      }
      DashedName.explain(in: arguments)
    }
    for line in message.textLines { print(line, toStandardError: !status.isSuccess) }
    return status == .validationFailure ? 2 : status.rawValue
  }

  /// What the parser says, with a word of the command line in one line whatever it holds.
  private static func message(for error: any Error, about arguments: [String]) -> String {
    let text = wholeMessage(for: error)
    return arguments.filter { $0.printable != $0 }.reduce(text) { message, word in
      message.replacing(word, with: word.printable)
    }
  }

  /// What the parser says; it leaves out what options are for where the terminal is narrow.
  private static func wholeMessage(for error: any Error) -> String {
    guard let columns = narrowColumns else { return fullMessage(for: error, columns: nil) }
    guard exitCode(for: error).isSuccess else {
      return fullMessage(for: error, columns: leastColumns)
    }
    return NarrowHelp.text(
      fullMessage(for: error, columns: NarrowHelp.unbroken), columns: columns)
  }

  private static var leastColumns: Int { 60 }

  /// The columns of a terminal with less than those; nil of others.
  private static var narrowColumns: Int? {
    var window = winsize()
    _ = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window)
    let columns = SystemEnvironment.variables["COLUMNS"].flatMap { Int($0) } ?? Int(window.ws_col)
    return columns > 0 && columns < leastColumns ? columns : nil
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
