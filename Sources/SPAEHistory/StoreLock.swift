import Glibc
import SPAESystem
import Synchronization

/// Who uses a store: a file beside it with a lock for opening and one for being open.
///
/// The locks belong to the open file, not the process, and end with it however it ends.
final class StoreLock: Sendable {
  private enum Byte: off_t { case opening, open }

  // Open file description locks: Glibc's names for them are not imported.
  private static let setLock: Int32 = 37

  private let descriptor: Int32
  private let path: String

  /// Waits until nobody else opens the store, then counts as one of its users.
  init(beside path: String) throws(HistoryError) {
    self.path = path
    descriptor = FileSystem.open(path + "-lock", O_RDWR | O_CREAT, mode: 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: SystemError.lastReason) }
    do throws(HistoryError) {
      try wait(for: .opening, F_WRLCK)
      try wait(for: .open, F_RDLCK)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Lets the next process open the store.
  func finishOpening() throws(HistoryError) { _ = try set(.opening, F_UNLCK) }

  /// Does something while no other process has the store open or can open it.
  func alone<Result>(
    _ body: () throws(HistoryError) -> Result
  ) throws(HistoryError) -> Result {
    guard try set(.open, F_WRLCK) else { throw .inUse(path: path) }
    defer { _ = try? set(.open, F_RDLCK) }
    return try body()
  }

  /// Sets or frees a lock; false where another holds it.
  private func set(_ byte: Byte, _ kind: Int32) throws(HistoryError) -> Bool {
    var request = flock()
    request.l_type = Int16(kind)
    request.l_whence = Int16(SEEK_SET)
    request.l_start = byte.rawValue
    request.l_len = 1
    if unsafe fcntl(descriptor, Self.setLock, &request) == 0 { return true }
    if errno == EAGAIN || errno == EACCES { return false }
    throw .unwritable(path: path, reason: SystemError.lastReason)
  }

  private func wait(for byte: Byte, _ kind: Int32) throws(HistoryError) {
    for attempt in 0..<Waiting.attempts {
      if try set(byte, kind) { return }
      Waiting.pause(attempt)
    }
    throw .busy(path: path)
  }
}

/// How long anybody waits for another process: ten seconds, in steps of a millisecond.
enum Waiting {
  static let attempts = 10_000
  private static let microseconds: UInt32 = 1000
  /// So soon is told that somebody waits.
  private static let patience = 300

  fileprivate static let tell = Mutex<(@Sendable () -> Void)?>(nil)

  /// Rests between two attempts.
  static func pause(_ attempt: Int) {
    if attempt == patience { tell.withLock { $0 }?() }
    usleep(microseconds)
  }
}

extension HistoryStore {
  /// Calls that when another process is waited for; nil tells nobody any more.
  package static func whenWaiting(_ tell: (@Sendable () -> Void)?) {
    Waiting.tell.withLock { $0 = tell }
  }
}
