import Glibc
import Synchronization

/// Writes a whole file or nothing: to a temporary file, synced, then renamed.
package enum AtomicFile {
  /// Replaces what is at `path`; an old file's mode is kept. A link is followed and stays, were it
  /// one to a file that is yet to be made.
  package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let status = FileSystem.status(of: path)
    if let status, status.st_mode & S_IFMT != S_IFREG {
      return try writeThrough(bytes, to: path)
    }
    let mode = status.map { $0.st_mode & 0o7777 }
    try named(path) { () throws(SystemError) in
      let target = try FileSystem.destination(of: path)
      let temporary = try temporaryFile(bytes, beside: target, mode: mode)
      do throws(SystemError) { try FileSystem.rename(temporary, to: target) } catch {
        FileSystem.remove(temporary)
        throw error
      }
    }
  }

  /// Writes a file that is new, where links lead; false, with nothing done, where something is there.
  package static func create(_ bytes: [UInt8], at path: String) throws(Failure) -> Bool {
    try named(path) { () throws(SystemError) in
      let target = try FileSystem.destination(of: path)
      let temporary = try temporaryFile(bytes, beside: target, mode: nil)
      do throws(SystemError) { try FileSystem.renameAsNew(temporary, to: target) } catch {
        FileSystem.remove(temporary)
        guard error.code == EEXIST else { throw error }
        return false
      }
      return true
    }
  }

  /// Writes to a pipe or a device, which cannot be replaced.
  package static func writeThrough(_ bytes: [UInt8], to path: String) throws(Failure) {
    try named(path) { () throws(SystemError) in
      let descriptor = FileSystem.open(path, O_WRONLY)
      guard descriptor >= 0 else { throw .last }
      defer { close(descriptor) }
      try FileSystem.write(bytes, to: descriptor)
    }
  }

  package static func put(
    _ bytes: [UInt8], into descriptor: Int32, named path: String
  ) throws(Failure) {
    try named(path) { () throws(SystemError) in try FileSystem.write(bytes, to: descriptor) }
  }

  private static let counter = Atomic<Int>(0)

  /// Makes a file with the bytes in the folder of another, and gives its path.
  private static func temporaryFile(
    _ bytes: [UInt8], beside path: String, mode: mode_t?
  ) throws(SystemError) -> String {
    let number = counter.add(1, ordering: .relaxed).newValue
    let temporary = "\(FileName.folder(of: path))/.spae-\(getpid())-\(number).part"
    // What a killed program left, which had this process's number, is nobody's.
    FileSystem.remove(temporary)
    let descriptor = FileSystem.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
    guard descriptor >= 0 else { throw .last }
    do throws(SystemError) {
      defer { close(descriptor) }
      if let mode { _ = fchmod(descriptor, mode) }
      try FileSystem.write(bytes, to: descriptor)
      guard fsync(descriptor) == 0 else { throw .last }
    } catch {
      FileSystem.remove(temporary)
      throw error
    }
    return temporary
  }

  /// What a person can do about an error; empty where nothing is known.
  package static func remedy(for error: SystemError) -> String {
    if let remedy = error.remedyForSpace { return "; \(remedy)" }
    return error.code == ENOENT ? "; make its folder first" : ""
  }

  private static func named<Result>(
    _ path: String, _ body: () throws(SystemError) -> Result
  ) throws(Failure) -> Result {
    do throws(SystemError) { return try body() } catch {
      throw Failure("\(path): cannot be written: \(error)\(remedy(for: error))")
    }
  }
}
