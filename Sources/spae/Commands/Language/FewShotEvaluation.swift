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

/// `spae evaluate few-shot`: how well the words of a few examples tell labels apart.
struct FewShotEvaluation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "few-shot",
    abstract: "Measure few-shot classification by the words.",
    discussion: """
      FOLDER holds a folder of pictures for each label. Each episode draws labels, examples of \
      them, and other pictures to classify (Frozen's protocol). The classifiers are:

      the nearest centroid of the words' own embeddings (spae classify); the same by the \
      embeddings as they are, where all words count alike; the first with the embeddings swapped \
      between words, so that only equal words are similar (the control); the first on the words \
      that fit best what the frozen classifier sees, without the pixels (what a perfect semantic \
      layer would give); and, with --language-model, a frozen language model, by \
      each --method. Every question is answered by itself: no other question of the episode is \
      looked at. An episode that would put a question's words among its own examples draws another \
      picture.

      With --results the language model's answers are kept in a file, a line an episode, and the \
      same command goes on where it was broken off. Another model, method, list or setting is \
      another row and never mixed with it. --table prints the files as tables in Markdown.

      Chance and the published figures of Frozen, LQAE and SPAE are printed beside them: those are \
      of other pictures and labels, and of what a language model wrote.

      The classifier inside the model has seen the labels of ImageNet.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Episodes for each figure of the centroid.", valueName: "n"))
  var episodes = 500

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Labels in an episode.", valueName: "n"))
  var ways = [2, 5]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Layers of words: 2 are 5 words, 3 are 21.", valueName: "n"))
  var depths = [2, 3]

  @Option(
    help: ArgumentHelp("Use the first n pictures of each label; default all.", valueName: "n"))
  var each: Int?

  @OptionGroup var background: BackgroundOption

  @Option(
    help: ArgumentHelp(
      "A table of folders and their labels: folder TAB label.",
      discussion: "Default: a folder's name is its label.", valueName: "file"))
  var names: String?

  @Flag(help: "Ask the language model too: seconds an episode.")
  var languageModel = false

  @OptionGroup(title: "Language model") var reading: ReadingOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What the language model reads: words, swapped (the control) or labels (the rival).",
      discussion: """
        Swapped words are exchanged in the vocabulary, so that only equal words agree. labels are \
        the classes that the frozen classifier finds likeliest, as many as words, by their names: a \
        plain list, without a pyramid.
        """,
      valueName: "lists"))
  var reads = [Reads.words]

  @Option(
    help: ArgumentHelp(
      "Keep the language model's answers in this file, and go on with what it has.",
      discussion: "Only the language model is asked then.", valueName: "file"))
  var results: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Print results files as tables in Markdown.", valueName: "file"))
  var table: [String] = []

  @Option(help: ArgumentHelp("Episodes for each figure of the language model.", valueName: "n"))
  var languageEpisodes = 20

  @Option(
    help: ArgumentHelp("Pictures of each label that it is asked in an episode.", valueName: "n"))
  var questions = 2

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @OptionGroup(title: "Language model") var sending: SendingOption

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        A list with an object for each figure: ways, words, setting with induction, shots and \
        repeats; reader, accuracy with mean, low, high and trials.
        """))
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @Argument(help: ArgumentHelp("The folder of label folders.", valueName: "folder"))
  var folder: String?

  enum Reads: String, CaseIterable, ExpressibleByArgument {
    case words, swapped, labels
  }

  func validate() throws {
    guard table.isEmpty == (folder != nil) else {
      throw ValidationError("give a folder of label folders, or --table with results files")
    }
    guard !reads.contains(.labels) || !reading.methods.contains(.channel) else {
      throw ValidationError(
        "the channel reads single words, and labels are names: give --method calibrated or restricted"
      )
    }
    guard languageModel || (results == nil && reading.isDefault && reads == [.words]) else {
      throw ValidationError("--method, --reads and --results belong to --language-model")
    }
    if let misplaced { throw ValidationError(misplaced) }
    guard (1...100_000).contains(episodes) else {
      throw ValidationError("--episodes must be 1 or more")
    }
    guard ways.allSatisfy({ $0 > 1 }) else { throw ValidationError("--ways must be 2 or more") }
    guard depths.allSatisfy({ $0 > 0 }) else { throw ValidationError("--depths must be 1 or more") }
    guard (1...100_000).contains(languageEpisodes), (1...1000).contains(questions) else {
      throw ValidationError("--language-episodes and --questions must be 1 or more")
    }
    guard !(json && tsv) else { throw ValidationError("give --json or --tsv") }
  }

  /// What is wrong with options that another one leaves without a meaning.
  private var misplaced: String? {
    let asked = language.named(and: sending).first { $0 != "--seed" }
    if let asked, !languageModel { return "\(asked) belongs to --language-model" }
    if !languageModel, languageEpisodes != 20 || questions != 2 {
      return "--language-episodes and --questions belong to --language-model"
    }
    guard results != nil || !table.isEmpty else { return nil }
    if json || tsv { return "--json and --tsv print figures; --table prints those of --results" }
    if background.folder != nil || episodes != 500 {
      return "--background and --episodes are for the centroids, which --results leaves out"
    }
    return nil
  }

  func run() throws {
    guard let folder else { return try putTable() }
    let folders = try LabelFolders(folder, names: try LabelFolders.names(from: names))
    let encoder = try PictureEncoder(model)
    let pyramids = try LabelledPyramids(folders, each: each, by: encoder, isQuiet: quiet)
    let labels = pyramids.labels
    try requireOneShape(labels.flatMap(\.pyramids), of: labels.flatMap(\.paths))
    for depth in depths {
      _ = try LayerRange(1...depth).within(labels[0].pyramids[0].shape, of: labels[0].paths[0])
    }
    if let results {
      let file = try opened(results)
      return try ask(pyramids, encoder, into: file)
    }
    var figures = try centroidFigures(labels, folders, encoder)
    if languageModel {
      let kept = InMemoryResults()
      try ask(pyramids, encoder, into: kept)
      figures += FewShotFigure.figures(of: kept.results)
    }
    try put(figures)
  }

  private func centroidFigures(
    _ labels: [LabelledPyramids.Label], _ folders: LabelFolders, _ encoder: PictureEncoder
  ) throws -> [FewShotFigure] {
    var oracle = encoder
    // One word a place is left to choose from.
    oracle.semanticWeight = 0.01
    let centroids = CentroidFigures(
      names: labels.map(\.name), words: labels.map(\.pyramids),
      oracleWords: try LabelledPyramids(folders, each: each, by: oracle, isQuiet: quiet).labels
        .map(\.pyramids),
      background: try LabelledPyramids.background(background.folder, by: encoder, isQuiet: quiet),
      vectors: WordVectors(encoder.model.codebook),
      plainVectors: WordVectors(plain: encoder.model.codebook),
      episodes: episodes, seed: language.seed)
    var figures: [FewShotFigure] = []
    for ways in ways {
      for depth in depths { figures += try centroids.figures(ways: ways, depth: depth) }
    }
    return figures
  }

  /// Opens a results file, and says what it holds that goes on.
  private func opened(_ path: String) throws -> ResultsFile {
    let file = try ResultsFile(path)
    if file.wasCut {
      print(
        "spae: \(path): its last line was cut off; that episode is asked again",
        toStandardError: true)
    }
    return file
  }

  /// Asks the language model, all lists and methods of one number of words and labels after the other.
  private func ask(
    _ labels: LabelledPyramids, _ encoder: PictureEncoder, into results: any ResultsStore
  ) throws {
    let session = try language.open(for: "few-shot", sending: sending)
    let run = FewShotRun(
      model: session.model, methods: reading.methods, episodes: languageEpisodes,
      questions: questions, seed: session.seed)
    let progress = ProgressBar(
      total: run.steps * ways.count * depths.count * reads.count, isShown: !quiet)
    for depth in depths {
      for reads in reads {
        let lists = try lists(reads, labels, depth: depth, encoder)
        for ways in ways { try run.run(lists, ways: ways, into: results, progress: progress) }
      }
    }
    progress.finish()
    session.close()
  }

  private func lists(
    _ reads: Reads, _ labels: LabelledPyramids, depth: Int, _ encoder: PictureEncoder
  ) throws -> FewShotRun.Lists {
    let words = ListEntries(encoder.model.vocabulary)
    let set = labels.labels.map { $0.words(toDepth: depth) }
    switch reads {
    case .words: return .init(name: "words", set: set, entries: words)
    case .swapped: return .init(name: "swapped words", set: set, entries: words.swapped(seed: 1))
    case .labels:
      let count = set[0].pictures[0].count
      return .init(
        name: "list of labels",
        set: try labels.classes(first: count, by: encoder, isQuiet: quiet),
        entries: ListEntries(names: try ClassNames.installed(), separator: ", "))
    }
  }

  private func putTable() throws {
    let results = try ResultsFile.results(of: table)
    ResultsTable(results).lines.forEach { print($0) }
  }

  private func put(_ figures: [FewShotFigure]) throws {
    if json {
      return try putJSON(figures)
    }
    if tsv { return ([FewShotFigure.tabHeading] + figures.map(\.tabLine)).forEach { print($0) } }
    for ways in ways {
      for words in Set(figures.map(\.words)).sorted() {
        let own = figures.filter { $0.ways == ways && $0.words == words }
        FewShotTable(ways: ways, words: words, figures: own).lines.forEach { print($0) }
      }
    }
  }
}
