import Synchronization

extension Context {
  /// Runs two pieces of work that need nothing of each other.
  ///
  /// Of two threads each takes one: its planes stay in its own caches, and it waits for the other
  /// only at the end. More threads share every layer of the first, and then of the second.
  func pair<First: Sendable, Second: Sendable>(
    _ first: @Sendable (Context) -> First, _ second: @Sendable (Context) -> Second
  ) -> (First, Second) {
    let alone = onOneThread
    let one = Mutex<First?>(nil)
    let other = Mutex<Second?>(nil)
    let isShared = parallel.runPair { isFirst in
      if isFirst {
        let found = first(alone)
        one.withLock { $0 = found }
      } else {
        let found = second(alone)
        other.withLock { $0 = found }
      }
    }
    if isShared, let one = one.withLock({ $0 }), let other = other.withLock({ $0 }) {
      return (one, other)
    }
    return (first(self), second(self))
  }
}
