import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// A film of the bundled model in a folder of its own: in each frame one word of the fifth layer
/// changes, all of them at a cut.
final class FilmFixture {
  let folder: String
  let path: String
  let model: Model
  /// The words of each frame.
  let pyramids: [Pyramid]

  /// The cell that changes first: it holds another word from the fifth frame on.
  static let cell = CellAddress(layer: 5, row: 0, column: 4)

  /// With `renamed` the word of that cell is another from that frame on; `steady` are the levels of the
  /// filter.
  init(
    frames: Int = 40, cuts: Set<Int> = [20], renamed: (frame: Int, cell: CellAddress)? = nil,
    steady: Int = 0, tail: String = "end\n"
  ) throws {
    folder = NSTemporaryDirectory() + "spae-film-\(UUID().uuidString)"
    try FileSystem.makeFolder(folder)
    path = folder + "/clip.spae"
    model = try Opened.model.get()
    guard let shape = PyramidShape(grid: GridSize(rows: 16, columns: 16)),
      var pyramid = Pyramid(
        shape: shape, words: (0..<shape.wordCount).map { Int32($0 * 31 % 4000) }),
      let rate = FrameRate(25)
    else { throw Failure("no film") }
    let header = FilmHeader(
      model: try model.name(), source: .init(name: "clip.mp4", width: 128, height: 128),
      shape: shape, rate: rate)
    var writer = FilmWriter(header, vocabulary: model.vocabulary)
    var (bytes, pyramids) = (try writer.beginning(), [Pyramid]())
    for frame in 0..<frames {
      let before = pyramid
      pyramid[CellAddress(layer: 5, row: frame / 16 % 16, column: frame % 16)] = Int32(frame + 1)
      if let renamed, frame == renamed.frame { pyramid[renamed.cell] = 4001 }
      let content =
        frame == 0 || cuts.contains(frame)
        ? FilmFrame(.key(pyramid, steady: steady), comments: [.init(before: 1, text: "# shot")])
        : FilmFrame(from: before, to: pyramid)
      bytes += try writer.bytes(of: content)
      pyramids.append(pyramid)
    }
    self.pyramids = pyramids
    try Data(bytes + Array(tail.utf8)).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// What each frame shows when the film is decoded.
  func pictures() throws -> [PixelImage] {
    let opened = try #require(
      try OpenedFilm(path: path, models: ModelLibrary(model: model)))
    let decoder = FilmDecoder(model: model)
    return try (0..<opened.film.frames).map {
      try decoder.picture(of: try opened.shown(ofFrame: $0))
    }
  }

  /// The frames that the file holds now, or a copy of it.
  func read(_ copy: String? = nil) throws -> [Pyramid] {
    let file = try FilmFile(path: copy ?? path) { _ in model.vocabulary }
    try file.scan()
    return try (0..<file.frames).compactMap { try file.pyramid(ofFrame: $0) }
  }
}

/// The explorer with a film on a test terminal.
final class FilmStage {
  let terminal: TestTerminal
  let loop: ExplorerLoop
  private let session: EffectRunner

  init(
    _ path: String, store: HistoryStore? = nil, graphics: GraphicsProtocol = .kitty,
    edits: EditStyle = .exact
  ) throws {
    var capabilities = TerminalCapabilities()
    capabilities.sixel = graphics == .sixel
    capabilities.kitty = graphics == .kitty
    terminal = TestTerminal(rows: 30, columns: 100)
    terminal.measure(&capabilities)
    let output = PictureOutput(
      graphics: graphics, capabilities: capabilities, environment: Opened.environment)
    let model = try Opened.model.get()
    let models = ModelLibrary(model: model)
    var opened = try OpenedDocument(file: path, size: 128, models: models)
    let store = try store ?? HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    let history = try opened.history(in: store)
    session = try EffectRunner(
      model: model, models: models, history: history, files: opened.files, original: nil,
      film: opened.film, thumbnails: output.cells,
      connect: { throw Failure("no language model is here") })
    loop = ExplorerLoop(
      state: try opened.state(
        history: history, store: store, output: output, tint: true, edits: edits),
      session: session, terminal: terminal, editor: ExternalEditor(files: opened.files),
      output: output, themes: ThemeLibrary(environment: Opened.environment),
      keys: ScriptedKeys(KeyScript()),
      environment: Opened.environment)
    terminal.settle = { [unowned self] in loop.settle() }
  }

  var frame: Int { (loop.state.film?.frame ?? -1) + 1 }
  var layer: Int { loop.state.cursor.layer }
  var notice: String { loop.state.notice?.text ?? "" }
  var isDirty: Bool { loop.state.isDirty }
  var words: [Int32] { loop.state.pyramid.words }
  var picture: PixelImage? { session.pictures.decoded }
  func word(_ cell: CellAddress) -> String { loop.state.vocabulary[loop.state.pyramid[cell]] }

  func press(_ keys: String) throws { try terminal.press(keys) }
  func pause(_ milliseconds: Int) { terminal.play([.pause(.milliseconds(milliseconds))]) }
  func look(_ look: @escaping () -> Void) { terminal.play([.look(look)]) }
}
