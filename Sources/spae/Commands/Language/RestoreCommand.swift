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
    case votes, last, majority
  }

  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Let a language model undo what was done to a picture.",
    discussion: """
      The picture is degraded first: its middle painted over (inpaint), all but the middle \
      (outpaint), blurred (deblur), turned clockwise (rotate), or moved to the right (shift). There are \
      copies of the whole picture's words in which some are replaced by random ones, half of them \
      in the first and 0.23 in the last (SPAE, section 4.3), and the degraded picture's own words, \
      where it still shows the same.

      A word that two of these have at a position stays. Only where all differ the model chooses \
      one of their words, by the words around. Beside it stand answers that need no \
      model: the same without it (votes), the degraded picture, the last copy, and the copies' most frequent \
      word at each position (majority); --by writes one of them instead. Of several pictures the sums \
      are told, with 95 % intervals over the pictures.

      spae restore --task inpaint cat.jpg
      spae restore --task outpaint --by votes cat.jpg -o votes.png
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
    help:
      "Whose answer is written: the language model's, its versions', the last copy's, the majority's."
  )
  var by = Restorer.languageModel

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The words (NAME.spae, NAME.json), or the picture that the written layers give"
        + " (NAME.png, .jpg, .webp).",
      discussion: "Default: nothing is written.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption

  @Flag(help: "Show no progress.")
  var quiet = false

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @OptionGroup(title: "Language model") var sending: SendingOption

  @Argument(help: ArgumentHelp("The whole picture, or several.", valueName: "image"))
  var images: [String]

  func validate() throws {
    try overwriting.validate(for: output)
    try layers.validateFromFirst()
    // The copies are drawn by the seed, whoever answers.
    let named = language.named(and: sending).filter { $0 != "--seed" }
    if by != .languageModel, let name = named.first {
      throw ValidationError("\(name) is for a language model: it belongs to --by language-model")
    }
    guard (1...100).contains(copies) else { throw ValidationError("--copies must be 1 to 100") }
    if let output {
      try FileForm.validate(output)
      guard images.count == 1 else { throw ValidationError("-o takes one picture; name one") }
    }
  }

  private var depth: Int { layers.layers.upperBound }

  func run() throws {
    if let output { try overwriting.file(output).refuseUnwritable() }
    for image in images { _ = try picture(image) }
    let model = try model.load()
    let session = by == .languageModel ? try language.open(for: "restore", sending: sending) : nil
    let progress = ProgressBar(total: images.count, isShown: !quiet && images.count > 1)
    var table = RestorationTable(isAsked: session != nil)
    for (number, image) in images.enumerated() {
      let (answers, degraded) = try answers(
        for: image, model, session, seed: language.seed &+ UInt64(number))
      table.append(answers)
      progress.advance()
      guard let output else { continue }
      let count = answers.whole.count
      let words = answers[by.answer] + degraded.words.dropFirst(count)
      guard let pyramid = Pyramid(shape: degraded.shape, words: words) else { continue }
      let name = "\(task.rawValue) of \(FileName.label(of: image))"
      try GeneratedWords(pyramid, name: name, depth: depth)
        .write(to: overwriting.file(output), model: model)
    }
    progress.finish()
    print(
      "words of layers \(layers.defaultValueDescription) that are those of the whole picture, of"
        + " whose words noisy copies are given:")
    table.lines.forEach { print($0) }
    session?.close()
  }

  private func answers(
    for image: String, _ model: Model, _ session: LanguageSession?, seed: UInt64
  ) throws -> (RestorationAnswers, degraded: Pyramid) {
    let (whole, degraded) = try pyramids(of: image, model)
    _ = try layers.within(whole.shape, of: image)
    let noisy = NoisyCopies(
      of: whole.words, condition: degraded.words, count: copies, vocabulary: model.vocabulary.count,
      seed: seed)
    let restoration = WordRestoration(
      shape: whole.shape,
      versions: noisy.versions(degraded: degraded.words, kept: task.kept(of: whole.shape)),
      vocabulary: model.vocabulary)
    let answers = try RestorationAnswers(
      restoration, noisy, whole: whole, degraded: degraded, depth: depth, by: session?.model)
    return (answers, degraded)
  }

  private func pyramids(
    of image: String, _ model: Model
  ) throws -> (whole: Pyramid, degraded: Pyramid) {
    let square = try picture(image).centreSquare
    return (try model.encode(square), try model.encode(task.applied(to: square)))
  }

  private func picture(_ path: String) throws -> PixelImage {
    do { return try ImageFile(path: path).image } catch { throw Failure("\(path): \(error)") }
  }
}

extension RestoreCommand.Restorer {
  fileprivate var answer: RestorationAnswers.Source {
    switch self {
    case .languageModel: .model
    case .votes: .votes
    case .last: .last
    case .majority: .majority
    }
  }
}
