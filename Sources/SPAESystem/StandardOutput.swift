import Glibc
import Synchronization

/// Standard output: bytes wait until they are many, or a line has ended on a terminal.
///
/// Where they cannot be written, the first reason is kept, and whatever follows is dropped:
/// `finish` throws it at the end of the command.
package enum StandardOutput {
  private struct State {
    var waiting: [UInt8] = []
    var failure: SystemError?
  }

  private static let state = Mutex(State())
  private static let isTerminal = isatty(STDOUT_FILENO) == 1
  private static let room = 1 << 16

  /// Writes bytes as they are: pictures, JSON and escapes of our own.
  package static func write(_ bytes: some Sequence<UInt8>) {
    state.withLock { state in
      state.waiting += bytes
      let isDue = isTerminal && state.waiting.last == UInt8(ascii: "\n")
      if isDue || state.waiting.count > room { flush(&state) }
    }
  }

  /// Hands over what waits.
  package static func flush() { state.withLock { flush(&$0) } }

  /// Hands over what waits, and throws what went wrong with it or before.
  package static func finish() throws(SystemError) {
    let failure = state.withLock { state in
      flush(&state)
      return state.failure
    }
    if let failure { throw failure }
  }

  private static func flush(_ state: inout State) {
    defer { state.waiting.removeAll(keepingCapacity: true) }
    guard state.failure == nil, !state.waiting.isEmpty else { return }
    do throws(SystemError) {
      try FileSystem.write(state.waiting, to: STDOUT_FILENO)
    } catch {
      state.failure = error
    }
  }
}
