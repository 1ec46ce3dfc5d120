import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEEvaluation
import SPAEFiles
import SPAELanguage
import SPAEPyramid
import SPAESession
import SPAESystem

/// `spae classify`: which label's examples a picture's words are like.
struct ClassifyCommand: ParsableCommand {
  struct Report: Encodable {
    let image: String
    let label: String
    let probability: Double
    let labels: [WordClassifier.Share]

    /// Takes all labels, the likeliest first.
    init(image: String, labels: [WordClassifier.Share]) {
      (self.image, self.labels) = (image, labels)
      (label, probability) = (labels[0].label, labels[0].probability)
    }
  }

  enum Reader: String, CaseIterable, ExpressibleByArgument {
    case centroid
    case languageModel = "language-model"
  }

  enum Reads: String, CaseIterable, ExpressibleByArgument {
    case words, labels
  }

  private static let labelsRead = 5

  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Classify pictures, from a few examples of each label.",
    discussion: """
      Each folder in the examples' folder is a label, and the pictures (or pyramids) in it are its \
      examples. The answer is the label whose words are nearest: the cosine between means of the \
      words' embeddings, relative to a background if one is given. A word counts half of one of the \
      layer above, and what the embeddings say of how common a word is does not count. No language \
      model runs. With --by \
      language-model a frozen one reads the examples in its context, and each label is scored as \
      --method says: by how likely the model finds the picture's words after the label (channel), or \
      the label after the words (log-probability; calibrated takes off what it gives the label after \
      lists of random words).

      The probability is the softmax of these cosines over a temperature that is fitted to the \
      examples (leave-one-out); with one example a label it is fixed. A language model's scores \
      need none.

      A file that cannot be read is named and left out; the exit status is 1 if it was to be \
      classified. Pyramids are cached in $XDG_CACHE_HOME/spae (~/.cache/spae); run an interrupted \
      command again to resume it.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The folder of label folders.", valueName: "folder"))
  var examples: String

  @Option(
    help: ArgumentHelp("Use the first n examples of each label; default all.", valueName: "n"))
  var shots: Int?

  @Option(help: ArgumentHelp("The layers whose words are used.", valueName: "range"))
  var layers = LayerRange(1...3)

  @Option(
    help: ArgumentHelp(
      "A table of folders and their labels: folder TAB label.",
      discussion: "Default: a folder's name is its label.", valueName: "file"))
  var names: String?

  @OptionGroup var background: BackgroundOption

  @Option(help: "Who reads the words.")
  var by = Reader.centroid

  @Option(
    help: ArgumentHelp(
      "What the language model reads: words, or labels.",
      discussion: """
        labels: the five classes that the model's frozen classifier finds likeliest, by name.
        """))
  var reads = Reads.words

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each picture: image, label, probability, labels, the likeliest \
        first, each with label and probability.
        """))
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @OptionGroup(title: "Language model") var scoring: ScoringOptions

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @OptionGroup(title: "Language model") var sending: SendingOption

  @Argument(help: ArgumentHelp("The pictures or pyramids to tell.", valueName: "image"))
  var images: [String]

  func validate() throws {
    if let shots, shots < 1 { throw ValidationError("--shots must be 1 or more") }
    guard by == .languageModel || (scoring.isDefault && reads == .words) else {
      throw ValidationError(
        "--method, --lists, --average and --reads belong to --by language-model")
    }
    if by == .centroid, let name = language.named(and: sending).first {
      throw ValidationError("\(name) is for a language model: it belongs to --by language-model")
    }
    guard by == .centroid || background.folder == nil else {
      throw ValidationError(
        "--background is for the centroids of words; leave it out with --by language-model")
    }
    guard reads == .words || layers.layers == 1...3 else {
      throw ValidationError("--layers chooses words, and --reads labels reads none; leave one out")
    }
    guard reads == .words || scoring.method != .channel else {
      throw ValidationError(
        "the channel reads single words, and labels are names: give --method calibrated")
    }
  }

  func run() throws {
    let folders = try LabelFolders(examples, names: try LabelFolders.names(from: names))
    try refuseFewShots(folders)
    let encoder = try PictureEncoder(model)
    let labels = try LabelledPyramids(
      folders, each: shots, least: shots ?? 1, by: encoder, isQuiet: quiet
    ).labels
    for (pyramid, path) in labels.flatMap({ zip($0.pyramids, $0.paths) }) {
      _ = try layers.within(pyramid.shape, of: path)
    }
    let session = by == .languageModel ? try language.open(for: "classify", sending: sending) : nil
    let lists: PictureLists =
      switch reads {
      case .words: .words(of: layers.layers, encoder.model.vocabulary)
      case .labels:
        .classes(first: Self.labelsRead, named: try ClassNames.installed(), by: encoder)
      }
    let reader = session.map {
      WordReader.languageModel($0.model, lists, scoring.method, seed: $0.seed)
    }
    let background = try LabelledPyramids.background(background.folder, by: encoder, isQuiet: quiet)
    let classifier = try WordClassifier(
      reader: reader ?? .centroid(WordVectors(encoder.model.codebook), background: background),
      labels: labels,
      layers: layers.layers)
    var (reports, failures) = ([Report](), [String]())
    for (image, result) in zip(images, encoder.pyramids(of: images, isQuiet: quiet)) {
      do throws(Failure) {
        let pyramid = try result.get()
        _ = try layers.within(pyramid.shape, of: image)
        reports.append(Report(image: image, labels: try classifier.shares(of: pyramid, at: image)))
      } catch {
        failures += error.lines
      }
    }
    try put(reports)
    session?.close()
    if !failures.isEmpty { throw Failure(lines: failures) }
  }

  private func refuseFewShots(_ folders: LabelFolders) throws {
    guard folders.labels.count > 1 else {
      throw Failure("\(examples): one label folder; telling needs two labels at least")
    }
    guard let shots else { return }
    if let few = folders.labels.first(where: { $0.paths.count < shots }) {
      let count = few.paths.count
      throw Failure(
        "\(few.folder): \(count) \(count == 1 ? "picture" : "pictures"), and --shots asks for"
          + " \(shots); add some, or ask for fewer")
    }
  }

  private func put(_ reports: [Report]) throws {
    if json {
      return try putJSON(reports)
    }
    for each in reports {
      let others = each.labels.dropFirst().prefix(2).map {
        "\($0.label) \(String(format: "%.2f", $0.probability))"
      }
      let first = "\(each.label) \(String(format: "%.2f", each.probability))"
      let rest = others.isEmpty ? "" : "  (\(others.joined(separator: ", ")))"
      print((images.count > 1 ? "\(each.image): " : "") + first + rest)
    }
  }
}

/// How a language model scores labels: the methods that give probabilities.
struct ScoringOptions: ParsableArguments {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case channel
    case logProbability = "log-probability"
    case calibrated
  }

  @Option(
    name: .customLong("method"),
    help: ArgumentHelp(
      "How the language model tells labels apart.",
      discussion: """
        channel: by the probability of the picture's words after each label. log-probability: by \
        that of each label after the words. calibrated: the same, less its mean after lists of \
        random words. Default: channel.
        """, valueName: "name"))
  var name: Name?

  @OptionGroup var calibration: CalibrationOptions

  var isDefault: Bool { name == nil && calibration.isDefault }

  var method: ReadingMethod {
    switch name ?? .channel {
    case .channel: .channel
    case .logProbability: .logProbability
    case .calibrated: .calibrated(calibration.calibration)
    }
  }

  func validate() throws {
    guard calibration.isDefault || name == .calibrated else {
      throw ValidationError("--lists and --average belong to --method calibrated")
    }
  }
}
