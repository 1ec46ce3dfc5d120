import FoundationEssentials
import Glibc
import SPAESystem

/// The language models that a server of our own can serve.
package enum ServedModel: String, CaseIterable, Sendable {
  case smollm2, gemma
}

/// Where the language model in the box is installed.
package struct LanguageInstallation: Sendable, Equatable {
  /// The Python of the virtual environment.
  package var python: String
  /// The script that serves the model.
  package var script: String
  package var model: ServedModel
  /// Threads that the server computes with.
  package var threads: Int

  package init(
    python: String, script: String, model: ServedModel = .smollm2, threads: Int = 1
  ) {
    self.python = python
    self.script = script
    self.model = model
    self.threads = threads
  }

  func command(stays: Bool) -> [String] {
    [python, "-I", script, "--threads", "\(threads)", "--model", model.rawValue]
      + (stays ? ["--stay"] : [])
  }
}

/// llama.cpp's server on 127.0.0.1 with the model in the box, which ends when this object or process
/// does.
package final class LlamaServer: Sendable {
  package let url: String
  private let child: ChildProcess

  /// Starts the server and waits until it answers: about a second.
  package init(_ installation: LanguageInstallation) throws(LanguageError) {
    let log = try Self.unnamedFile()
    child = try Self.child(installation, log: log, stays: false)
    url = try Self.address(child)
  }

  package var process: Int32 { child.identifier }

  var isEnding: Bool { child.isEnding }
  var lastLines: [String] { child.lastLines() }

  /// Long enough for a machine that does much else.
  private static let startMilliseconds: Int32 = 120_000

  /// Waits for the address, which the server's script prints when it answers.
  static func address(_ child: ChildProcess) throws(LanguageError) -> String {
    if let line = child.line(milliseconds: startMilliseconds), line.hasPrefix("http://127.") {
      return line
    }
    let hasEnded = !child.isAlive
    child.kill()
    throw .cannotStart(
      reason: hasEnded ? "it ended at once" : "it says no address", log: child.lastLines())
  }

  /// Starts the server's script; one that stays reads nothing and is not ended with us.
  static func child(
    _ installation: LanguageInstallation, log: Int32, stays: Bool
  ) throws(LanguageError) -> ChildProcess {
    let command = installation.command(stays: stays)
    do throws(SystemError) {
      return try ChildProcess(command, log: log, .init(hasInput: !stays, stays: stays))
    } catch {
      throw .cannotStart(reason: "\(command[0]): \(error)", log: [])
    }
  }

  private static func unnamedFile() throws(LanguageError) -> Int32 {
    do throws(SystemError) { return try FileSystem.unnamedFile() } catch {
      let folder = SystemEnvironment.variables["TMPDIR"] ?? "/tmp"
      throw .unwritable(path: folder, reason: "\(error)")
    }
  }
}
