import Dispatch
package import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
import SPAEPyramid
import SPAEScreen
import SPAESystem
package import SPAETerminal
import Synchronization

/// The explorer on a terminal: waits for keys and answers, and draws what follows from them.
package final class ExplorerLoop: EffectHost {
  /// As long as a picture stays in a blink.
  private static let blink = Duration.milliseconds(500)
  /// How long the keys rest before the picture is drawn better.
  private static let leisure = Duration.milliseconds(250)

  package internal(set) var state: Explorer
  let session: EffectRunner
  let terminal: any TerminalBackend
  private let editor: ExternalEditor
  package internal(set) var output: PictureOutput
  /// The small pictures of lists.
  private var strips: StripOutput
  let themes: ThemeLibrary
  private let keys: ScriptedKeys
  private let environment: [String: String]

  private var hasQuit = false
  /// The signal that ends it.
  private var signal: Int32?
  /// Where the person goes from here; nil quits.
  package private(set) var turn: Turn?
  /// Is called when a key comes.
  package var heardKey: () -> Void = {}
  /// Something else is on the screen yet.
  var mustRedraw = false
  private var blinkDeadline: ContinuousClock.Instant?
  private var fineDeadline: ContinuousClock.Instant?
  /// What the session is to do when the screen is up to date.
  var unhurried: [SessionEffect] = []
  var filmClock: FilmClock?
  /// The position of a frame that is drawn next.
  var filmPosition: Int?
  private let refining = DispatchQueue(label: "refine", qos: .utility)
  private let refined = Refined()

  package init(
    state: Explorer, session: EffectRunner, terminal: any TerminalBackend, editor: ExternalEditor,
    output: PictureOutput, themes: ThemeLibrary, keys: ScriptedKeys, environment: [String: String]
  ) {
    self.state = state
    self.session = session
    self.terminal = terminal
    self.editor = editor
    self.output = output
    strips = StripOutput(
      graphics: output.graphics, capabilities: output.capabilities, environment: environment)
    self.themes = themes
    self.keys = keys
    self.environment = environment
  }

  /// What an editor's end left to say; a signal that ends both leaves nobody to read it here.
  package private(set) var editorsEnd: Notice?

  /// Runs until the person quits, or until a signal ends it; gives that signal.
  package func run(notices: [Notice?] = []) -> Int32? {
    send(.resized(rows: terminal.size.rows, columns: terminal.size.columns))
    for notice in notices.compactMap({ $0 }) { send(.notice(notice)) }
    draw()
    catchUp()
    while !hasQuit {
      let events = keys.events(
        of: terminal, timeout: patience, watching: session.mailbox.reading)
      keys.deliver(events, until: { hasQuit || signal != nil }, to: take)
      if let signal { return signal }
      if !hasQuit {
        takeTimers()
        runFilm()
      }
      draw()
      catchUp()
      recordFrame()
    }
    removePicture()
    session.finishClip()
    return nil
  }

  private func removePicture() {
    for (bytes, box) in strips.removal() { terminal.place(picture: bytes, at: box) }
    guard let (bytes, box) = output.bytes(for: nil, session.pictures, wasErased: false) else {
      return
    }
    terminal.place(picture: bytes, at: box)
  }

  /// Waits until nothing more is done in the background.
  package func settle() {
    session.finish()
    refining.sync {}
  }

  private func take(_ event: TerminalEvent) {
    switch event {
    case .key(let key): state.keysMeant(by: key).forEach(press)
    // Who is stopped is told of no other size.
    case .resized, .continued: measured().forEach(send)
    case .readable:
      session.mailbox.take().forEach(send)
      placeRefined()
    case .terminate(let number): signal = number
    }
  }

  /// Measures the terminal, of which others may have made another one, and has all drawn again.
  private func measured() -> [Message] {
    mustRedraw = true
    output.measure(by: terminal)
    strips.measure(by: terminal)
    return [
      .cellsChanged(aspect: output.cellAspect),
      .resized(rows: terminal.size.rows, columns: terminal.size.columns),
    ]
  }

  private func press(_ key: Key) {
    heardKey()
    // A key is pressed by somebody who could read the screen; a signal's other events are not.
    editorsEnd = nil
    send(.key(key))
  }

  // MARK: Effects

  func perform(_ effect: TerminalEffect) -> [Message] {
    switch effect {
    case .quit: hasQuit = true
    case .turn(let turn):
      if let text = turn.announcement { showAtOnce(Notice(text, isPassing: true)) }
      self.turn = turn
      hasQuit = true
    case .redraw: mustRedraw = true
    case .suspend:
      terminal.suspend()
      return measured()
    case .openEditor(let pyramid):
      let message = editor.edit(pyramid, run: terminal.lend(to:))
      if case .notice(let notice) = message { editorsEnd = notice }
      return measured() + [message]
    case .copy(let text):
      // Nothing is drawn by it, so that it may be sent from anywhere.
      terminal.place(
        picture: Clipboard.bytes(text), at: Box(row: 0, column: 0, rows: 1, columns: 1))
    case .chooseTheme(let name):
      return chooseTheme(name) { theme in
        terminal.theme = theme
        mustRedraw = true
      }
    case .chooseGraphics(let name):
      return chooseGraphics(name, on: output.capabilities, environment: environment, use)
    }
    return []
  }

  private func use(_ graphics: GraphicsProtocol) {
    removePicture()
    output = PictureOutput(
      graphics: graphics, capabilities: output.capabilities, environment: environment)
    strips = StripOutput(
      graphics: graphics, capabilities: output.capabilities, environment: environment)
    mustRedraw = true
  }

  // MARK: Time

  /// How long nothing has to be done.
  private var patience: Duration? {
    if state.blinks, blinkDeadline == nil { blinkDeadline = terminal.now + Self.blink }
    if !state.blinks { blinkDeadline = nil }
    let deadlines = [
      blinkDeadline, fineDeadline, keys.deadline(now: terminal.now), filmClock?.deadline,
    ].compactMap { $0 }
    return deadlines.min().map { max(.zero, $0 - terminal.now) }
  }

  private func takeTimers() {
    let now = terminal.now
    if let key = keys.due(at: now) { press(key) }
    if let deadline = blinkDeadline, deadline <= now {
      blinkDeadline = nil
      send(.blinked)
    }
    if let deadline = fineDeadline, deadline <= now {
      fineDeadline = nil
      refine()
    }
  }

  /// Draws the picture better, elsewhere: keys are not to wait for it.
  private func refine() {
    guard let refinement = output.refinement else { return }
    let (refined, mailbox) = (refined, session.mailbox)
    refining.async {
      let bytes = refinement.bytes()
      refined.done.withLock { $0 = (refinement, bytes) }
      mailbox.wake()
    }
  }

  private func placeRefined() {
    let done = refined.done.withLock { done in
      defer { done = nil }
      return done
    }
    guard let (refinement, bytes) = done, let box = output.take(refinement) else { return }
    terminal.place(picture: bytes, at: box)
  }

  // MARK: Drawing

  func showAtOnce(_ notice: Notice) {
    _ = update(&state, .notice(notice))
    draw()
  }

  private func draw() {
    guard !hasQuit else { return }
    drawPictureFirst()
    session.awaitPicture()
    var view = view(state)
    let pictures = session.pictures
    output.draw(view.picture, pictures, into: &view.screen)
    terminal.draw(view.screen, force: mustRedraw)
    drawPicture(view.picture, pictures)
    drawSmallPictures(of: view)
    mustRedraw = false
  }

  /// Sends the pixels before the characters, where both stay clear of each other.
  func drawPictureFirst() {
    guard !mustRedraw, let picture = pictureView(state), output.isInPlace(picture) else { return }
    session.awaitPicture()
    drawPicture(picture, session.pictures)
  }

  private func drawPicture(_ picture: PictureView?, _ pictures: Pictures) {
    let drawn = output.bytes(for: picture, pictures, wasErased: mustRedraw)
    guard let (bytes, box) = drawn else { return }
    terminal.place(picture: bytes, at: box)
    fineDeadline = terminal.now + (output.isCrowded ? .zero : Self.leisure)
  }

  private func drawSmallPictures(of view: View) {
    let look = StripOutput.Look(theme: terminal.theme, capabilities: output.capabilities)
    let drawn = strips.bytes(
      for: view.strips, session.candidatePictures, look: look, wasErased: mustRedraw, isFine: true)
    for (bytes, box) in drawn { terminal.place(picture: bytes, at: box) }
  }
}

/// A picture that was drawn better, for the loop to place.
private final class Refined: Sendable {
  let done = Mutex<(PictureOutput.Refinement, [UInt8])?>(nil)
}
