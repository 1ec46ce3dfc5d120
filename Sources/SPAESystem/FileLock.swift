import Glibc

/// A lock on a file between the look at what it holds and its replacement by a renamed one.
///
/// It is on the file itself, so that nothing lies beside it, and ends with the process however that ends.
enum FileLock {
  /// Ten seconds, in steps of a millisecond.
  private static let attempts = 10_000

  /// Does something while no other process holds this lock on the file that `path` leads to.
  ///
  /// Where there is no such file, or it cannot be locked or is held for longer than ten seconds, nobody is
  /// waited for.
  static func holding<Result, Problem: Error>(
    _ path: String, _ body: () throws(Problem) -> Result
  ) throws(Problem) -> Result {
    let descriptor = locked(path)
    defer { if descriptor >= 0 { close(descriptor) } }
    return try body()
  }

  private static func locked(_ path: String) -> Int32 {
    for _ in 0..<attempts {
      let descriptor = FileSystem.open(path, O_RDONLY | O_NONBLOCK)
      guard descriptor >= 0 else { return -1 }
      let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
      guard isLocked || errno == EWOULDBLOCK || errno == EINTR else { return descriptor }
      // Who held it has put another file there.
      if isLocked, leads(path, to: descriptor) { return descriptor }
      close(descriptor)
      usleep(1000)
    }
    return -1
  }

  private static func leads(_ path: String, to descriptor: Int32) -> Bool {
    var held = stat()
    guard unsafe fstat(descriptor, &held) == 0, let named = FileSystem.status(of: path) else {
      return false
    }
    return held.st_ino == named.st_ino && held.st_dev == named.st_dev
  }
}
