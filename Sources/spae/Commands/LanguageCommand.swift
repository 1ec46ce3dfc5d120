import ArgumentParser
import Foundation
import SPAELanguage
import SPAESession
import SPAESystem

/// `spae language`: the server of the bundled language model.
struct LanguageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "language",
    abstract: "Keep the bundled language model loaded between commands.",
    discussion: """
      A command that needs a language model starts a server and stops it at its end. After spae \
      language start one server stays, and all commands use it. It listens on 127.0.0.1 only. A \
      question gets the same answer whatever was asked before.
      """,
    subcommands: [StatusCommand.self, StartCommand.self, StopCommand.self])

}

/// The language model whose server is meant.
private struct ServedModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The language model: smollm2, which is bundled, or gemma (make language-gemma).",
      valueName: "model"))
  var language = ServedModel.smollm2

  var sharedServer: SharedServer {
    SharedServer(environment: SystemEnvironment.variables, model: language)
  }

  var installation: LanguageInstallation {
    get throws { try LanguageInstallation.found(language) }
  }
}

extension LanguageCommand {
  struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Print whether the language model is installed, and whether a server is running.")

    @OptionGroup fileprivate var served: ServedModelOption

    func run() throws {
      let installation = try served.installation
      print("installed  \(installation.python)")
      guard let record = served.sharedServer.record() else {
        return print("server     none is running; each command starts its own")
      }
      let client = try CompletionClient(endpoint: try Endpoint(record.url))
      print("server     \(record.url), process \(record.process)")
      print("model      \(client.name)")
      if let context = client.contextLength { print("context    \(context) tokens") }
    }
  }

  struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Start a server that runs until it is stopped.")

    @OptionGroup fileprivate var served: ServedModelOption

    func run() throws {
      let clock = ContinuousClock()
      let start = clock.now
      let record = try served.sharedServer.start(try served.installation)
      let seconds = String(format: "%.1f", start.duration(to: clock.now) / .seconds(1))
      print("\(record.url), process \(record.process), after \(seconds) s")
    }
  }

  struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop", abstract: "Stop the server.")

    @OptionGroup fileprivate var served: ServedModelOption

    func run() throws {
      let record = try served.sharedServer.stop()
      print("\(record.url), process \(record.process), has ended")
    }
  }
}
