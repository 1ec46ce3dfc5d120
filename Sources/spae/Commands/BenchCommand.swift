import ArgumentParser
import Foundation
import SPAEEngine
import SPAEPixels
import SPAEPyramid

/// `spae bench`: how fast it is here.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure the engine and the history.",
    subcommands: [EngineBenchCommand.self, HistoryBenchCommand.self],
    defaultSubcommand: EngineBenchCommand.self)
}

/// `spae bench engine`: medians of what the engine does, to be set beside a peer's in the same run.
struct EngineBenchCommand: ParsableCommand {
  enum Work: String, CaseIterable, ExpressibleByArgument {
    case decode, encode
  }

  struct Figures: Encodable {
    let work: String
    let size: Int
    let runs: Int
    let threads: Int
    let instructionSet: String
    let medianMilliseconds: Double
    let fastestMilliseconds: Double
  }

  static let configuration = CommandConfiguration(
    commandName: "engine", abstract: "Measure the engine: the median of many runs.",
    discussion: "'spae bench decode' and 'spae bench encode' mean the same.")

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Pixels a side.", valueName: "n"))
  var size = 128

  @Option(help: ArgumentHelp("How often.", valueName: "n"))
  var runs = 100

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: "What is measured.")
  var work: Work

  @Argument(help: ArgumentHelp("The picture.", valueName: "image"))
  var image: String

  func validate() throws {
    guard (1...100_000).contains(runs) else { throw ValidationError("--runs must be 1 or more") }
  }

  func run() throws {
    let model = try model.load()
    let file: ImageFile
    do { file = try ImageFile(path: image) } catch { throw Failure("\(image): \(error)") }
    let pyramid = try model.encode(file.image, size: size)
    _ = try model.decode(pyramid)
    let clock = ContinuousClock()
    let times = try (0..<runs).map { _ in
      try clock.measure {
        switch work {
        case .decode: _ = try model.decode(pyramid)
        case .encode: _ = try model.encode(file.image, size: size)
        }
      } / Duration.milliseconds(1)
    }.sorted()
    let figures = Figures(
      work: work.rawValue, size: size, runs: runs,
      threads: self.model.threads ?? Parallel.processors,
      instructionSet: model.instructionSet.name, medianMilliseconds: times[runs / 2],
      fastestMilliseconds: times[0])
    if json {
      try AtomicFile.put(try encodedJSON(figures), into: STDOUT_FILENO, named: "standard output")
    } else {
      print(
        "\(figures.work) \(size) px, \(figures.threads) threads, \(figures.instructionSet): median "
          + String(
            format: "%.2f ms, fastest %.2f ms", figures.medianMilliseconds,
            figures.fastestMilliseconds))
    }
  }
}
