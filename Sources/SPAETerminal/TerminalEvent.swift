package import SPAEScreen

/// What a terminal or the system has to say.
package enum TerminalEvent: Hashable {
  case key(Key)
  /// The terminal has another size: ask for it, and draw all.
  case resized
  /// The watched descriptor has something to read, or was closed.
  case readable
  /// The program is to end by this signal; SIGHUP also stands for a terminal that is gone.
  case terminate(Int32)
  /// The program was stopped and goes on: draw all.
  case continued
}

/// Why the terminal cannot be used.
package enum TerminalError: Error, Hashable, CustomStringConvertible {
  case noTerminal
  case unknownTerminal(String)
  /// One that writes line after line, and cannot place a character.
  case withoutCursor(String)
  case failed(String, status: Int32)

  package var description: String {
    switch self {
    case .noTerminal: "there is no terminal here; --plain works without one"
    case .unknownTerminal(let name):
      "the terminal '\(name)' is not known; set TERM to one that is, such as xterm-256color"
    case .withoutCursor(let name):
      "the terminal '\(name)' writes line after line; --plain works there"
    case .failed(let what, let status): "\(what) failed with error \(status)"
    }
  }
}
