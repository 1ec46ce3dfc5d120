import SPAESystem
import Synchronization

/// Writes answers in the order of their questions, however they become ready.
final class OrderedOutput: Sendable {
  private struct State {
    var next = 0
    var early: [Int: [UInt8]] = [:]
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Takes the answer to question `index`, and writes what is now due; says how many that were.
  ///
  /// It waits where the reader is slow, and with it everybody who has an answer.
  func put(_ answer: [UInt8], for index: Int) throws(Failure) -> Int {
    try state.withLock { state throws(Failure) in
      state.early[index] = answer
      let first = state.next
      while let due = state.early.removeValue(forKey: state.next) {
        try AtomicFile.put(due, into: descriptor, named: "standard output")
        state.next += 1
      }
      return state.next - first
    }
  }
}
