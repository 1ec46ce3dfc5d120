import SPAEScreen

/// Keys of a script that are pressed one after the other, at a person's pace, on whatever is open.
package final class ScriptedKeys {
  private var steps: [KeyScript.Step]
  private var due: ContinuousClock.Instant?

  package init(_ script: KeyScript) { steps = script.steps }

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
