import Glibc

/// Writes a whole file or nothing: to a temporary file, synced, then renamed over the old one.
package enum AtomicFile {
  /// Replaces what is at `path`; an old file's mode is kept, and a link is followed.
  package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let target =
      unsafe realpath(path, nil).map { resolved in
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
      } ?? path
    var status = stat()
    let exists = unsafe stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG { return try writeThrough(bytes, to: target) }
    let temporary = target + ".\(getpid()).part"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(Failure) {
      if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
      try put(bytes, into: descriptor, named: path)
      guard fsync(descriptor) == 0, close(descriptor) == 0, unsafe rename(temporary, target) == 0
      else {
        throw failure(path)
      }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }

  /// A pipe or a device cannot be replaced.
  private static func writeThrough(_ bytes: [UInt8], to path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try put(bytes, into: descriptor, named: path)
  }

  package static func put(
    _ bytes: [UInt8], into descriptor: Int32, named path: String
  ) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      rest = rest.dropFirst(count)
    }
  }

  private static func failure(_ path: String) -> Failure {
    Failure("\(path): cannot be written: \(unsafe String(cString: strerror(errno)))")
  }
}
