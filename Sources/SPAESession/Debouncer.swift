package import Dispatch
import Synchronization

/// Does the newest of what it is asked for, once nothing else was asked for a while.
package final class Debouncer<Request: Sendable>: Sendable {
  private struct State {
    var newest: Request?
    /// How many requests there were.
    var number = 0
  }

  private let rest: DispatchTimeInterval
  private let perform: @Sendable (Request) -> Void
  private let queue: DispatchQueue
  private let state = Mutex(State())

  package init(
    label: String, rest: DispatchTimeInterval, perform: @escaping @Sendable (Request) -> Void
  ) {
    (self.rest, self.perform) = (rest, perform)
    queue = DispatchQueue(label: label, qos: .utility)
  }

  /// Asks for something; what was asked for before and is not begun yet is forgotten.
  package func request(_ request: Request) {
    let number = state.withLock { state in
      state.newest = request
      state.number += 1
      return state.number
    }
    queue.asyncAfter(deadline: .now() + rest) { [self] in
      if state.withLock({ $0.number == number }) { work() }
    }
  }

  /// Does at once what is left to do, and waits for it.
  package func finish() { queue.sync { work() } }

  private func work() {
    while let request = next() { perform(request) }
  }

  private func next() -> Request? {
    state.withLock { state in
      defer { state.newest = nil }
      return state.newest
    }
  }
}
