package import SPAEExplorer
package import SPAEFiles
import SPAEScreen
import SPAESystem
package import SPAETerminal

/// Goes from the gallery to a document and back, on one terminal.
package final class Browser {
  private let album: Album
  private let terminal: any TerminalBackend
  private var output: PictureOutput
  private let themes: ThemeLibrary
  private let keys: ScriptedKeys
  private let environment: [String: String]
  /// The document that is open.
  private var document: ExplorerLoop?
  /// Whether the screen shows what was there before.
  private var hasShown = false
  /// What an editor's end left to say; a signal that ends both leaves nobody to read it here.
  package private(set) var editorsEnd: Notice?

  package init(
    album: Album, terminal: any TerminalBackend, output: PictureOutput, themes: ThemeLibrary,
    keys: ScriptedKeys, environment: [String: String]
  ) {
    (self.album, self.terminal, self.output, self.themes) = (album, terminal, output, themes)
    (self.keys, self.environment) = (keys, environment)
  }

  /// Runs until the person quits, or until a signal ends it; gives that signal.
  package func run(_ first: Album.Stage, notices: [Notice?]) -> Int32? {
    var (stage, notices) = (first, notices)
    while true {
      let outcome =
        switch stage {
        case .gallery: browse(notices)
        case .document(let opened): explore(opened, notices)
        }
      switch outcome {
      case .quit: return nil
      case .signal(let signal): return signal
      case .stage(let next, let notice): (stage, notices) = (next, [notice])
      }
    }
  }

  /// Waits until nothing more is done in the background.
  package func settle() {
    if let document { document.settle() } else { album.worker?.finish() }
  }

  private enum Outcome {
    case quit
    case signal(Int32)
    case stage(Album.Stage, Notice?)
  }

  // MARK: The gallery

  private func browse(_ notices: [Notice?]) -> Outcome {
    guard let worker = album.worker else { return .quit }
    hasShown = true
    let loop = GalleryLoop(
      album: album, worker: worker, terminal: terminal,
      output: StripOutput(
        graphics: output.graphics, capabilities: output.capabilities, environment: environment),
      themes: themes, keys: keys, environment: environment)
    let ending = loop.run(notice: notices.compactMap { $0 }.last)
    output = PictureOutput(
      graphics: loop.output.graphics, capabilities: loop.output.capabilities,
      environment: environment)
    switch ending {
    case .quit: return .quit
    case .signal(let signal): return .signal(signal)
    case .open(let number):
      return next(else: .gallery) { .document(try album.open(number, output: output)) }
    case .openFile(let path): return next(else: .gallery) { try album.go(to: path, output: output) }
    }
  }

  /// What comes next, or where a person stays, and why.
  private func next(else stay: Album.Stage, _ body: () throws -> Album.Stage) -> Outcome {
    do { return .stage(try body(), nil) } catch {
      return .stage(stay, Notice(error.reason, kind: .error))
    }
  }

  // MARK: A document

  private func explore(_ opened: DocumentOpener.Opened, _ notices: [Notice?]) -> Outcome {
    let loop = ExplorerLoop(
      state: opened.state, session: opened.runner, terminal: terminal, editor: opened.editor,
      output: output, themes: themes, keys: keys, environment: environment)
    loop.mustRedraw = hasShown
    hasShown = true
    loop.heardKey = { [album, unowned loop] in
      album.worker?.gate.hold()
      // The list may be another since the file was opened.
      if let place = album.newPlace() { loop.state.place = place }
    }
    document = loop
    let signal = loop.run(notices: notices + [opened.loss, opened.omission])
    document = nil
    editorsEnd = loop.editorsEnd
    output = loop.output
    if let signal {
      editorsEnd = editorsEnd ?? opened.runner.lackAtTheEnd()
      return .signal(signal)
    }
    guard let turn = loop.turn else { return .quit }
    var stay = opened
    (stay.state, stay.omission) = (loop.state, nil)
    let kept = kept(loop.state, turn)
    switch next(else: .document(stay), { try album.turn(turn, from: stay, output: output) }) {
    case .stage(let stage, nil): return .stage(stage, kept)
    case let other: return other
    }
  }

  /// What becomes of edits that are not saved.
  private func kept(_ state: Explorer, _ turn: Turn) -> Notice? {
    if case .size = turn { return nil }
    guard state.isDirty else { return nil }
    return Notice("\(state.document.file): its edits are not saved; they are kept, and come back")
  }
}
