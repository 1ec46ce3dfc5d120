import ArgumentParser
import SPAECommandLine
import SPAEEngine
import SPAEEvaluation
import SPAEFiles
import SPAELanguage
import SPAEPixels
import SPAEPyramid
import SPAESystem

/// `spae draw`: a new pyramid, in the words of a language model that has seen examples.
struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Let a language model write the words of a new picture.",
    discussion: """
      FOLDER holds a folder of pictures for each label, or pictures of one kind. The context holds \
      some of them as label and words; the model continues after the label. A picture that cannot be \
      read is named and left out, and another one of its label stands in. At each position it \
      chooses among the words that these examples have there, of all labels, and no example has more \
      than half of the words at the same positions. Each of the 16 positions of layer 3 (more of a longer picture) then \
      shows what an example shows there whose words are like those that were written, so that its \
      pixels go on across the seams; no example shows at more than half. Two such pictures are made, and \
      the one that is nearer to the label's examples stays. Towards it the layers below are chosen, and \
      the words that were written stay.

      A server that gives no log-probabilities writes all words in one answer, which is repaired. \
      How often the picture is of its label is measured by spae evaluate generation.

      spae draw --like birds --label goose -o goose.png
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The folder of examples.", valueName: "folder"))
  var like: String

  @Option(
    help: ArgumentHelp(
      "What to draw: the name of a folder in it.", discussion: "Default: the only one.",
      valueName: "label"))
  var label: String?

  @Option(
    help: ArgumentHelp("The layers that are written, from the first on.", valueName: "1-n"))
  var layers = LayerRange(1...3)

  @Option(
    help: ArgumentHelp(
      "Examples of each label in the context.",
      discussion: "Default: \(ContextExamples.usualShots), or as many as there are.", valueName: "n"
    ))
  var shots: Int?

  @Option(help: ArgumentHelp("Other labels in the context, to tell it from.", valueName: "n"))
  var others = 1

  @Option(
    help: ArgumentHelp("0 takes the likeliest word each time, 1 draws by chance.", valueName: "t"))
  var temperature = 0.0

  @Option(
    help: ArgumentHelp(
      "A table of folders and their labels: folder TAB label.",
      discussion: "Default: a folder's name is its label.", valueName: "file"))
  var names: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The words (NAME.spae, NAME.json), or the picture (NAME.png, .jpg, .webp).",
      valueName: "file"))
  var output: String

  @OptionGroup var overwriting: OverwriteOption

  @Flag(help: "Show no progress.")
  var quiet = false

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @OptionGroup(title: "Language model") var sending: SendingOption

  func validate() throws {
    try layers.validateFromFirst()
    guard (1...100).contains(shots ?? 1) else { throw ValidationError("--shots must be 1 to 100") }
    guard (0...100).contains(others) else { throw ValidationError("--others must be 0 to 100") }
    guard (0...10).contains(temperature) else {
      throw ValidationError("--temperature must be 0 to 10")
    }
    try FileForm.validate(output)
  }

  func run() throws {
    try overwriting.file(output).refuseUnwritable()
    let folders = try LabelFolders(
      like, names: try LabelFolders.names(from: names), allowsPictures: true)
    let wanted = try wantedLabel(folders)
    let encoder = try PictureEncoder(model)
    let context = try ContextExamples(
      folders, label: wanted, shots: shots, others: others, seed: language.seed, by: encoder)
    _ = try layers.within(context.pyramids[0].shape, of: context.paths[0])
    let session = try language.open(for: "draw", sending: sending)
    let outcome = try written(context, encoder.model, by: session)
    let written = WrittenLabel(
      of: outcome.words, examples: context.examples, shape: context.pyramids[0].shape,
      depth: layers.layers.upperBound, vectors: WordVectors(encoder.model.codebook))
    let drawn = try encoder.model.assemble(
      outcome.words, from: context.pyramids, score: written.margin(of:))
    try GeneratedWords(drawn.pyramid, name: context.label).write(
      to: overwriting.file(output), model: encoder.model)
    print(
      "spae: \(context.label): \(outcome.summary); parts of \(parts(drawn.parts, context))",
      toStandardError: true)
    session.close()
  }

  /// "a.jpg (8), b.jpg (5)": which examples show at how many positions.
  private func parts(_ parts: [Int], _ context: ContextExamples) -> String {
    let counts = Dictionary(grouping: parts) { $0 }.mapValues(\.count)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\(FileName.last(of: context.paths[$0.key])) (\($0.value))" }
      .joined(separator: ", ")
  }

  private func written(
    _ context: ContextExamples, _ model: Model, by session: LanguageSession
  ) throws -> WordDrawing.Outcome {
    let count = context.pyramids[0].shape.wordCount(toDepth: layers.layers.upperBound)
    var drawing = WordDrawing(
      examples: context.examples, count: count, vocabulary: model.vocabulary)
    drawing.temperature = temperature
    drawing.seed = session.seed
    let progress = ProgressBar(total: count, isShown: !quiet)
    let outcome = try drawing.outcome(
      of: context.label, by: session.model, progress: { progress.advance() })
    progress.finish()
    return outcome
  }

  private func wantedLabel(_ folders: LabelFolders) throws -> Int {
    if let label { return try folders.label(named: label) }
    guard folders.labels.count == 1 else {
      throw Failure(
        "\(like): name what to draw with --label: "
          + folders.labels.map(\.name).joined(separator: ", "))
    }
    return 0
  }
}
