package import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
import SPAEScreen
import SPAESystem
package import SPAETerminal

/// Gallery and documents without a terminal: after each message it waits until all that follows is
/// done.
package final class HeadlessBrowser {
  private enum Stage {
    case gallery
    case document(HeadlessExplorer, DocumentOpener.Opened)
  }

  private let album: Album
  private let themes: ThemeLibrary
  /// How pictures are drawn with characters; nil where only text is told.
  private var output: PictureOutput?
  private let environment: [String: String]
  private let size: (rows: Int, columns: Int)
  private var stage = Stage.gallery
  package private(set) var hasQuit = false
  /// Says what is being opened, before it is.
  var announce: (String) -> Void = { _ in }

  package init(
    album: Album, themes: ThemeLibrary, output: PictureOutput?, environment: [String: String],
    size: (rows: Int, columns: Int)
  ) {
    (self.album, self.themes, self.output) = (album, themes, output)
    (self.environment, self.size) = (environment, size)
  }

  /// Shows a stage, with what there is to be told of it.
  package func show(_ next: Album.Stage, notice: Notice? = nil) {
    switch next {
    case .document(let opened):
      let explorer = HeadlessExplorer(
        state: opened.state, session: opened.runner, editor: opened.editor, themes: themes,
        output: output, environment: environment, size: size)
      stage = .document(explorer, opened)
      let notices = [opened.loss, notice, opened.omission].compactMap { $0 }
      for each in notices { explorer.settle(.notice(each)) }
      follow(explorer)
    case .gallery:
      stage = .gallery
      settle(.graphicsChanged(output?.graphics.rawValue ?? "none"))
      settle(.resized(rows: size.rows, columns: size.columns))
      if let notice { settle(.notice(notice)) }
    }
  }

  /// The document that is open; nil in the gallery.
  package var explorer: HeadlessExplorer? {
    guard case .document(let explorer, _) = stage else { return nil }
    return explorer
  }

  package var gallery: Gallery? { album.state }

  /// A path of the gallery as it was named.
  package func path(of number: Int) -> String { album.worker?.path(of: number) ?? "" }

  // MARK: What is pressed

  /// Presses the keys one after the other, each when all that came before is done; time passes only
  /// where the script rests.
  package func play(_ script: KeyScript) {
    for step in script.steps where !hasQuit {
      switch step {
      case .key(let key): press(key)
      case .rest: explorer?.rest()
      }
    }
  }

  private func press(_ key: Key) {
    guard let explorer else { return settle(.key(key)) }
    explorer.settle(.key(key))
    follow(explorer)
  }

  /// Goes where the document's end leads.
  package func follow(_ explorer: HeadlessExplorer) {
    guard explorer.hasQuit, case .document(_, var opened) = stage else { return }
    guard let turn = explorer.turn else { return hasQuit = true }
    if let text = turn.announcement { announce(text) }
    let state = explorer.state
    opened.state = state
    go(orSay: explorer.stay) { output in
      let next = try album.turn(turn, from: opened, output: output)
      var isSame = false
      if case .size = turn { isSame = true }
      let kept =
        state.isDirty && !isSame ? Notice("\(state.document.file): its edits are kept") : nil
      show(next, notice: kept)
    }
  }

  private func go(orSay say: (Notice) -> Void, _ body: (PictureOutput) throws -> Void) {
    do { try body(drawing) } catch { say(Notice(error.reason, kind: .error)) }
  }

  private var drawing: PictureOutput {
    output
      ?? PictureOutput(
        graphics: .none, capabilities: TerminalCapabilities(), environment: environment)
  }

  /// Gives the gallery a message, and waits until all that follows from it is done.
  package func settle(_ message: GalleryMessage) {
    send(message)
    while !hasQuit, explorer == nil {
      album.worker?.finish()
      let messages = album.worker?.mailbox.take() ?? []
      if messages.isEmpty { break }
      messages.forEach(send)
    }
  }

  private func send(_ message: GalleryMessage) {
    album.send(message).forEach(perform)
  }

  private func perform(_ effect: GalleryTerminalEffect) {
    let say = { (notice: Notice) in self.send(.notice(notice)) }
    switch effect {
    case .quit: hasQuit = true
    case .open(let number):
      announce("opening \(album.state?.pictures[number].name ?? "") ...")
      go(orSay: say) { show(.document(try album.open(number, output: $0))) }
    case .openFile(let path):
      announce("opening \(path.printable) ...")
      go(orSay: say) { show(try album.go(to: path, output: $0)) }
    // Nothing here has colours, but the name may be wrong.
    case .chooseTheme(let name): say(themes.notice(choosing: name) { _ in })
    case .chooseGraphics(let name): choose(graphics: name)
    // Each screen is drawn whole.
    case .redraw: break
    case .suspend: say(Notice("there is no terminal to go back to", kind: .warning))
    }
  }

  private func choose(graphics name: String) {
    let capabilities = TerminalCapabilities()
    let graphics = GraphicsChoice(rawValue: name).map {
      GraphicsProtocol($0, on: capabilities, environment: environment)
    }
    guard let graphics, output != nil, !graphics.isPixels else {
      let reason =
        graphics.map { HeadlessExplorer.needsCharacters($0).lines[0] }
        ?? "'\(name)' is none of \(GraphicsChoice.names)"
      return send(.notice(Notice(reason, kind: .error)))
    }
    output = PictureOutput(
      graphics: graphics, capabilities: capabilities, environment: environment)
    send(.graphicsChanged(graphics.rawValue))
  }

  /// What the history lacks where nothing more is pressed; nil where it has all.
  package func lackAtTheEnd() -> Notice? {
    guard case .document(_, let opened) = stage, !hasQuit else { return nil }
    return opened.runner.lackAtTheEnd()
  }

  // MARK: What is shown

  /// The screen as lines of text, with the pictures in characters.
  package var lines: [String] {
    if let explorer { return ScriptedExplorer(explorer).lines }
    guard let state = album.state, let output else { return [] }
    var view = view(state)
    StripOutput(
      graphics: output.graphics, capabilities: output.capabilities, environment: environment
    ).draw(view.strips, album.worker?.thumbnails ?? [:], into: &view.screen)
    return view.screen.lines
  }
}
