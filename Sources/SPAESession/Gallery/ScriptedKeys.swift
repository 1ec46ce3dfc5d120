import SPAEScreen
import SPAETerminal

/// Keys of a script that are pressed one after the other, at a person's pace, on whatever is open.
package final class ScriptedKeys {
  private var steps: [KeyScript.Step]
  private var due: ContinuousClock.Instant?
  /// What came together with the key that ended the last loop: it is for what comes next.
  private var ahead: [TerminalEvent] = []

  package init(_ script: KeyScript) { steps = script.steps }

  /// Waits for events, but for those that came before.
  func events(
    of terminal: any TerminalBackend, timeout: Duration?, watching: Int32
  ) -> [TerminalEvent] {
    guard ahead.isEmpty else {
      defer { ahead = [] }
      return ahead
    }
    return terminal.events(timeout: timeout, watching: watching)
  }

  /// Gives events to a loop until it has ended.
  func deliver(
    _ events: [TerminalEvent], until hasEnded: () -> Bool, to take: (TerminalEvent) -> Void
  ) {
    for (place, event) in events.enumerated() {
      if hasEnded() {
        ahead += events[place...]
        return
      }
      take(event)
    }
  }

  /// When the next step is due; its time begins when this is asked first.
  func deadline(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    guard let step = steps.first else { return nil }
    due = due ?? now + step.duration
    return due
  }

  /// The key that is due, if one is.
  func due(at now: ContinuousClock.Instant) -> Key? {
    guard let deadline = due, deadline <= now, !steps.isEmpty else { return nil }
    due = nil
    guard case .key(let key) = steps.removeFirst() else { return nil }
    return key
  }
}
