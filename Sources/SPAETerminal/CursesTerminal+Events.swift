import Glibc
import SPAEScreen
package import SPAESystem

extension CursesTerminal {
  /// How long Escape waits for the rest of a sequence, in milliseconds.
  private static let escapeDelay: Int32 = 25

  /// Waits for something to happen, and tells what; nothing when the time has passed.
  ///
  /// Without a `timeout` it waits as long as it takes. A `watching` descriptor is only watched: the
  /// caller reads it.
  package func events(timeout: Duration?, watching watched: Int32?) -> [TerminalEvent] {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      let left = deadline.map { max(0, Int32(($0 - .now) / Duration.milliseconds(1)) + 1) } ?? -1
      let isLast = deadline.map { $0 <= .now } ?? false
      let events = happened(within: isLast ? 0 : left, watched)
      if isLast || !events.isEmpty { return events }
    }
  }

  private func happened(within wait: Int32, _ watched: Int32?) -> [TerminalEvent] {
    let isPending = decoder.isPending
    let wait = isPending ? (wait < 0 ? Self.escapeDelay : min(wait, Self.escapeDelay)) : wait
    var polled = [descriptor, signals.reading, watched ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let ready = unsafe poll(&polled, nfds_t(polled.count), wait)
    if ready == 0, isPending { return decoder.flush().map { .key($0) } }
    guard ready > 0 else { return [] }
    var events: [TerminalEvent] = []
    if polled[1].revents != 0 { events += signalled() }
    if polled[0].revents != 0 { events += typed() }
    if polled[2].revents != 0 { events.append(.readable) }
    return events
  }

  private func typed() -> [TerminalEvent] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return [] }
    guard count > 0 else { return [.terminate(SIGHUP)] }
    return decoder.keys(in: buffer[..<count]).map { .key($0) }
  }

  private func signalled() -> [TerminalEvent] {
    var events: [TerminalEvent] = []
    for signal in signals.arrived() {
      guard let event = event(for: signal), !events.contains(event) else { continue }
      events.append(event)
    }
    return events
  }

  private func event(for signal: Int32) -> TerminalEvent? {
    switch signal {
    case SIGWINCH:
      measure()
      return .resized
    case SIGTSTP:
      suspend()
      return .continued
    case SIGCONT:
      // Stopped by SIGSTOP, which nobody can catch: the shell has used the terminal since.
      resume()
      return .continued
    case SIGCHLD: return nil
    default: return .terminate(signal)
    }
  }
}

// MARK: Stopping

extension CursesTerminal {
  /// Stops the program and the rest of its job, as Ctrl-Z does, until it is continued.
  ///
  /// Afterwards all has to be drawn. If the program is to end, the terminal stays with the shell:
  /// drawing does nothing, and `events` tells.
  package func suspend() {
    exit()
    if signals.stopJob(by: SIGTSTP) != .ended { resume() }
  }

  /// Takes the terminal again once the job has it: continued in the background, it stops again.
  private func resume() {
    while !Self.isForeground(descriptor) {
      exit()
      if signals.isToEnd { return }
      switch signals.stopJob(by: SIGTTIN) {
      case .continued: continue
      case .ended: return
      case .neverSlept: return enter()
      }
    }
    enter()
  }

  // MARK: Lending

  /// What programs set that are killed before they can set it back: reports of the mouse, of the
  /// focus and of pasted text, other codes for keys, margins, modes of lines, attributes.
  private static let plainModes = Array(
    ("\u{1B}[?1000;1002;1003;1004;1005;1006;1015;2004l\u{1B}[>4m\u{1B}[<9u"
      + "\u{1B}[r\u{1B}[?6l\u{1B}[?7h\u{1B}[4l\u{1B}[?1l\u{1B}>\u{1B}[m").utf8)

  /// Gives the terminal to a program until that ends. Afterwards all has to be drawn.
  package func lend(to program: ForegroundProgram) throws(Failure) -> ForegroundProgram.Ending {
    exit()
    defer {
      reclaim()
      resume()
    }
    let ending = try program.run(onScreen: signals)
    if ending != .exited(status: 0), Self.isForeground(descriptor) { send(Self.plainModes) }
    return ending
  }

  /// Takes the terminal from a group of processes that is gone: a program may have made one for
  /// itself, as shells do, and been killed.
  private func reclaim() {
    let owner = tcgetpgrp(descriptor)
    guard owner > 0, owner != getpgrp(), kill(-owner, 0) != 0, errno == ESRCH else { return }
    let blocked = SignalBlock(SIGTTOU)
    tcsetpgrp(descriptor, getpgrp())
    blocked.end()
  }
}

/// A signal that is held back from this thread for a while.
private struct SignalBlock {
  private var before = sigset_t()

  init(_ signal: Int32) {
    var blocked = sigset_t()
    unsafe sigemptyset(&blocked)
    unsafe sigaddset(&blocked, signal)
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
  }

  func end() {
    var before = before
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }
}
