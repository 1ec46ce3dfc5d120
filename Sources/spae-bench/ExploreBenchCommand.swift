import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEFiles
import SPAESystem

/// `spae-bench explore`: from a key to the picture on the terminal.
struct ExploreBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Measure the explorer: from a key to its picture's last byte.",
    discussion: """
      The explorer runs in a pseudo-terminal of 120 x 40 characters of 10 x 20 pixels, with a history \
      of its own. Words change nothing but themselves, with --paint they paint what they say. Idle is \
      what it takes of one processor in ten seconds without a key.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Edits that are measured, for each terminal.", valueName: "n"))
  var edits = 1000

  @Option(
    help: ArgumentHelp("More edits, after which the memory is told again.", valueName: "n"))
  var soak = 0

  @Option(help: ArgumentHelp("Only sixel, kitty or quadrants.", valueName: "terminal"))
  var terminal: String?

  @Flag(help: "Measure words that paint, as they are tried in the picker.")
  var paint = false

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: "The picture.")
  var image: String

  func validate() throws {
    guard (1...100_000).contains(edits), (0...1_000_000).contains(soak) else {
      throw ValidationError("--edits must be 1 or more, --soak 0 or more")
    }
    guard terminal.map({ ExploreBench.Terminal(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--terminal is sixel, kitty or quadrants")
    }
  }

  func run() throws {
    let terminals = ExploreBench.Terminal.allCases.filter { $0.rawValue == terminal ?? $0.rawValue }
    let measured = try terminals.map { try figures(in: $0) }
    guard json else { return measured.forEach { print($0.line) } }
    try putJSON(measured)
  }

  private func figures(in terminal: ExploreBench.Terminal) throws -> ExploreBench.Figures {
    let state = FileManager.default.temporaryDirectory
      .appendingPathComponent("spae-bench-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: state) }
    let bench = try ExploreBench(
      terminal, paints: paint, picture: image, model: model.folder, state: state)
    return try bench.figures(edits: edits, soak: soak)
  }
}
