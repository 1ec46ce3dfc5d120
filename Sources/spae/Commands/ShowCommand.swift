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
    commandName: "show", abstract: "Show the words beside the picture they give.")

  @OptionGroup var models: ModelsOption

  @Option(help: ArgumentHelp("Which layers of words, such as 2 or 1-3.", valueName: "range"))
  var layers = LayerRange(1...3)

  @Option(help: ArgumentHelp("How many layers the picture is decoded from.", valueName: "n"))
  var depth: Int?

  @Option(help: "How the picture is drawn.")
  var graphics = GraphicsChoice.auto

  @Option(help: ArgumentHelp("The picture's width in characters.", valueName: "n"))
  var width = 48

  @Argument(help: ArgumentHelp("A picture or a pyramid.", valueName: "file"))
  var file: String

  func validate() throws {
    guard (4...400).contains(width) else { throw ValidationError("--width must be 4 to 400") }
  }

  func run() throws {
    let (pyramid, model, source, original) = try read(with: try models.library())
    let range = try layers.within(pyramid.shape, of: file)
    let depth = depth ?? pyramid.shape.depth
    let picture = try model.decode(pyramid, depth: depth)
    var title = "\(source)  \(picture.width)x\(picture.height)  \(model.configuration.name)"
    title += "  depth \(depth)/\(pyramid.shape.depth)"
    title += "  \(pyramid.shape.wordCount(toDepth: depth)) words"
    if let original {
      title += "  " + String(format: "%.1f dB", picture.psnr(to: original))
    }
    let words = text(of: pyramid, range: range, vocabulary: model.vocabulary)
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let environment = SystemEnvironment.variables
    let capabilities =
      isTerminal
      ? TerminalProbe.capabilities(environment: environment)
      : TerminalCapabilities(answers: [], environment: environment)
    // A pipe gets a picture only where it is asked for.
    let choice = graphics == .auto && !isTerminal ? .none : graphics
    let graphics = GraphicsProtocol(choice, on: capabilities, environment: environment)
    try Presentation(
      title: title, words: words, picture: picture, columns: width, capabilities: capabilities,
      terminal: isTerminal ? TerminalProbe.size() : nil
    ).show(by: graphics.driver(on: capabilities, environment: environment))
  }

  private func read(
    with models: ModelLibrary
  ) throws -> (Pyramid, Model, String, PixelImage?) {
    switch try Input(path: file, models: models) {
    case .pyramid(let document, let model):
      return (document.pyramid, model, document.source.name, nil)
    case .picture(let picture):
      let model = try models.chosen()
      let pyramid = try model.encode(picture.image)
      let side = pyramid.shape.grid * model.configuration.patch
      let name = FileName.last(of: file)
      return (pyramid, model, name, picture.image.fitted(to: side, fit: .crop))
    }
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
