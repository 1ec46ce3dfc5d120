package import SPAEGraphics
package import SPAEScreen
package import SPAESystem

/// A terminal that the explorer runs on: it shows screens and pictures, and tells what happens.
///
/// `CursesTerminal` is the real one; `TestTerminal` plays a script by a clock of its own.
package protocol TerminalBackend: AnyObject {
  /// How characters look; another theme takes effect with the next drawing.
  var theme: Theme { get set }

  /// Rows and columns, as of the last `resized`.
  var size: (rows: Int, columns: Int) { get }

  /// The time by which `events` waits.
  var now: ContinuousClock.Instant { get }

  /// Shows a screen; with `force` all of it is sent again.
  func draw(_ screen: Screen, force: Bool)

  /// Draws a picture over a box, by bytes that begin where the cursor is.
  func place(picture bytes: [UInt8], at box: Box)

  /// Waits for something to happen, for no longer than `timeout`; a `watching` descriptor that can
  /// be read is an event too.
  func events(timeout: Duration?, watching: Int32?) -> [TerminalEvent]

  /// Stops the program until it is continued; afterwards all has to be drawn.
  func suspend()

  /// Gives the terminal to a program until that ends; afterwards all has to be drawn.
  func lend(to program: ForegroundProgram) throws(Failure) -> ForegroundProgram.Ending

  /// Takes the size of a character from the window as it is now.
  func measure(_ capabilities: inout TerminalCapabilities)
}

extension CursesTerminal: TerminalBackend {
  package var now: ContinuousClock.Instant { .now }

  package func measure(_ capabilities: inout TerminalCapabilities) {
    TerminalProbe.measure(&capabilities)
  }
}
