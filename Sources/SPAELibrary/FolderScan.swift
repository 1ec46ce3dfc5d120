import Foundation
import Glibc
import SPAEPixels
import SPAESystem

/// The pictures and pyramids in a folder and the folders within, without hidden ones.
///
/// Links are followed, each folder is entered once.
struct FolderScan {
  struct File: Hashable {
    let path: String
    let state: FileState

    /// The bytes of the path, by which the index knows it.
    var name: Data { Data(FileName.bytes(path)) }
  }

  private(set) var files: [File] = []
  /// How many files are neither pictures nor pyramids, by their names.
  private(set) var others = 0
  /// Folders within that cannot be listed, and why.
  private(set) var refused: [(path: String, reason: String)] = []

  private var entered: Set<[UInt64]> = []
  private static let suffixes = Set(PictureFormat.suffixes + ["spae"])

  /// Lists a folder; throws where it is none, or cannot be read.
  init(_ folder: String) throws(LibraryError) {
    guard FileSystem.exists(folder) else {
      throw .folder(
        path: folder,
        reason: "no such folder; if it was indexed, 'spae index --forget' removes it")
    }
    guard FileSystem.isFolder(folder) else {
      throw .folder(path: folder, reason: "not a folder; name the folder of the pictures")
    }
    if let status = FileSystem.status(of: folder) { _ = enter(status) }
    do throws(SystemError) { try list(folder) } catch {
      throw .folder(path: folder, reason: "the folder cannot be listed: \(error)")
    }
  }

  /// Takes single files; those that are not there are refused.
  init(files paths: [String]) {
    for path in paths {
      if FileSystem.exists(path) { take(path) } else { refused.append((path, "no such file")) }
    }
  }

  private mutating func list(_ folder: String) throws(SystemError) {
    for name in try FileSystem.names(in: folder) where name.utf8.first != UInt8(ascii: ".") {
      take(folder == "/" ? "/\(name)" : "\(folder)/\(name)")
    }
  }

  /// Whether a folder is seen for the first time.
  private mutating func enter(_ status: stat) -> Bool {
    entered.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted
  }

  private mutating func take(_ path: String) {
    guard let status = FileSystem.status(of: path) else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      guard enter(status) else { return }
      do throws(SystemError) { try list(path) } catch { refused.append((path, "\(error)")) }
    case S_IFREG where Self.suffixes.contains(FileName.ending(of: path)):
      files.append(File(path: path, state: FileState(status)))
    default: others += 1
    }
  }
}

/// What tells that a file is as it was: its size in bytes, and when it was changed.
struct FileState: Hashable {
  let size: Int64
  /// Nanoseconds since 1970.
  let time: Int64

  init(size: Int64, time: Int64) { (self.size, self.time) = (size, time) }

  init(_ status: stat) {
    size = Int64(status.st_size)
    time = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }
}

/// What the index knows of the files below a folder, by the bytes of their paths.
struct FileStates {
  var known: [Data: FileState] = [:]
  var unreadable: Set<Data> = []
}

extension FileName {
  /// Whether a path comes before another by its bytes.
  static func precedes(_ a: String, _ b: String) -> Bool {
    bytes(a).lexicographicallyPrecedes(bytes(b))
  }
}
