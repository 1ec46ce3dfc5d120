import Glibc
package import SPAEGraphics

/// Asks the terminal what it can do, and how large it is.
package enum TerminalProbe {
  /// How long a terminal may take to answer.
  private static let patience = Duration.seconds(1)

  /// Columns and rows of the terminal on standard output; `columns` x 24 when it does not tell.
  package static func size(else columns: Int = 80) -> (columns: Int, rows: Int) {
    guard let window = window(), window.ws_col > 0 else { return (columns, 24) }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  private static func window() -> winsize? {
    var window = winsize()
    return unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 ? window : nil
  }

  /// What the terminal can do: it is asked, unless the environment says that it understands nothing.
  package static func capabilities(environment: [String: String]) -> TerminalCapabilities {
    guard environment["TERM"] != "dumb" else { return TerminalCapabilities() }
    let answers = answers(to: TerminalCapabilities.probe(environment: environment))
    var capabilities = TerminalCapabilities(answers: answers, environment: environment)
    measure(&capabilities)
    return capabilities
  }

  /// Takes the size of a character from the window as it is now.
  package static func measure(_ capabilities: inout TerminalCapabilities) {
    guard let window = window() else { return }
    capabilities.useWindow(
      columns: Int(window.ws_col), rows: Int(window.ws_row), width: Int(window.ws_xpixel),
      height: Int(window.ws_ypixel))
  }

  /// Sends the question and reads until the fence is answered or patience ends.
  private static func answers(to question: String) -> [UInt8] {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return [] }
    defer { close(terminal) }
    // A job in the background would be stopped by touching the terminal.
    guard tcgetpgrp(terminal) == getpgrp() else { return [] }
    var saved = termios()
    guard unsafe tcgetattr(terminal, &saved) == 0 else { return [] }
    var quiet = saved
    quiet.c_lflag &= ~tcflag_t(ICANON | ECHO)  // signals stay on: Ctrl-C still ends the program
    guard unsafe tcsetattr(terminal, TCSANOW, &quiet) == 0 else { return [] }
    defer { unsafe tcsetattr(terminal, TCSAFLUSH, &saved) }
    let question = Array(question.utf8)
    guard unsafe write(terminal, question, question.count) == question.count else { return [] }
    return self.answers(from: terminal)
  }

  private static func answers(from terminal: Int32) -> [UInt8] {
    let deadline = ContinuousClock.now + patience
    var answers: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 512)
    while !TerminalCapabilities.isComplete(answers), answers.count < 4096 {
      let left = (deadline - ContinuousClock.now) / Duration.milliseconds(1)
      guard left > 0 else { break }
      var poll = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      let ready = unsafe Glibc.poll(&poll, 1, Int32(left) + 1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      let count = unsafe read(terminal, &buffer, buffer.count)
      guard count > 0 else { break }
      answers += buffer[..<count]
    }
    return answers
  }
}
