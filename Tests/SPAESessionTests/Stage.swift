import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAEHistory
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// The bundled cat or another picture, opened with the bundled model and a history in memory.
struct Opened {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  static let picture = root + "/Assets/pictures/cat.png"
  static let model = Result {
    try Model(folder: root + "/Assets/models/small", parallel: Parallel(threads: 1))
  }
  static let environment = [
    "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
    "XDG_CONFIG_HOME": "/nowhere",
  ]

  let state: Explorer
  let session: EffectRunner
  let history: DocumentHistory
  let editor: ExternalEditor
  let themes = ThemeLibrary(environment: Self.environment)

  init(
    output: PictureOutput, yanked: YankedWords = YankedWords(path: nil),
    exemplars: ExemplarSource? = nil, edits: EditStyle = .exact, picture: String = Self.picture,
    store: HistoryStore? = nil
  ) throws {
    let model = try Self.model.get()
    let models = ModelLibrary(model: model)
    var opened = try OpenedDocument(file: picture, size: 128, fit: .crop, models: models)
    let store = try store ?? HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    history = try opened.history(in: store)
    session = try EffectRunner(
      model: model, models: models, history: history, files: opened.files,
      original: opened.original, exemplars: exemplars, thumbnails: output.cells, yanked: yanked,
      connect: { throw Failure("no language model is here") })
    state = try opened.state(
      history: history, store: store, output: output, tint: true, edits: edits)
    editor = ExternalEditor(files: opened.files)
  }

  /// The explorer on it, which waits for whatever a key begins.
  func explorer(_ output: PictureOutput) -> HeadlessExplorer {
    HeadlessExplorer(
      state: state, session: session, editor: editor, themes: themes, output: output,
      environment: Self.environment, size: (24, 80))
  }
}

extension HeadlessExplorer {
  func press(_ keys: String) throws {
    for key in try Key.keys(from: keys) { settle(.key(key)) }
  }
}

/// The explorer on a test terminal.
final class Stage {
  let terminal: TestTerminal
  let loop: ExplorerLoop

  init(
    _ graphics: GraphicsProtocol = .sixel, rows: Int = 30, columns: Int = 100,
    script: KeyScript = KeyScript(), store: HistoryStore? = nil
  ) throws {
    var capabilities = TerminalCapabilities()
    capabilities.sixel = graphics == .sixel
    capabilities.kitty = graphics == .kitty
    terminal = TestTerminal(rows: rows, columns: columns)
    terminal.measure(&capabilities)
    let output = PictureOutput(
      graphics: graphics, capabilities: capabilities, environment: Opened.environment)
    let opened = try Opened(output: output, store: store)
    loop = ExplorerLoop(
      state: opened.state, session: opened.session, terminal: terminal, editor: opened.editor,
      output: output, themes: opened.themes, keys: ScriptedKeys(script),
      environment: Opened.environment)
    terminal.settle = { [unowned self] in loop.settle() }
  }

  // Small values: a failed expectation prints every part of its expression, and a state is large.
  var layer: Int { loop.state.cursor.layer }
  var word: String { loop.state.vocabulary[loop.state.pyramid[loop.state.cursor]] }
  var historyState: Int { loop.state.history.state }
  var isDirty: Bool { loop.state.isDirty }
  var graphics: String { loop.state.graphics }
  var error: String? {
    loop.state.notice.flatMap { $0.kind == .error ? $0.text : nil }
  }
  var lines: [String] { terminal.screen?.lines ?? [] }

  /// How often a picture was placed.
  var count: Int { terminal.placements.count }

  func press(_ keys: String) throws { try terminal.press(keys) }

  /// Presses keys before any answer of the background comes; then those come.
  func pressAtOnce(_ keys: String) throws {
    let settle = terminal.settle
    // The last key before has its answers.
    terminal.play([.stall(.zero)])
    look { [unowned terminal] in terminal.settle = {} }
    try terminal.press(keys)
    look { [unowned terminal] in terminal.settle = settle }
    terminal.play([.stall(.zero)])
  }
  func pause(_ duration: Duration) { terminal.play([.pause(duration)]) }
  func look(_ look: @escaping () -> Void) { terminal.play([.look(look)]) }
}
