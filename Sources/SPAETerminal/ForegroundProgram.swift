import Foundation
package import SPAESystem

/// A program that has the terminal until it ends: a person's editor.
///
/// It runs in this program's own process group, so that Ctrl-Z and `fg` work on both at once, as
/// they do for git and its editor. One that stops alone takes this program along.
package struct ForegroundProgram {
  package enum Ending: Equatable {
    case exited(status: Int32)
    case killed(signal: Int32)
    /// This program has to end, and the other one did not.
    case abandoned
  }

  /// A line for the shell; "$1" in it is the argument.
  package let line: String
  package let argument: String

  package init(line: String, argument: String) { (self.line, self.argument) = (line, argument) }

  /// How long a program may take to end when this one has to, before it is asked and after.
  private static let grace = (unasked: Duration.seconds(1), asked: Duration.seconds(2))

  /// Runs the program on the standard streams; those that are no terminal give it nothing to read.
  ///
  /// `ended` gets the signals by which this program is to end: its caller raises them again, once it
  /// has said what became of the person's text.
  package func run(ended: inout [Int32]) throws(Failure) -> Ending {
    let signals: SignalPipe
    do { signals = try SignalPipe() } catch { throw Failure("\(error)") }
    defer {
      ended += signals.arrived().filter(Self.isEnding)
      signals.close()
    }
    return try run(signals, errors: STDERR_FILENO)
  }

  /// Runs the program where curses had the terminal, and standard error is a file.
  func run(onScreen signals: SignalPipe) throws(Failure) -> Ending {
    try run(signals, errors: STDOUT_FILENO)
  }

  private func run(_ signals: SignalPipe, errors: Int32) throws(Failure) -> Ending {
    let settings = TerminalSettings()
    // The program that stops sends the signal to the whole group: this one is to stop with it.
    let action = SignalAction.setDefault(SIGTSTP)
    defer { action.restore() }
    let wait = ChildWait(child: try spawn(errors: errors), signals: signals, grace: Self.grace)
    let ending = try wait.ending()
    if ending != .exited(status: 0) { settings?.restore() }
    return ending
  }

  static func isEnding(_ signal: Int32) -> Bool { signal == SIGTERM || signal == SIGHUP }

  // MARK: Starting

  private func spawn(errors: Int32) throws(Failure) -> pid_t {
    do throws(SystemError) {
      return try unsafe ProcessSpawn.start(
        "/bin/sh", arguments: ["sh", "-c", line, "sh", argument]
      ) {
        unsafe Self.setStreams($0, errors: errors)
        unsafe Self.setSignals($1)
      }
    } catch { throw Failure("/bin/sh cannot be run: \(error)") }
  }

  /// What is no terminal is not the program's: lines of a script are not keys for an editor, and
  /// what an editor draws is no part of what this program writes.
  private static func setStreams(
    _ actions: ProcessSpawn.Actions, errors: Int32
  ) {
    if isatty(STDIN_FILENO) == 0 {
      unsafe posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if isatty(STDOUT_FILENO) == 0 {
      unsafe posix_spawn_file_actions_adddup2(actions, STDERR_FILENO, STDOUT_FILENO)
    }
    unsafe posix_spawn_file_actions_adddup2(actions, errors, STDERR_FILENO)
  }

  private static func setSignals(_ attributes: ProcessSpawn.Attributes) {
    var none = sigset_t()
    var all = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(attributes, &none)
    unsafe posix_spawnattr_setsigdefault(attributes, &all)
    unsafe posix_spawnattr_setflags(
      attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }
}

/// Waits for a child, and stops and continues with it.
private struct ChildWait {
  let child: pid_t
  let signals: SignalPipe
  let grace: (unasked: Duration, asked: Duration)

  func ending() throws(Failure) -> ForegroundProgram.Ending {
    var kept: [Int32] = []
    defer { signals.keep(kept) }
    var (deadline, isAsked): (ContinuousClock.Instant?, Bool) = (nil, false)
    while true {
      if let ending = try state() { return ending }
      let arrived = arrived(until: deadline)
      kept += arrived.filter { $0 == SIGWINCH || ForegroundProgram.isEnding($0) }
      if deadline == nil, arrived.contains(where: ForegroundProgram.isEnding) {
        deadline = .now + grace.unasked
      }
      guard let passed = deadline, passed <= .now else { continue }
      if isAsked { return .abandoned }
      // What ends a terminal has told the child already; a plain kill of this program has not.
      for signal in [SIGTERM, SIGCONT] { kill(child, signal) }
      (deadline, isAsked) = (.now + grace.asked, true)
    }
  }

  private func arrived(until deadline: ContinuousClock.Instant?) -> [Int32] {
    let left = deadline.map { max(0, Int32(($0 - .now) / Duration.milliseconds(1)) + 1) } ?? -1
    return signals.wait(milliseconds: left) ? signals.arrived() : []
  }

  /// How the child ended; nil while it runs. A stopped one is continued when this program is.
  private func state() throws(Failure) -> ForegroundProgram.Ending? {
    var status: Int32 = 0
    let changed = unsafe waitpid(child, &status, WNOHANG | WUNTRACED)
    if changed == 0 || (changed < 0 && errno == EINTR) { return nil }
    guard changed == child else {
      throw Failure(
        "the end of the editor cannot be seen: \(SystemError.lastReason)")
    }
    if status & 0xFF == 0x7F {
      stopAlong()
      return try state()  // it may have ended while signals were taken from the pipe
    }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status: status >> 8 & 0xFF) : .killed(signal: signal)
  }

  /// Stops this program too, unless the child's stop was the whole job's, which goes on by now.
  private func stopAlong() {
    var hasContinued = false
    if signals.wait(milliseconds: 50) {
      let arrived = signals.arrived()
      hasContinued = arrived.contains(SIGCONT)
      signals.keep(arrived.filter { $0 != SIGCONT && $0 != SIGCHLD })
    }
    if !hasContinued { _ = signals.stopJob(by: SIGTSTP) }
    kill(child, SIGCONT)
  }
}

/// How the terminal on standard input is set.
private struct TerminalSettings {
  private var settings = termios()

  /// nil where there is no terminal.
  init?() {
    guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
  }

  /// Sets the terminal so again, unless the shell has it by now.
  func restore() {
    guard tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
    var settings = settings
    unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }
}
