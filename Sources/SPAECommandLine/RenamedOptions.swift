import ArgumentParser

/// How strongly the meaning of words counts in the choice of the first layers; once `--meaning`.
package struct SemanticWeightOption: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "Multiplies the candidates of the first layers, and divides their penalties; 0: no guidance.",
      discussion: "Default: 1.", valueName: "factor"))
  var semanticWeight: Float?

  @Option(help: .hidden) var meaning: Float?

  /// The factor, 1 if none is given.
  package var weight: Float { semanticWeight ?? meaning ?? 1 }

  package func validate() throws {
    guard semanticWeight == nil || meaning == nil else {
      throw ValidationError("give --semantic-weight or --meaning, its former name")
    }
    guard weight.isFinite, weight >= 0, weight <= 1000 else {
      throw ValidationError("--semantic-weight must be between 0 and 1000")
    }
  }
}

/// Pictures at large, whose mean is subtracted; once `--ground`.
package struct BackgroundOption: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "Subtract the mean of this folder's pictures, which should be of many kinds.",
      valueName: "folder"))
  var background: String?

  @Option(help: .hidden) var ground: String?

  /// The folder, if one is given.
  package var folder: String? { background ?? ground }

  package func validate() throws {
    guard background == nil || ground == nil else {
      throw ValidationError("give --background or --ground, its former name")
    }
  }
}
