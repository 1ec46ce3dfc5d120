import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEEvaluation
import SPAEFiles
import SPAELanguage
import SPAEPyramid
import SPAESystem

/// `spae evaluate generation`: whether what a language model writes after a label is of that label.
struct GenerationEvaluation: ParsableCommand {
  struct Figure: Encodable {
    let source: String
    /// The share whose upper words are classified as the label.
    let words: Estimate
    /// The share whose picture, made into words again, is classified as the label.
    let picture: Estimate
  }

  struct Report: Encodable {
    let ways: Int
    let shots: Int
    let figures: [Figure]
    /// The share of the upper words, of all words and of the upper words of its picture encoded again that
    /// one example has at the same positions, the greatest of all examples.
    let upper: Estimate
    let all: Estimate
    let encoded: Estimate
    /// Of all pictures those of which one example has more than half of any of these.
    let overHalf: Int
    let repairs: RepairCount
  }

  static let configuration = CommandConfiguration(
    commandName: "generation",
    abstract: "Measure whether the words that a language model writes fit what was asked for.",
    discussion: """
      Each episode draws labels and examples of them, and lets the model draw each label (spae draw) \
      from the examples of all labels. The nearest centroid of the labels' other pictures classifies \
      the words, and the decoded picture encoded again. Beside the model stand: words drawn at random from \
      the same candidates, and random words of the vocabulary, both made into pictures in the same \
      way from the same examples; random words put above the layers that the model's words \
      chose, which carry the label by themselves; the nearest example copied whole; and a \
      picture of the label that is not in the context.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Labels in an episode.", valueName: "n"))
  var ways = 2

  @Option(help: ArgumentHelp("Examples of each label.", valueName: "n"))
  var shots = 3

  @Option(help: ArgumentHelp("Episodes, of one picture a label.", valueName: "n"))
  var episodes = 20

  @Option(
    help: ArgumentHelp("The layers that are written, from the first on.", valueName: "1-n"))
  var layers = LayerRange(1...3)

  @Option(help: ArgumentHelp("Use the first n pictures of each label.", valueName: "n"))
  var each = 40

  @Option(
    help: ArgumentHelp(
      "A table of folders and their labels: folder TAB label.",
      discussion: "Default: a folder's name is its label.", valueName: "file"))
  var names: String?

  @Flag(
    help: ArgumentHelp(
      "Print JSON.",
      discussion: """
        An object: ways, shots, figures, each with source, words and picture; upper, all and \
        encoded, each with mean, low, high and trials; overHalf; repairs with words, outside, \
        missing and extra.
        """))
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @OptionGroup(title: "Language model") var language: LanguageOptions

  @OptionGroup(title: "Language model") var sending: SendingOption

  @Argument(help: ArgumentHelp("The folder of label folders.", valueName: "folder"))
  var folder: String

  func validate() throws {
    guard (2...100).contains(ways), (1...100).contains(shots), (1...100_000).contains(episodes)
    else { throw ValidationError("--ways must be 2 or more, --shots and --episodes 1 or more") }
    try layers.validateFromFirst()
    guard each > shots + 1 else { throw ValidationError("--each must be above --shots + 1") }
  }

  func run() throws {
    let folders = try LabelFolders(folder, names: try LabelFolders.names(from: names))
    let encoder = try PictureEncoder(model)
    let labels = try LabelledPyramids(
      folders, each: each, least: shots + 2, by: encoder, isQuiet: quiet
    ).labels
    try requireOneShape(labels.flatMap(\.pyramids), of: labels.flatMap(\.paths))
    _ = try layers.within(labels[0].pyramids[0].shape, of: labels[0].paths[0])
    let session = try language.open(for: "generation", sending: sending)
    let trial = GenerationTrial(
      labels: labels, depth: layers.layers.upperBound, model: encoder.model,
      vectors: WordVectors(encoder.model.codebook), languageModel: session.model,
      seed: session.seed)
    let draw = EpisodeDraw(
      ways: ways, shots: shots, queries: 1, seed: session.seed, allowsEqualWords: true)
    let progress = ProgressBar(total: episodes, isShown: !quiet)
    var results: [GenerationTrial.Result] = []
    for episode in try draw.episodes(episodes, from: labels.map { $0.words(toDepth: 3) }) {
      results.append(try trial.result(of: episode))
      progress.advance()
    }
    progress.finish()
    try put(report(of: results))
    session.close()
  }

  private func report(of results: [GenerationTrial.Result]) -> Report {
    let figures = GenerationTrial.Source.allCases.map { source in
      Figure(
        source: source.rawValue,
        words: Estimate(of: results.map { $0.words[source] ?? 0 }),
        picture: Estimate(of: results.map { $0.pictures[source] ?? 0 }))
    }
    let greatest = results.flatMap { zip($0.upper, zip($0.all, $0.encoded)) }
      .map { max($0.0, max($0.1.0, $0.1.1)) }
    return Report(
      ways: ways, shots: shots, figures: figures,
      upper: Estimate(of: results.flatMap(\.upper)), all: Estimate(of: results.flatMap(\.all)),
      encoded: Estimate(of: results.flatMap(\.encoded)), overHalf: greatest.count { $0 > 0.5 },
      repairs: results.reduce(into: RepairCount()) { $0 += $1.repairs })
  }

  private func put(_ report: Report) throws {
    if json {
      return try putJSON(report)
    }
    func text(_ estimate: Estimate) -> String {
      let half = 100 * max(estimate.high - estimate.mean, estimate.mean - estimate.low)
      return String(format: "%5.1f ±%4.1f", 100 * estimate.mean, half)
    }
    print(
      "\(ways) labels, \(shots) examples each, layers \(layers.defaultValueDescription),"
        + " \(episodes) episodes: % classified as the label asked for")
    print("                                          words        picture")
    for each in report.figures {
      let space = String(repeating: " ", count: 38 - each.source.count)
      print("\(each.source)\(space)\(text(each.words))  \(text(each.picture))")
    }
    print("chance                                " + String(format: "%5.1f", 100 / Double(ways)))
    print(
      "most that one example has at the same positions: of the upper words \(text(report.upper)) %,"
        + " of all words \(text(report.all)) %, of the picture's own upper words"
        + " \(text(report.encoded)) %; more than half in \(report.overHalf) of"
        + " \(ways * episodes) pictures")
    let repairs = report.repairs
    if !repairs.isClean {
      print(
        "of \(repairs.words) words \(repairs.outside) were outside the vocabulary and"
          + " \(repairs.missing) missing; \(repairs.extra) were too many")
    }
  }
}
