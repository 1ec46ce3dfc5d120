import ArgumentParser

/// `spae evaluate`: what the words are worth, beside chance, controls and published figures.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure what the words are worth to whoever reads them.",
    subcommands: [FewShotEvaluation.self, GenerationEvaluation.self])
}
