import Glibc
import SPAEScreen

extension CursesTerminal {
  /// How long Escape waits for the rest of a sequence, in milliseconds.
  private static let escapeDelay: Int32 = 25

  /// Waits for something to happen, and tells what; nothing when the time has passed.
  ///
  /// Without a `timeout` it waits as long as it takes. A `watching` descriptor is only watched: the
  /// caller reads it.
  package func events(timeout: Duration? = nil, watching watched: Int32? = nil) -> [TerminalEvent] {
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
    for signal in arrivedSignals() {
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
    default: return .terminate(signal)
    }
  }

  private func arrivedSignals() -> [Int32] {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(signals.reading, &buffer, buffer.count)
    return buffer.prefix(max(0, count)).map { Int32($0) }
  }

}

// MARK: Stopping

extension CursesTerminal {
  private enum Awakening {
    case continued, ended
    /// Nothing stopped it: no shell looks after this job.
    case neverSlept
  }

  /// Stops the program and the rest of its job, as Ctrl-Z does, until it is continued.
  ///
  /// Afterwards all has to be drawn. If the program is to end, the terminal stays with the shell:
  /// drawing does nothing, and `events` tells.
  package func suspend() {
    exit()
    if stop(by: SIGTSTP) != .ended { resume() }
  }

  /// Takes the terminal again once the job has it: continued in the background, it stops again.
  private func resume() {
    while !Self.isForeground(descriptor) {
      exit()
      switch stop(by: SIGTTIN) {
      case .continued: continue
      case .ended: return
      case .neverSlept: return enter()
      }
    }
    enter()
  }

  private func stop(by signal: Int32) -> Awakening {
    var action = sigaction()
    var before = sigaction()
    unsafe sigaction(signal, &action, &before)  // a zero is the default action
    defer { unsafe sigaction(signal, &before, nil) }
    // The job: make, a pipeline or a script may stand between this program and the shell.
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
      var polled = pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&polled, 1, isLast ? 0 : 50) > 0 {
        let arrived = arrivedSignals()
        let ending = arrived.filter { ![SIGCONT, SIGTSTP, SIGWINCH].contains($0) }
        keepForLater(ending)
        if !ending.isEmpty { return .ended }
        if arrived.contains(SIGCONT) { return .continued }
      }
      if isLast { return .neverSlept }
    }
  }

  private func keepForLater(_ arrived: [Int32]) {
    let bytes = arrived.map { UInt8($0) }
    _ = unsafe write(signals.writing, bytes, bytes.count)
  }
}
