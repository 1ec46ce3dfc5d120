import ArgumentParser

/// `spae evaluate`: what the words are worth, beside chance, controls and published figures.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Benchmark the words.",
    subcommands: [FewShotEvaluation.self, GenerationEvaluation.self])
}
