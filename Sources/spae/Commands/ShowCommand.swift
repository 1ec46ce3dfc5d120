import ArgumentParser
import Foundation
import SPAECommandLine
import SPAEEngine
import SPAEFiles
import SPAEGraphics
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESystem
import SPAETerminal

extension GraphicsChoice: ExpressibleByArgument {}

/// `spae show`: the words beside the picture they give.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the words beside the picture they give.",
    discussion: """
      --why lists the words of the guided layers, 1 to 3, one a line, with what made each a candidate \
      and how sure that was, 0 to 1: the classifier (its best class there), what the segmentation or \
      the detection branch saw, or the name of the mean colour. Only the picture can tell: of a \
      pyramid it is looked for beside it by its name, or is named with --source. Painted words are \
      known to be those of a picture by the history, which has the words before.
      """)

  @OptionGroup var models: ModelsOption

  @Option(help: ArgumentHelp("Which layers of words, such as 2 or 1-3.", valueName: "range"))
  var layers = LayerRange(1...3)

  @Option(
    help: ArgumentHelp(
      "Which frame of a film, counted from 1.", discussion: "Default: the first.", valueName: "n"))
  var frame: Int?

  @Option(
    help: ArgumentHelp("How many layers the picture is decoded from; default all.", valueName: "n"))
  var depth: Int?

  @Flag(help: "Say what made each word a candidate.")
  var why = false

  @Option(
    help: ArgumentHelp(
      "The picture of a pyramid, for --why.",
      discussion: "Default: the one beside it that has the source's name.", valueName: "image"))
  var source: String?

  @OptionGroup var history: HistoryOption

  @OptionGroup var input: PictureOptions

  @Option(help: "How the picture is drawn.")
  var graphics = GraphicsChoice.auto

  @Option(
    help: ArgumentHelp(
      "The picture's width in characters.",
      discussion: "Default: \(Self.usualWidth), or the terminal's where that is less.",
      valueName: "n"))
  var width: Int?

  private static let usualWidth = 48

  @Argument(help: ArgumentHelp("A picture or a pyramid.", valueName: "file"))
  var file: String

  func validate() throws {
    guard (4...400).contains(width ?? 4) else { throw ValidationError("--width must be 4 to 400") }
    if let frame, frame < 1 { throw ValidationError("--frame counts from 1") }
    guard why || (source == nil && history.file == nil) else {
      throw ValidationError("--source and --history are of use with --why alone")
    }
  }

  func run() throws {
    let shown = try opened(with: try models.library())
    guard source == nil || shown.image == nil else {
      throw Failure("\(file): a picture, which needs no --source")
    }
    try input.refuse(for: shown, file)
    let (pyramid, model) = (shown.pyramid, shown.model)
    let range = try layers.within(pyramid.shape, of: file)
    let depth = depth ?? pyramid.shape.depth
    let picture = try model.decode(pyramid, depth: depth)
    var title = "\(shown.name)  \(picture.width)x\(picture.height)  \(model.configuration.name)"
    title += "  depth \(depth)/\(pyramid.shape.depth)"
    title += "  \(pyramid.shape.wordCount(toDepth: depth)) words"
    if let original = shown.original {
      let psnr = picture.psnr(to: original)
      title += "  " + (psnr.isFinite ? String(format: "%.1f dB", psnr) : "equal to the source")
    }
    let words =
      try why
      ? reasons(for: shown, range) : text(of: pyramid, range: range, vocabulary: model.vocabulary)
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let environment = SystemEnvironment.variables
    let capabilities =
      isTerminal
      ? TerminalProbe.capabilities(environment: environment)
      : TerminalCapabilities(answers: [], environment: environment)
    // A pipe gets a picture only where it is asked for.
    let choice = graphics == .auto && !isTerminal ? .none : graphics
    let graphics = GraphicsProtocol(choice, on: capabilities, environment: environment)
    let terminal = isTerminal ? TerminalProbe.size() : nil
    let columns = width ?? max(4, min(Self.usualWidth, terminal?.columns ?? Self.usualWidth))
    try Presentation(
      title: title, words: words, picture: picture, columns: columns, capabilities: capabilities,
      terminal: terminal
    ).show(by: graphics.driver(on: capabilities, environment: environment))
  }

  /// The picture or pyramid, or a frame of the film.
  private func opened(with models: ModelLibrary) throws -> OpenedPicture {
    let (size, fit) = (input.size, input.fit ?? .whole)
    guard let frame else {
      return try OpenedPicture(path: file, size: size, fit: fit, models: models)
    }
    guard let film = try OpenedFilm(path: file, models: models) else {
      throw Failure("\(file): no film of words; leave out --frame")
    }
    let document = film.film.header.document(of: try film.pyramid(ofFrame: frame - 1))
    return try OpenedPicture(
      .pyramid(document, film.model), path: file, size: size, fit: fit, by: film.model)
  }

  private func reasons(for opened: OpenedPicture, _ range: ClosedRange<Int>) throws -> [String] {
    let first =
      opened.image == nil ? history.past(of: file, opened.document, opened.model)?.first : nil
    let explanation = try opened.explanation(source: source, first: first)
    guard !explanation.origins.isEmpty else {
      throw Failure("\(opened.model.folder): this model guides no layer, so that nothing tells why")
    }
    guard range.upperBound <= explanation.origins.count else {
      throw Failure("\(file): --why tells of layers 1 to \(explanation.origins.count)")
    }
    for note in explanation.notes { print("spae: \(file): \(note)", toStandardError: true) }
    return explanation.lines(ofLayers: range, vocabulary: opened.model.vocabulary)
  }

  private func text(
    of pyramid: Pyramid, range: ClosedRange<Int>, vocabulary: Vocabulary
  ) -> [String] {
    range.flatMap { layer in
      let lines = pyramid.rows(ofLayer: layer, vocabulary: vocabulary).aligned
      return lines.enumerated().map { ($0 == 0 ? "\(layer)  " : "   ") + $1 }
        + (layer < range.upperBound ? [""] : [])
    }
  }
}
