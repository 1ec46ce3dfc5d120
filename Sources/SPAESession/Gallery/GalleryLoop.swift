import Dispatch
import SPAEExplorer
package import SPAEFiles
import SPAEGraphics
import SPAEScreen
import SPAESystem
package import SPAETerminal
import Synchronization

/// A gallery on a terminal: waits for keys and answers, and draws what follows from them.
package final class GalleryLoop {
  /// Why it ended.
  package enum Ending {
    case quit
    /// A picture is to be opened, by its number.
    case open(Int)
    case openFile(String)
    case signal(Int32)
  }

  /// How long the keys rest before the thumbnails are drawn better.
  private static let leisure = Duration.milliseconds(250)

  private let album: Album
  private let worker: GalleryWorker
  private let terminal: any TerminalBackend
  package private(set) var output: StripOutput
  private let themes: ThemeLibrary
  private let environment: [String: String]

  private var ending: Ending?
  private var mustRedraw = true
  private var fineDeadline: ContinuousClock.Instant?
  private var keys: ScriptedKeys

  package init(
    album: Album, worker: GalleryWorker, terminal: any TerminalBackend, output: StripOutput,
    themes: ThemeLibrary, keys: ScriptedKeys, environment: [String: String]
  ) {
    (self.album, self.worker, self.terminal, self.output) = (album, worker, terminal, output)
    (self.themes, self.keys, self.environment) = (themes, keys, environment)
  }

  /// Runs until the person quits, opens a picture, or a signal ends it.
  func run(notice: Notice? = nil) -> Ending {
    send(.graphicsChanged(output.graphics.rawValue))
    measured().forEach(send)
    if let notice { send(.notice(notice)) }
    draw()
    while true {
      let events = keys.events(
        of: terminal, timeout: patience, watching: worker.mailbox.reading)
      keys.deliver(events, until: { ending != nil }, to: take)
      if ending == nil { takeTimers() }
      if let ending {
        removePictures()
        return ending
      }
      draw()
    }
  }

  private func take(_ event: TerminalEvent) {
    switch event {
    case .key(let key): (album.state?.keysMeant(by: key) ?? [key]).forEach { press(.key($0)) }
    // Who is stopped is told of no other size.
    case .resized, .continued: measured().forEach(send)
    case .readable: worker.mailbox.take().forEach(send)
    case .terminate(let signal): ending = .signal(signal)
    }
  }

  /// Measures the terminal, of which others may have made another one, and has all drawn again.
  private func measured() -> [GalleryMessage] {
    mustRedraw = true
    output.measure(by: terminal)
    return [
      .cellsChanged(aspect: output.cellAspect),
      .resized(rows: terminal.size.rows, columns: terminal.size.columns),
    ]
  }

  private func press(_ message: GalleryMessage) {
    worker.gate.hold()
    send(message)
  }

  private func send(_ message: GalleryMessage) {
    var waiting = [message]
    while !waiting.isEmpty {
      for effect in album.send(waiting.removeFirst()) { waiting += perform(effect) }
    }
  }

  private func perform(_ effect: GalleryTerminalEffect) -> [GalleryMessage] {
    switch effect {
    case .open(let number):
      announce(album.state?.pictures[number].name ?? "")
      ending = .open(number)
    case .openFile(let path):
      announce(path.printable)
      ending = .openFile(path)
    case .quit: ending = .quit
    case .redraw: mustRedraw = true
    case .suspend:
      terminal.suspend()
      return measured()
    case .chooseTheme(let name):
      return [
        .notice(
          themes.notice(choosing: name) { theme in
            terminal.theme = theme
            mustRedraw = true
          })
      ]
    case .chooseGraphics(let name): return choose(graphics: name)
    }
    return []
  }

  /// To open a picture takes longer than a frame.
  private func announce(_ name: String) {
    send(.notice(Notice("opening \(name) ...", isPassing: true)))
    draw()
  }

  private func choose(graphics name: String) -> [GalleryMessage] {
    guard let choice = GraphicsChoice(rawValue: name) else {
      return [.notice(Notice("'\(name)' is none of \(GraphicsChoice.names)", kind: .error))]
    }
    removePictures()
    let graphics = GraphicsProtocol(
      choice, on: output.capabilities, environment: environment)
    output = StripOutput(
      graphics: graphics, capabilities: output.capabilities, environment: environment)
    mustRedraw = true
    return [.graphicsChanged(graphics.rawValue)]
  }

  private func removePictures() {
    for (bytes, box) in output.removal() { terminal.place(picture: bytes, at: box) }
  }

  // MARK: Time

  private var patience: Duration? {
    let deadlines = [fineDeadline, keys.deadline(now: terminal.now)].compactMap { $0 }
    return deadlines.min().map { max(.zero, $0 - terminal.now) }
  }

  private func takeTimers() {
    if let key = keys.due(at: terminal.now) { press(.key(key)) }
    if let deadline = fineDeadline, deadline <= terminal.now {
      fineDeadline = nil
      draw(isFine: true)
    }
  }

  // MARK: Drawing

  private func draw(isFine: Bool = false) {
    guard ending == nil, let state = album.state else { return }
    var view = view(state)
    let thumbnails = worker.thumbnails
    output.draw(view.strips, thumbnails, into: &view.screen)
    terminal.draw(view.screen, force: mustRedraw)
    let look = StripOutput.Look(theme: terminal.theme, capabilities: output.capabilities)
    let drawn = output.bytes(
      for: view.strips, thumbnails, look: look, wasErased: mustRedraw, isFine: isFine)
    for (bytes, box) in drawn { terminal.place(picture: bytes, at: box) }
    if !drawn.isEmpty, !isFine {
      fineDeadline = output.isCoarse ? terminal.now + Self.leisure : nil
    }
    mustRedraw = false
  }
}
