import Dispatch
import Glibc
import Synchronization

/// Where indexing waits while a person does something: keys and pictures go first.
package final class IndexingGate: Sendable {
  private let resting: Duration
  private let state = Mutex((busyUntil: ContinuousClock.now, isClosed: false))

  /// `resting` is how long after the last key the work goes on.
  package init(resting: Duration = .milliseconds(400)) { self.resting = resting }

  /// A key was pressed, or a picture is being drawn.
  package func hold() { state.withLock { $0.busyUntil = .now + resting } }

  /// Lets everything through from now on, so that the work can end.
  package func open() { state.withLock { $0.isClosed = true } }

  /// Waits until nobody does anything.
  func wait() {
    while let rest = state.withLock({ $0.isClosed ? nil : $0.busyUntil - .now }), rest > .zero {
      let microseconds = rest / .microseconds(1)
      usleep(UInt32(min(max(1_000, microseconds), 100_000)))
    }
  }
}
