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
      some of them as label and words; the model continues after the label. Words of layers 1 to 3 \
      come in one answer; below, two at a time, each with a context of its own. An answer may hold \
      only words of the vocabulary; what does not fit is repaired and counted. The layers that are \
      not asked for are copied from the nearest example.

      The bundled model mostly finds words that fit the label, and repeats itself; what it writes \
      below layer 3 has little value. spae evaluate generation measures it.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The folder of examples.", valueName: "folder"))
  var like: String

  @Option(help: ArgumentHelp("What to draw: the name of a folder in it.", valueName: "label"))
  var label: String?

  @Option(
    help: ArgumentHelp("The layers that are written, from the first on.", valueName: "1-n"))
  var layers = LayerRange(1...3)

  @Option(help: ArgumentHelp("Examples of each label in the context.", valueName: "n"))
  var shots = 3

  @Option(help: ArgumentHelp("Other labels in the context, to tell it from.", valueName: "n"))
  var others = 1

  @Option(
    help: ArgumentHelp("0 takes the likeliest word each time, 1 draws by chance.", valueName: "t"))
  var temperature = 0.0

  @Option(
    help: ArgumentHelp("A table of folders and their labels: folder TAB label.", valueName: "file"))
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
    guard (1...100).contains(shots) else { throw ValidationError("--shots must be 1 to 100") }
    guard (0...100).contains(others) else { throw ValidationError("--others must be 0 to 100") }
    guard (0...10).contains(temperature) else {
      throw ValidationError("--temperature must be 0 to 10")
    }
    try FileForm.validate(output)
  }

  func run() throws {
    try overwriting.file(output).refuseTaken()
    let folders = try LabelFolders(
      like, names: try LabelFolders.names(from: names), allowsPictures: true)
    let wanted = try wantedLabel(folders)
    let encoder = try PictureEncoder(model)
    let context = try ContextExamples(
      folders, label: wanted, shots: shots, others: others, seed: language.seed, by: encoder)
    _ = try layers.within(context.own[0].shape, of: context.ownPaths[0])
    let session = try language.open(for: "draw", sending: sending)
    let (outcome, copied) = try drawn(context, encoder.model, by: session)
    let shape = context.own[0].shape
    try GeneratedWords(outcome: outcome, shape: shape, name: context.label).write(
      to: overwriting.file(output), model: encoder.model)
    let source = FileName.last(of: context.ownPaths[copied])
    let isWhole = outcome.repairs.words == shape.wordCount
    print(
      "spae: \(context.label): \(outcome.summary)"
        + (isWhole ? "" : "; the layers below are those of \(source)"), toStandardError: true)
    session.close()
  }

  /// The words, and which of the label's examples gave the layers below.
  private func drawn(
    _ context: ContextExamples, _ model: Model, by session: LanguageSession
  ) throws -> (ProgressiveGeneration.Outcome, copied: Int) {
    let plan = GenerationPlan(shape: context.own[0].shape, depth: layers.layers.upperBound)
    var generation = ProgressiveGeneration(plan: plan, vocabulary: model.vocabulary)
    generation.temperature = temperature
    generation.seed = session.seed
    let vectors = WordVectors(model.codebook)
    let progress = ProgressBar(total: plan.pieces.count, isShown: !quiet)
    var copied = 0
    let outcome = try generation.outcome(
      of: .label(context.label), examples: context.examples, spare: context.own[0].words,
      by: session.model,
      below: { upper in
        copied = nearest(to: upper, among: context.own, vectors: vectors)
        return context.own[copied].words
      }, progress: { progress.advance() })
    progress.finish()
    return (outcome, copied)
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
