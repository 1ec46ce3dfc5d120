import ArgumentParser
import Foundation
import SPAELanguage
import SPAESession
import SPAESystem

/// `spae language`: the server of the language model in the box.
struct LanguageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "language",
    abstract: "Keep the language model in the box ready between commands.",
    discussion: """
      A command that needs a language model starts its server and ends it with itself, unless one \
      stays that start has started: then all commands use that. It listens on 127.0.0.1 alone. A \
      question gets the same answer whatever was asked before.
      """,
    subcommands: [StatusCommand.self, StartCommand.self, StopCommand.self])

  fileprivate static var sharedServer: SharedServer {
    SharedServer(environment: SystemEnvironment.variables)
  }
}

extension LanguageCommand {
  struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Say whether the language model is installed, and whether a server stays.")

    func run() throws {
      let installation = try LanguageInstallation.found()
      print("installed  \(installation.python)")
      guard let record = LanguageCommand.sharedServer.record() else {
        return print("server     none stays; each command starts its own")
      }
      let client = try CompletionClient(endpoint: try Endpoint(record.url))
      print("server     \(record.url), process \(record.process)")
      print("model      \(client.name)")
      if let context = client.contextLength { print("context    \(context) tokens") }
    }
  }

  struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Start a server that stays until it is stopped.")

    func run() throws {
      let clock = ContinuousClock()
      let start = clock.now
      let record = try LanguageCommand.sharedServer.start(try LanguageInstallation.found())
      let seconds = String(format: "%.1f", start.duration(to: clock.now) / .seconds(1))
      print("\(record.url), process \(record.process), after \(seconds) s")
    }
  }

  struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop", abstract: "Stop the server that stays.")

    func run() throws {
      let record = try LanguageCommand.sharedServer.stop()
      print("\(record.url), process \(record.process), has ended")
    }
  }
}
