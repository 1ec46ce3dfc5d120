import CTerminalGuard
import Glibc
import SPAESystem
import Synchronization

/// Messages from other threads, and a pipe that wakes the loop which waits for them.
final class Mailbox<Message: Sendable>: Sendable {
  private let messages = Mutex<[Message]>([])
  /// Can be read when there are messages.
  let reading: Int32
  private let writing: Int32

  init() throws(Failure) {
    var ends: (reading: Int32, writing: Int32) = (0, 0)
    guard unsafe spae_signals_pipe(&ends.reading, &ends.writing) == 0 else {
      throw Failure("no pipe could be made: \(SystemError.lastReason)")
    }
    (reading, writing) = ends
  }

  deinit {
    close(reading)
    close(writing)
  }

  func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    wake()
  }

  /// Wakes the loop without a message.
  func wake() {
    let byte: [UInt8] = [0]
    _ = unsafe write(writing, byte, 1)  // a full pipe wakes as well
  }

  /// Takes all messages; the pipe is then empty.
  func take() -> [Message] {
    var bytes = [UInt8](repeating: 0, count: 512)
    while unsafe read(reading, &bytes, bytes.count) > 0 {}
    return messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
