import CTerminalGuard
import Glibc

/// Signals as bytes in a pipe, so that one `poll` waits for everything; only one pipe is in use.
struct SignalPipe {
  /// How a program that asked to be stopped went on.
  enum Awakening {
    case continued, ended
    /// Nothing stopped it: no shell looks after this job.
    case neverSlept
  }

  /// Can be read when signals have arrived.
  let reading: Int32
  private let writing: Int32

  /// Makes the pipe, and catches the signals that end, stop, continue or resize, and SIGCHLD.
  init() throws(TerminalError) {
    var ends: (reading: Int32, writing: Int32) = (0, 0)
    guard unsafe spae_signals_pipe(&ends.reading, &ends.writing) == 0 else {
      throw .failed("making a pipe", status: errno)
    }
    (reading, writing) = ends
    guard spae_signals_watch(writing) == 0 else {
      throw .failed("catching signals", status: errno)
    }
  }

  /// Gives the signals back to whom they belonged.
  func close() {
    spae_signals_ignore()
    Glibc.close(reading)
    Glibc.close(writing)
  }

  /// The signals since the last look.
  func arrived() -> [Int32] {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(reading, &buffer, buffer.count)
    return buffer.prefix(max(0, count)).map { Int32($0) }
  }

  /// Waits for signals; false when none came within the time, in milliseconds, or ever for -1.
  func wait(milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&polled, 1, milliseconds) > 0
  }

  /// Puts signals back for the next look.
  func keep(_ signals: [Int32]) {
    let bytes = signals.map { UInt8($0) }
    _ = unsafe write(writing, bytes, bytes.count)
  }

  /// Whether a signal has arrived by which the program is to end.
  var isToEnd: Bool {
    guard wait(milliseconds: 0) else { return false }
    let arrived = arrived()
    keep(arrived)
    return arrived.contains { Self.ending.contains($0) }
  }

  private static let ending = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

  // MARK: Stopping

  /// Stops the program and the rest of its job, as Ctrl-Z does, until it is continued.
  ///
  /// The job: make, a pipeline or a script may stand between this program and the shell.
  func stopJob(by signal: Int32) -> Awakening {
    let before = SignalAction.setDefault(signal)
    defer { before.restore() }
    kill(0, signal)
    return awaken()
  }

  /// Waits until a stopped program is continued.
  ///
  /// A stop may reach another thread first, a moment after it was asked for; it never comes to a
  /// job that no shell looks after, so that the wait is short.
  private func awaken() -> Awakening {
    let deadline = ContinuousClock.now + .milliseconds(200)
    while true {
      let isLast = ContinuousClock.now >= deadline
      if wait(milliseconds: isLast ? 0 : 50) {
        let arrived = arrived()
        let ending = arrived.filter { Self.ending.contains($0) }
        keep(ending)
        if !ending.isEmpty { return .ended }
        if arrived.contains(SIGCONT) { return .continued }
      }
      if isLast { return .neverSlept }
    }
  }
}

/// What a signal did before it got its default action.
struct SignalAction {
  private let signal: Int32
  private let before: sigaction

  /// Gives a signal its default action.
  static func setDefault(_ signal: Int32) -> SignalAction {
    var action = sigaction()
    var before = sigaction()
    unsafe sigaction(signal, &action, &before)  // a zero is the default action
    return SignalAction(signal: signal, before: before)
  }

  func restore() {
    var action = before
    unsafe sigaction(signal, &action, nil)
  }
}
