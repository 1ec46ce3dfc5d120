import Glibc
package import SPAEExplorer
package import SPAEFiles
package import SPAEGraphics
import SPAEPyramid
import SPAEScreen
package import SPAESystem
package import SPAETerminal

/// The explorer without a terminal: after each message it waits until all that follows is done.
package final class HeadlessExplorer: EffectHost {
  package internal(set) var state: Explorer
  package private(set) var hasQuit = false
  /// Where the person goes from here; nil quits.
  package private(set) var turn: Turn?
  private var refusal: String?
  let session: EffectRunner
  let themes: ThemeLibrary
  private let editor: ExternalEditor
  /// How the picture is drawn with characters; nil where only text is told.
  private(set) var output: PictureOutput?
  private let environment: [String: String]
  /// Tells what a person should know while the program waits.
  var tellAtOnce: (Notice) -> Void = { _ in }
  /// Those by which the program is to end.
  private var signals: [Int32] = []

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
      guard !messages.isEmpty else { break }
      for message in messages { send(Self.withoutTime(message)) }
    }
    leaveIfEnded()
  }

  /// Ends the program by the signal that came while an editor was open; what the editor has left is
  /// in the history by now, or named.
  private func leaveIfEnded() {
    guard let signal = signals.first else { return }
    if let notice = state.notice, notice.kind == .error { Failure(notice.text).report() }
    StandardOutput.flush()
    raise(signal)
  }

  /// The same keys are to give the same screen, however long a picture took.
  private static func withoutTime(_ message: Message) -> Message {
    guard case .decoded(var decoded) = message else { return message }
    decoded.milliseconds = nil
    return .decoded(decoded)
  }

  /// Goes on here, for what was wanted cannot be opened.
  func stay(_ reason: Notice) {
    (turn, hasQuit, refusal) = (nil, false, reason.text)
    settle(.notice(reason))
  }

  /// Why the person stayed, once.
  func takeRefusal() -> String? {
    defer { refusal = nil }
    return refusal
  }

  /// Lets a second pass: a film that runs is shown as far on.
  package func rest() {
    guard let film = state.film, let playback = film.playback else { return }
    let position = Int((film.rate.framesPerSecond * playback.speed).rounded())
    var now = playback
    now.from = film.frame
    let frame = now.frame(at: position)
    session.perform(.film(.show(frame: frame ?? film.last))).forEach(settle)
    if frame == nil { settle(.film(.ended("the film ended"))) }
  }

  func showAtOnce(_ notice: Notice) { tellAtOnce(notice) }

  package func closePopups() { state.closePopups() }

  func perform(_ effect: TerminalEffect) -> [Message] {
    switch effect {
    case .quit:
      hasQuit = true
      return []
    case .turn(let turn):
      (self.turn, hasQuit) = (turn, true)
      return []
    case .openEditor(let pyramid):
      return [
        editor.edit(pyramid) { program throws(Failure) in try program.run(ended: &signals) }
      ]
    // Nothing here has colours, but the name may be wrong.
    case .chooseTheme(let name): return chooseTheme(name) { _ in }
    case .chooseGraphics(let name):
      return chooseGraphics(name, on: TerminalCapabilities(), environment: environment, use)
    // Each screen is drawn whole.
    case .redraw, .copy: return []
    case .suspend: return [.notice(Notice("there is no terminal to go back to", kind: .warning))]
    }
  }

  private func use(_ graphics: GraphicsProtocol) throws(Failure) {
    guard output != nil else {
      throw Failure("no picture is drawn here; a terminal or a saved screen has one")
    }
    guard !graphics.isPixels else { throw Self.needsCharacters(graphics) }
    output = PictureOutput(
      graphics: graphics, capabilities: TerminalCapabilities(), environment: environment)
  }

  /// Why a saved screen cannot hold a picture.
  package static func needsCharacters(_ graphics: GraphicsProtocol) -> Failure {
    Failure(
      "\(graphics.rawValue) draws pixels, and a saved screen holds characters:"
        + " choose one of \(GraphicsChoice.characterNames)")
  }
}
