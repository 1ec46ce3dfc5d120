package import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
import SPAESystem
package import SPAETerminal

/// The explorer without a terminal: after each message it waits until all that follows is done.
package final class HeadlessExplorer: EffectHost {
  package internal(set) var state: Explorer
  package private(set) var hasQuit = false
  let session: EffectRunner
  let themes: ThemeLibrary
  private let editor: ExternalEditor
  /// How the picture is drawn with characters; nil where only text is told.
  private(set) var output: PictureOutput?
  private let environment: [String: String]

  package init(
    state: Explorer, session: EffectRunner, editor: ExternalEditor, themes: ThemeLibrary,
    output: PictureOutput?, environment: [String: String], size: (rows: Int, columns: Int)
  ) {
    self.state = state
    self.session = session
    self.editor = editor
    self.themes = themes
    self.output = output
    self.environment = environment
    settle(.resized(rows: size.rows, columns: size.columns))
  }

  /// Gives a message to the explorer, and waits until all that follows from it is done.
  package func settle(_ message: Message) {
    send(message)
    while true {
      session.finish()
      let messages = session.mailbox.take()
      guard !messages.isEmpty else { return }
      for message in messages { send(Self.withoutTime(message)) }
    }
  }

  /// The same keys are to give the same screen, however long a picture took.
  private static func withoutTime(_ message: Message) -> Message {
    guard case .decoded(var decoded) = message else { return message }
    decoded.milliseconds = nil
    return .decoded(decoded)
  }

  package func closePopups() { state.closePopups() }

  func perform(_ effect: TerminalEffect) -> [Message] {
    switch effect {
    case .quit:
      hasQuit = true
      return []
    case .openEditor(let pyramid):
      return [editor.edit(pyramid) { program throws(Failure) in try program.run() }]
    // Nothing here has colours, but the name may be wrong.
    case .chooseTheme(let name): return chooseTheme(name) { _ in }
    case .chooseGraphics(let name): return chooseGraphics(name)
    // Each screen is drawn whole.
    case .redraw: return []
    case .suspend: return [.notice(Notice("there is no terminal to go back to", kind: .warning))]
    }
  }

  private func chooseGraphics(_ name: String) -> [Message] {
    guard output != nil else {
      return [
        .notice(
          Notice("no picture is drawn here; a terminal or a saved screen has one", kind: .error))
      ]
    }
    guard let graphics = GraphicsProtocol(rawValue: name) else {
      let all = GraphicsProtocol.allCases.map(\.rawValue).joined(separator: ", ")
      return [.notice(Notice("'\(name)' is none of \(all)", kind: .error))]
    }
    output = PictureOutput(
      graphics: graphics, capabilities: TerminalCapabilities(), environment: environment)
    return [.graphicsChanged(graphics.rawValue)]
  }
}
