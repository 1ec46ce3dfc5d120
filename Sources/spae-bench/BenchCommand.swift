import ArgumentParser
import SPAECommandLine

/// The root of `spae-bench`: how fast `spae` is here; medians, beside a peer's in the same run where
/// there is one.
@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spae-bench", abstract: "Measures how fast spae is: medians of many runs.",
    subcommands: [
      DecodeBenchCommand.self, EncodeBenchCommand.self, ClassifyBenchCommand.self,
      EditBenchCommand.self,
      SteerBenchCommand.self, FilmBenchCommand.self,
      QuantizeBenchCommand.self, LayersBenchCommand.self, MemoryBenchCommand.self,
      ExploreBenchCommand.self, GraphicsBenchCommand.self,
      HistoryBenchCommand.self,
    ])

  static func main() { runProgram() }
}

/// What every measurement of a picture can be told.
struct BenchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How often.", valueName: "n"))
  var runs = 100

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: "The picture.")
  var image: String

  func validate() throws {
    guard (1...100_000).contains(runs) else { throw ValidationError("--runs must be 1 or more") }
  }
}
