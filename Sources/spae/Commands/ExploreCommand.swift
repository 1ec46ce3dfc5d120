import ArgumentParser
import Foundation
import SPAECommandLine
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

/// `spae explore`: browse the words, change one, see the picture change.
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Browse the words, change one, see the picture change.",
    discussion: """
      A picture opens with its words; a folder opens as a gallery of all pictures within it, and \
      several files as a list: :n and :N go on and back, gf shows the gallery, Enter opens a picture. \
      Without a file, the gallery of the current folder opens, if that holds pictures. A gallery is \
      indexed as by 'spae index', in the background; / ranks it by words, as 'spae find' does.

      Keys are as in vim: hjkl move, 3G goes to layer 3, i changes a word and paints what it covers, u takes it back, :w \
      saves the words as text, :w NAME.png the picture, ? lists all keys. :caption, :ask and :fill consult a language model, \
      which starts when it is asked. Every accepted edit is kept in the history, also \
      when the program is killed.

      A picture is opened as spae encode would encode it: --size and --fit are the same; :size changes the size. A picture \
      of which the middle square is taken, or that is padded or stretched, has a history and a file \
      of its own, such as NAME.crop.spae.

      A film of words opens at its first frame: space plays and rests, < and > step a frame, { and } \
      go to cuts, :frame 40 to a frame. An edit holds for as long as the film keeps the word, at most \
      to the end of the shot, and the frames ahead are painted as they come. :w writes the film, :w NAME.mp4 (or .gif, \
      .webp, .y4m) a clip of its frames: as they are when it is typed, once they are painted. As in vim, :w NAME writes \
      a copy; what is open keeps its own name.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: "How the picture is drawn.")
  var graphics = GraphicsChoice.auto

  @OptionGroup var input: PictureOptions

  @OptionGroup var history: HistoryOption

  @OptionGroup(title: "Language model options") var language: LanguageOptions

  @OptionGroup(title: "Language model options") var sending: SendingOption

  @Option(
    help: ArgumentHelp(
      "The theme, by name or file.",
      discussion: "Default: dark or light, as the terminal is; dark where it does not say.",
      valueName: "theme"))
  var theme: String?

  @Option(
    help: ArgumentHelp(
      "The pictures to bring words from.",
      discussion: "Default: that of the configuration file, or the index and the bundled pictures.",
      valueName: "folder"))
  var library: String?

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
    help: ArgumentHelp(
      "The size of the screen that is saved.", discussion: "Default: 120x40.",
      valueName: "columnsxrows"))
  var screenSize: String?

  @Argument(
    help: ArgumentHelp(
      "Pictures, pyramids, films of words, or a folder; without one the pictures of this folder.",
      valueName: "file"))
  var files: [String] = []

  func validate() throws {
    guard rowsAndColumns != nil else {
      throw ValidationError("--screen-size is columns x rows, such as 120x40")
    }
    try overwriting.validate(for: saveScreen)
    if let misplaced { throw ValidationError(misplaced) }
    guard plain || !language.showPrompt else {
      throw ValidationError("--show-prompt has no place on this screen; it needs --plain")
    }
  }

  /// What is wrong with options that say nothing of the way in which the picture is shown.
  private var misplaced: String? {
    if plain, saveScreen != nil { return "give --plain or --save-screen" }
    if plain, keys != nil { return "--keys are for the screen; --plain reads lines" }
    if plain, graphics != .auto { return "--graphics is for the screen; --plain has no picture" }
    if theme != nil, plain || saveScreen != nil {
      return "--theme is for a terminal; --plain and --save-screen write text without colours"
    }
    return screenSize != nil && saveScreen == nil ? "--screen-size belongs to --save-screen" : nil
  }

  private var rowsAndColumns: (rows: Int, columns: Int)? {
    let numbers = (screenSize ?? "120x40").split(separator: "x").map { Int($0) }
    guard numbers.count == 2, let columns = numbers[0], let rows = numbers[1],
      (1...1000).contains(columns), (1...1000).contains(rows)
    else { return nil }
    return (rows, columns)
  }

  func run() throws {
    let preferences = try Preferences()
    let paths = try paths
    if paths.count == 1, Input.holdsWords(FileSystem.start(of: paths[0], count: 4096)) {
      try input.refuse("\(paths[0]): a pyramid has its own size")
    }
    let album = try album(preferences)
    let environment = SystemEnvironment.variables
    let isTerminal = isatty(STDOUT_FILENO) == 1 && isatty(STDIN_FILENO) == 1
    guard saveScreen != nil || plain || isTerminal else {
      guard keys == nil else {
        throw ValidationError("--keys need a terminal, or --save-screen for the screen after them")
      }
      return try printed(paths, album)
    }
    let usesTerminal = saveScreen == nil && !plain
    let capabilities =
      usesTerminal
      ? TerminalProbe.capabilities(environment: environment) : TerminalCapabilities()
    let output = PictureOutput(
      graphics: try chosen(capabilities, environment, usesTerminal, preferences),
      capabilities: capabilities,
      environment: environment)
    HistoryOption.tellWaiting()
    announce(paths)
    let stage = try album.start(paths, output: output)
    guard usesTerminal else {
      let browser = HeadlessBrowser(
        album: album, themes: ThemeLibrary(environment: environment),
        output: saveScreen == nil ? nil : output, environment: environment,
        size: rowsAndColumns ?? (40, 120))
      browser.show(stage)
      return try settle(browser)
    }
    try explore(stage, album, output, theme: theme ?? preferences.theme)
  }

  /// Says what is being opened to a person who reads lines: that takes longer than a moment.
  private func announce(_ paths: [String]) {
    guard plain, saveScreen == nil, isatty(STDIN_FILENO) == 1 else { return }
    print("opening \(FileName.inputLabel(of: paths[0])) ...", toStandardError: true)
  }

  /// What was named, or the current folder where it holds pictures.
  private var paths: [String] {
    get throws {
      if !files.isEmpty { return files }
      let suffixes = Set(PictureFormat.suffixes + ["spae"])
      let names = (try? FileSystem.names(in: ".")) ?? []
      guard names.contains(where: { suffixes.contains(FileName.ending(of: $0)) }) else {
        throw ValidationError("name a picture, a pyramid or a folder; this folder has no pictures")
      }
      return ["."]
    }
  }

  private func album(_ preferences: Preferences) throws -> Album {
    var opener = DocumentOpener(
      models: try model.library(), size: input.size, fit: input.fit ?? .whole,
      dialect: plain ? .lines : .keys, history: try history.path,
      isHistoryMeant: history.file != nil, tint: preferences.tint, edits: preferences.edits,
      connect: connect)
    if input.chosenSize == nil { opener.wish = preferences.size }
    opener.copiesToClipboard = preferences.clipboard
    opener.keymap = try Keymap(preferences)
    opener.library = LibraryStore.defaultPath()
    opener.exemplars = ExemplarSource(
      models: opener.models, folder: library ?? preferences.library)
    var single = model
    single.threads = 1
    return Album(
      opener: opener, models: try single.library(), index: LibraryStore.defaultPath())
  }

  /// Opens the way to the language model, when something is asked of it for the first time.
  private var connect: LanguageWorker.Connect {
    { [language, sending] in try language.open(for: "explore", sending: sending).model }
  }

  /// Reads lines, or plays keys and writes the screen.
  private func settle(_ browser: HeadlessBrowser) throws {
    guard let saveScreen else {
      var plain = PlainBrowser(browser, isTerminal: isatty(STDIN_FILENO) == 1)
      let isDone = plain.run()
      if let lack = browser.lackAtTheEnd() { throw Failure(lack.text) }
      if !isDone { throw ExitCode(1) }
      return
    }
    browser.play(try script())
    let text = browser.lines.joined(separator: "\n") + "\n"
    if saveScreen == "-" {
      StandardOutput.write(Array(text.utf8))
    } else {
      try overwriting.file(saveScreen).write(Array(text.utf8))
    }
    if let lack = browser.lackAtTheEnd() { throw Failure(lack.text) }
  }

  private func explore(
    _ stage: Album.Stage, _ album: Album, _ output: PictureOutput, theme wish: String?
  ) throws {
    let environment = SystemEnvironment.variables
    let library = ThemeLibrary(environment: environment)
    let (theme, complaint) = library.chosen(wish: wish, isLight: output.capabilities.isLight)
    // The screen tells it from here on.
    HistoryStore.whenWaiting(nil)
    let terminal = try CursesTerminal(
      theme: theme, colours: output.colours)
    let browser = Browser(
      album: album, terminal: terminal, output: output, themes: library,
      keys: ScriptedKeys(try script()), environment: environment)
    let log = ErrorLog(environment: environment)
    let signal = browser.run(stage, notices: [complaint.map { Notice($0, kind: .warning) }])
    terminal.leave()
    if signal != nil, let notice = browser.editorsEnd { ErrorLog.add(notice.text) }
    log?.end()
    guard let signal else { return }
    if let notice = browser.editorsEnd { Failure(notice.text).report() }
    throw ExitCode(128 + signal)
  }

  private func script() throws(Failure) -> KeyScript {
    try keys.map { path throws(Failure) in try KeyScript(contentsOf: path) } ?? KeyScript()
  }

  /// Without a terminal the explorer is the plain view, and a gallery a list.
  private func printed(_ paths: [String], _ album: Album) throws {
    guard paths.count == 1, paths[0] == "-" || !FileSystem.isFolder(paths[0]) else {
      return try listed(paths, album)
    }
    let opened = try album.opener.document(paths[0])
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

  /// Prints the pictures with their words.
  private func listed(_ paths: [String], _ album: Album) throws {
    let environment = SystemEnvironment.variables
    let output = PictureOutput(
      graphics: .none, capabilities: TerminalCapabilities(), environment: environment)
    let browser = HeadlessBrowser(
      album: album, themes: ThemeLibrary(environment: environment), output: nil,
      environment: environment, size: (40, 120))
    browser.show(try album.gallery(paths, output: output))
    guard let gallery = browser.gallery else { return }
    for line in gallery.plainLines(of: .list) { print(line) }
    let failures = gallery.unreadable.map { "\($0.name): \($0.reason)" }
    if !failures.isEmpty { throw Failure(lines: failures) }
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
