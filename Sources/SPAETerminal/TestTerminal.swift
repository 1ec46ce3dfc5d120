import Glibc
package import SPAEGraphics
package import SPAEScreen
package import SPAESystem

/// A terminal without a device: it plays a script of events and keeps what is drawn.
///
/// Its clock stands still while anything is done, and jumps where the explorer waits: two seconds of
/// blinking take no time. At the end of the script comes SIGTERM.
package final class TestTerminal: TerminalBackend {
  package enum Step {
    case event(TerminalEvent)
    case resize(rows: Int, columns: Int)
    /// Time passes, and with it whatever the explorer waits for.
    case pause(Duration)
    /// The program stands still for so long.
    case stall(Duration)
    /// Looks at what is shown now.
    case look(() -> Void)
  }

  /// A picture that was placed over the characters.
  package struct Placement: Hashable {
    package let bytes: [UInt8]
    package let box: Box
  }

  package var theme = Theme.dark
  package var size: (rows: Int, columns: Int)
  package private(set) var now = ContinuousClock.now

  /// What the terminal shows; nil before the first drawing.
  package private(set) var screen: Screen?
  /// How often all of the screen was sent again.
  package private(set) var forcedDrawings = 0
  package private(set) var placements: [Placement] = []
  package private(set) var suspensions = 0
  /// What happens while the program is stopped.
  package var whileStopped: () -> Void = {}
  /// Hears of each picture that is placed, when it is.
  package var hearPlacement: () -> Void = {}
  /// A character's size in pixels, as the window would tell it.
  package var cell = (width: 10, height: 20)

  /// Waits until nothing more is done in the background: the clock jumps only then.
  package var settle: () -> Void = {}
  /// Stands for the program that the terminal is lent to.
  package var program: (ForegroundProgram) throws(Failure) -> ForegroundProgram.Ending = {
    program throws(Failure) in throw Failure("no program runs here: \(program.argument)")
  }

  private var steps: [Step] = []
  private var pauseEnd: ContinuousClock.Instant?

  package init(rows: Int, columns: Int) { size = (rows, columns) }

  /// Adds to the script.
  package func play(_ steps: [Step]) { self.steps += steps }

  /// Adds keys, as vim writes them, to the script.
  package func press(_ keys: String) throws(KeyNotationError) {
    steps += try Key.keys(from: keys).map { .event(.key($0)) }
  }

  package func draw(_ screen: Screen, force: Bool) {
    self.screen = screen
    forcedDrawings += force ? 1 : 0
  }

  package func place(picture bytes: [UInt8], at box: Box) {
    placements.append(Placement(bytes: bytes, box: box))
    hearPlacement()
  }

  package func events(timeout: Duration?, watching: Int32?) -> [TerminalEvent] {
    settle()
    if let watching, Self.isReadable(watching) { return [.readable] }
    let end = timeout.map { now + $0 }
    while let step = steps.first {
      switch step {
      case .pause(let duration):
        let due = pauseEnd ?? now + duration
        pauseEnd = due
        if let end, end < due {
          now = end
          return []
        }
        (now, pauseEnd) = (due, nil)
        steps.removeFirst()
      case .stall(let duration):
        steps.removeFirst()
        now += duration
        return []
      case .look(let look):
        steps.removeFirst()
        look()
      case .resize(let rows, let columns):
        steps.removeFirst()
        size = (rows, columns)
        return [.resized]
      case .event(let event):
        steps.removeFirst()
        return [event]
      }
    }
    return [.terminate(SIGTERM)]
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&polled, 1, 0) > 0
  }

  package func suspend() {
    suspensions += 1
    whileStopped()
  }

  package func lend(to program: ForegroundProgram) throws(Failure) -> ForegroundProgram.Ending {
    try self.program(program)
  }

  package func measure(_ capabilities: inout TerminalCapabilities) {
    capabilities.useWindow(
      columns: size.columns, rows: size.rows, width: size.columns * cell.width,
      height: size.rows * cell.height)
  }
}
