import Glibc
import SPAESystem

/// The files of a store: made private, measured, set aside.
enum StoreFile {
  /// The file and what SQLite keeps beside it.
  static let suffixes = ["", "-wal", "-shm", "-journal"]

  /// Makes the folders with mode 0700 and an empty file with mode 0600 where there is none.
  ///
  /// A file that exists is not opened: closing it would end SQLite's locks in this process.
  static func prepare(_ path: String) throws(HistoryError) {
    do throws(SystemError) { try FileSystem.makeFolder(folder(of: path), mode: 0o700) } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
    let descriptor = FileSystem.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    if descriptor >= 0 {
      close(descriptor)
      return try sync(folder(of: path))
    }
    guard errno == EEXIST, let status = FileSystem.status(of: path) else {
      throw .unwritable(path: path, reason: SystemError.lastReason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unwritable(path: path, reason: "it is no regular file")
    }
  }

  /// Makes the names in a folder survive a crash of the machine.
  private static func sync(_ folder: String) throws(HistoryError) {
    let descriptor = FileSystem.open(folder, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw .unwritable(path: folder, reason: SystemError.lastReason) }
    defer { close(descriptor) }
    _ = fsync(descriptor)
  }

  static func folder(of path: String) -> String { FileName.folder(of: path) }

  /// The size in bytes; 0 where there is no such file.
  static func size(_ path: String) -> Int {
    FileSystem.status(of: path).map { Int($0.st_size) } ?? 0
  }

  /// Renames the store to a name that nothing has, with what is beside it; gives that name.
  static func setAside(_ path: String) throws(HistoryError) -> String {
    var number = 1
    func name() -> String { "\(path).damaged-\(number)" }
    while suffixes.contains(where: { FileSystem.exists(name() + $0) }) { number += 1 }
    for suffix in suffixes.reversed() where FileSystem.exists(path + suffix) {
      do throws(SystemError) { try FileSystem.rename(path + suffix, to: name() + suffix) } catch {
        throw .unwritable(path: path, reason: "\(error)")
      }
    }
    try sync(folder(of: path))
    return name()
  }

  /// Whether the file was emptied beneath its log: SQLite would throw the log away.
  static func isEmptied(_ path: String) -> Bool { size(path) == 0 && size(path + "-wal") > 0 }

  /// All of a file that SQLite does not have open; nothing where it cannot be read.
  static func bytes(_ path: String) -> [UInt8] {
    let descriptor = FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    let wanted = size(path)
    return unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled...])
        let got = unsafe read(descriptor, rest.baseAddress, rest.count)
        if got <= 0 { break }
        filled += got
      }
    }
  }
}
