import ArgumentParser
import Foundation
import SPAECommandLine
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

/// `spae explore`: browse the words, change one, see the picture change.
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Browse the words, change one, see the picture change.",
    discussion: """
      Keys are as in vim: hjkl move, 3G goes to layer 3, i changes a word and paints what it covers, u takes it back, :w \
      saves the words as text, :w NAME.png the picture, ? lists all keys. :caption, :ask and :fill consult a language model, \
      which starts when it is asked. Every accepted edit is kept in the history, also \
      when the program is killed.

      A picture is opened as spae encode would encode it: --size and --fit are the same. A picture \
      of which the middle square is taken, or that is padded or stretched, has a history and a file \
      of its own, such as NAME.crop.spae.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: "How the picture is drawn.")
  var graphics = GraphicsChoice.auto

  @OptionGroup var input: PictureOptions

  @OptionGroup var history: HistoryOption

  @OptionGroup(title: "Language model options") var language: LanguageOptions

  @Option(
    help: ArgumentHelp(
      "The theme, by name or file.",
      discussion: "Default: dark or light, as the terminal is; dark where it does not say.",
      valueName: "theme"))
  var theme: String?

  @Flag(help: "Read and tell it as lines of text; 'help' lists what can be typed.")
  var plain = false

  @Option(
    help: ArgumentHelp("Keys to press, as vim writes them; an empty line rests.", valueName: "file")
  )
  var keys: String?

  @Option(
    name: .customLong("save-screen"),
    help: ArgumentHelp("Write the screen after the keys; no terminal is used.", valueName: "file"))
  var saveScreen: String?

  @OptionGroup var overwriting: OverwriteOption

  @Option(
    name: .customLong("screen-size"),
    help: ArgumentHelp("The size of the screen that is saved.", valueName: "columnsxrows"))
  var screenSize = "120x40"

  @Argument(help: ArgumentHelp("A picture or a pyramid.", valueName: "file"))
  var file: String

  func validate() throws {
    guard rowsAndColumns != nil else {
      throw ValidationError("--screen-size is columns x rows, such as 120x40")
    }
    guard plain || !language.showPrompt else {
      throw ValidationError("--show-prompt has no place on this screen; it needs --plain")
    }
  }

  private var rowsAndColumns: (rows: Int, columns: Int)? {
    let numbers = screenSize.split(separator: "x").map { Int($0) }
    guard numbers.count == 2, let columns = numbers[0], let rows = numbers[1],
      (1...1000).contains(columns), (1...1000).contains(rows)
    else { return nil }
    return (rows, columns)
  }

  func run() throws {
    let preferences = try Preferences()
    let models = try model.library()
    var opened = try OpenedDocument(
      file: file, size: input.size, fit: input.fit ?? .whole, models: models,
      dialect: plain ? .lines : .keys)
    let environment = SystemEnvironment.variables
    let isTerminal = isatty(STDOUT_FILENO) == 1 && isatty(STDIN_FILENO) == 1
    guard saveScreen != nil || plain || isTerminal else { return printed(opened) }
    let usesTerminal = saveScreen == nil && !plain
    let capabilities =
      usesTerminal
      ? TerminalProbe.capabilities(environment: environment) : TerminalCapabilities()
    let output = PictureOutput(
      graphics: try chosen(capabilities, environment, usesTerminal, preferences),
      capabilities: capabilities,
      environment: environment)
    let (store, past, loss) = try openHistory(of: &opened)
    let runner = try EffectRunner(
      model: opened.model, models: models, history: past, files: opened.files,
      original: opened.original, view: opened.view, thumbnails: output.cells, connect: connect)
    let state = try opened.state(
      history: past, store: store, output: output, tint: preferences.tint,
      edits: preferences.edits)
    runner.explain(opened.explain)
    let editor = ExternalEditor(files: opened.files)
    guard usesTerminal else {
      let explorer = HeadlessExplorer(
        state: state, session: runner, editor: editor,
        themes: ThemeLibrary(environment: environment),
        output: saveScreen == nil ? nil : output, environment: environment,
        size: rowsAndColumns ?? (40, 120))
      if let loss { explorer.settle(.notice(loss)) }
      return try settle(explorer)
    }
    try explore(state, runner, editor, output, theme: theme ?? preferences.theme, notice: loss)
  }

  /// Opens the picture's history; where nothing can be written one in memory, and what is lost by it.
  private func openHistory(
    of opened: inout OpenedDocument
  ) throws -> (HistoryStore, DocumentHistory, loss: Notice?) {
    do {
      let store = try HistoryStore(path: try history.path, clock: { Date() })
      return (store, try opened.history(in: store), nil)
    } catch let error as HistoryError {
      // A file that was named on the command line was meant.
      guard history.file == nil, let reason = error.obstacle else { throw error }
      let store = try HistoryStore(path: nil, clock: { Date() })
      let loss = Notice("edits are not kept, as with --history none: \(reason)", kind: .warning)
      return (store, try opened.history(in: store), loss)
    }
  }

  /// Opens the way to the language model, when something is asked of it for the first time.
  private var connect: LanguageWorker.Connect {
    { [language] in try language.open(for: "explore").model }
  }

  /// Reads lines, or plays keys and writes the screen.
  private func settle(_ explorer: HeadlessExplorer) throws {
    guard let saveScreen else {
      var plain = PlainExplorer(explorer, isTerminal: isatty(STDIN_FILENO) == 1)
      if !plain.run() { throw ExitCode(1) }
      return
    }
    let scripted = ScriptedExplorer(explorer)
    scripted.play(try script())
    let text = scripted.lines.joined(separator: "\n") + "\n"
    if saveScreen == "-" {
      StandardOutput.write(Array(text.utf8))
    } else {
      try overwriting.file(saveScreen).write(Array(text.utf8))
    }
  }

  private func explore(
    _ state: Explorer, _ runner: EffectRunner, _ editor: ExternalEditor, _ output: PictureOutput,
    theme wish: String?, notice: Notice?
  ) throws {
    let environment = SystemEnvironment.variables
    let library = ThemeLibrary(environment: environment)
    let (theme, complaint) = library.chosen(wish: wish, isLight: output.capabilities.isLight)
    let terminal = try CursesTerminal(
      theme: theme, colours: output.colours)
    let loop = ExplorerLoop(
      state: state, session: runner, terminal: terminal, editor: editor, output: output,
      themes: library, script: try script(), environment: environment)
    let log = ErrorLog(environment: environment)
    let signal = loop.run(notices: [complaint.map { Notice($0, kind: .warning) }, notice])
    terminal.leave()
    if signal != nil, let notice = loop.editorsEnd { ErrorLog.add(notice.text) }
    log?.end()
    guard let signal else { return }
    if let notice = loop.editorsEnd { Failure(notice.text).report() }
    throw ExitCode(128 + signal)
  }

  private func script() throws(Failure) -> KeyScript {
    try keys.map { path throws(Failure) in try KeyScript(contentsOf: path) } ?? KeyScript()
  }

  /// Without a terminal the explorer is the plain view.
  private func printed(_ opened: OpenedDocument) {
    print(opened.title)
    print("")
    let pyramid = opened.document.pyramid
    for layer in 1...3 {
      let rows = pyramid.rows(ofLayer: layer, vocabulary: opened.model.vocabulary)
      for (row, line) in rows.aligned.enumerated() {
        print((row == 0 ? "\(layer)  " : "   ") + line)
      }
      if layer < 3 { print("") }
    }
  }

  /// The option's graphics, else those of the configuration file, else what suits.
  private func chosen(
    _ capabilities: TerminalCapabilities, _ environment: [String: String], _ usesTerminal: Bool,
    _ preferences: Preferences
  ) throws -> GraphicsProtocol {
    let wish = graphics == .auto ? preferences.graphics ?? .auto : graphics
    let choice = wish == .auto && !usesTerminal ? .ascii : wish
    let chosen = GraphicsProtocol(choice, on: capabilities, environment: environment)
    guard saveScreen != nil, chosen.isPixels else { return chosen }
    if graphics == .auto { return .ascii }
    throw ValidationError("--graphics: \(HeadlessExplorer.needsCharacters(chosen).lines[0])")
  }
}
