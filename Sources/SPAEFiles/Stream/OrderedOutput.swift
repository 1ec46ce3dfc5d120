import Dispatch
package import SPAESystem
import Synchronization

/// Writes answers in the order of their questions, however they become ready.
///
/// An answer may come in parts. Those of the answer that is due are written at once; of all others
/// together at most `limit` bytes wait, and whoever has more waits too.
package final class OrderedOutput: Sendable {
  private struct Answer {
    var bytes: [UInt8] = []
    var isWhole = false
  }

  private struct State {
    var next = 0
    var early: [Int: Answer] = [:]
    /// The bytes of all early answers.
    var size = 0
    /// Signalled when another answer is due.
    var waiting: [DispatchSemaphore] = []
  }

  private let descriptor: Int32
  private let limit: Int
  private let state = Mutex(State())

  package init(descriptor: Int32, limit: Int = 64 << 20) {
    (self.descriptor, self.limit) = (descriptor, limit)
  }

  /// Takes the answer to question `index`, and writes what is now due; says how many became whole.
  ///
  /// It waits where the reader is slow, and with it everybody who has an answer.
  package func put(_ answer: [UInt8], for index: Int) throws(Failure) -> Int {
    try state.withLock { state throws(Failure) in
      try take(answer, for: index, isLast: true, &state)
    }
  }

  /// Takes a part of the answer to question `index`; `put` takes its last.
  ///
  /// The answer that is due is never kept waiting by others, so all of them come to their turn.
  package func append(_ part: [UInt8], to index: Int) throws(Failure) {
    while let turn = try turn(part, index) { turn.wait() }
  }

  /// Takes a part, or gives what to wait for before it is tried again.
  private func turn(_ part: [UInt8], _ index: Int) throws(Failure) -> DispatchSemaphore? {
    try state.withLock { state throws(Failure) in
      if index != state.next, state.size + part.count > limit {
        let turn = DispatchSemaphore(value: 0)
        state.waiting.append(turn)
        return turn
      }
      _ = try take(part, for: index, isLast: false, &state)
      return nil
    }
  }

  private func take(
    _ part: [UInt8], for index: Int, isLast: Bool, _ state: inout State
  ) throws(Failure) -> Int {
    state.early[index, default: Answer()].bytes += part
    state.early[index]?.isWhole = isLast
    state.size += part.count
    let first = state.next
    while let due = state.early.removeValue(forKey: state.next) {
      try AtomicFile.put(due.bytes, into: descriptor, named: "standard output")
      state.size -= due.bytes.count
      guard due.isWhole else { break }
      state.next += 1
      for turn in state.waiting { turn.signal() }
      state.waiting = []
    }
    return state.next - first
  }
}
