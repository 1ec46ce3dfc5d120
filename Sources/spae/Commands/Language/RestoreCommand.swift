import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEEvaluation
import SPAEFiles
import SPAELanguage
import SPAEPixels
import SPAEPyramid
import SPAESystem

extension Degradation: ExpressibleByArgument {}

/// `spae restore`: the paper's conditional tasks, a degraded picture to be made whole in words.
struct RestoreCommand: ParsableCommand {
  enum Restorer: String, CaseIterable, ExpressibleByArgument {
    case languageModel = "language-model"
    case last, majority
  }

  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Let a language model undo what was done to a picture.",
    discussion: """
      The picture is degraded first: its middle painted over (inpaint), all but the middle \
      (outpaint), blurred (deblur), turned clockwise (rotate), or moved to the right (shift). In \
      the context are pairs of degraded and whole words in which some are replaced by random \
      ones, half of them in the first pair and 0.23 in the last (SPAE, section 4.3); the question \
      is the degraded picture's own words.

      These copies hold most of the answer. So two answers that need no model are reported beside \
      the model's: the last copy, and each cell's most frequent word of all copies; --by writes one \
      of them instead. The bundled model is worse than both.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: "What is done to the picture.")
  var task: Degradation

  @Option(
    help: ArgumentHelp("The layers that are written, from the first on.", valueName: "1-n"))
  var layers = LayerRange(1...3)

  @Option(help: ArgumentHelp("Pairs in the context.", valueName: "n"))
  var copies = 5

  @Option(
    help: "Whose answer is written: the language model's, the last copy, the most frequent words.")
  var by = Restorer.languageModel

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The words (NAME.spae, NAME.json), or the picture that the written layers give"
        + " (NAME.png, .jpg, .webp).",
      valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @Flag(help: "Show no progress.")
  var quiet = false

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @OptionGroup(title: "Language model") var sending: SendingOption

  @Argument(help: ArgumentHelp("The whole picture.", valueName: "image"))
  var image: String

  func validate() throws {
    try layers.validateFromFirst()
    guard (1...100).contains(copies) else { throw ValidationError("--copies must be 1 to 100") }
    if let output { try FileForm.validate(output) }
  }

  private var depth: Int { layers.layers.upperBound }

  func run() throws {
    if let output { try overwriting.file(output).refuseTaken() }
    let model = try model.load()
    let (whole, degraded) = try pyramids(model)
    _ = try layers.within(whole.shape, of: image)
    let noisy = NoisyCopies(
      of: whole.words, condition: degraded.words, count: copies, vocabulary: model.vocabulary.count,
      seed: language.seed)
    let outcome = try outcome(noisy, degraded, model.vocabulary)
    let count = whole.shape.wordCount(toDepth: depth)
    func put(_ name: String, _ words: [Int32]) {
      let right = zip(words, whole.words).prefix(count).count { $0 == $1 }
      let share = String(format: "%.0f", 100 * Double(right) / Double(count))
      print("  \(name)   \(right) of \(count) (\(share) %)")
    }
    print("words of layers \(layers.defaultValueDescription) that are those of the whole picture:")
    if by == .languageModel { put("language model  ", outcome.words) }
    put("degraded picture", degraded.words)
    put("last copy       ", noisy.copies[copies - 1])
    put("commonest words ", noisy.majority)
    guard let output else { return }
    try GeneratedWords(
      outcome: outcome, shape: whole.shape, name: "\(task.rawValue) of \(fileName)", depth: depth
    ).write(to: overwriting.file(output), model: model)
  }

  /// The answer that is wished for, above the degraded picture's own lower layers.
  private func outcome(
    _ noisy: NoisyCopies, _ degraded: Pyramid, _ vocabulary: Vocabulary
  ) throws -> ProgressiveGeneration.Outcome {
    let copy: [Int32]
    switch by {
    case .last: copy = noisy.copies[copies - 1]
    case .majority: copy = noisy.majority
    case .languageModel:
      let plan = GenerationPlan(shape: degraded.shape, depth: depth)
      return try restored(noisy, degraded, plan, vocabulary)
    }
    let count = degraded.shape.wordCount(toDepth: depth)
    return .init(words: Array(copy.prefix(count) + degraded.words.dropFirst(count)))
  }

  private var fileName: String { FileName.label(of: image) }

  private func pyramids(_ model: Model) throws -> (whole: Pyramid, degraded: Pyramid) {
    let file: ImageFile
    do { file = try ImageFile(path: image) } catch { throw Failure("\(image): \(error)") }
    let square = file.image.centreSquare
    return (try model.encode(square), try model.encode(task.applied(to: square)))
  }

  private func restored(
    _ noisy: NoisyCopies, _ degraded: Pyramid, _ plan: GenerationPlan, _ vocabulary: Vocabulary
  ) throws -> ProgressiveGeneration.Outcome {
    let session = try language.open(for: "restore", sending: sending)
    var generation = ProgressiveGeneration(plan: plan, vocabulary: vocabulary)
    generation.seed = session.seed
    let progress = ProgressBar(total: plan.pieces.count, isShown: !quiet)
    let outcome = try generation.outcome(
      of: .words(degraded.words),
      examples: zip(noisy.conditions, noisy.copies).map {
        .init(condition: .words($0), words: $1)
      }, spare: degraded.words, by: session.model, progress: { progress.advance() })
    progress.finish()
    print("spae: \(outcome.summary)", toStandardError: true)
    session.close()
    return outcome
  }
}
