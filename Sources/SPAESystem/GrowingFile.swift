import Glibc
import Synchronization

/// A file that is written piece after piece.
///
/// One without a name until it is whole leaves nothing behind where its writing ends early, however
/// that is.
package final class GrowingFile {
  /// What to write to; it belongs to this object.
  package let descriptor: Int32

  private enum Naming {
    /// It is a pipe or a device.
    case done
    /// It has its name already, and loses it where nothing could be written.
    case visible(String)
    /// It gets one from the system's list of open files.
    case unnamed(target: String)
    /// It is renamed, where a folder cannot hold files without a name.
    case temporary(String, target: String)
  }

  private let naming: Naming
  private let mayReplace: Bool
  private var isWhole = false

  /// Opens what is there already to be written to: a pipe or a device.
  init(through path: String) throws(SystemError) {
    descriptor = path == "-" ? dup(STDOUT_FILENO) : FileSystem.open(path, O_WRONLY)
    guard descriptor >= 0 else { throw .last }
    (naming, mayReplace) = (.done, false)
  }

  /// Makes a file that others can read while it grows; throws `EEXIST` where something has its name.
  init(visibleAt path: String) throws(SystemError) {
    let target = try FileSystem.destination(of: path)
    descriptor = FileSystem.open(target, O_RDWR | O_CREAT | O_EXCL)
    guard descriptor >= 0 else { throw .last }
    (naming, mayReplace) = (.visible(target), false)
  }

  /// Makes a file that gets its name when it is whole.
  init(at path: String, mayReplace: Bool) throws(SystemError) {
    let target = try FileSystem.destination(of: path)
    let folder = FileName.folder(of: target)
    self.mayReplace = mayReplace
    let unnamed = FileSystem.open(folder, O_RDWR | Self.unnamed)
    if unnamed >= 0, FileSystem.exists(Self.link(to: unnamed)) {
      (descriptor, naming) = (unnamed, .unnamed(target: target))
    } else {
      if unnamed >= 0 { close(unnamed) }
      let temporary = Self.temporaryName(in: folder)
      descriptor = FileSystem.open(temporary, O_RDWR | O_CREAT | O_EXCL)
      guard descriptor >= 0 else { throw .last }
      naming = .temporary(temporary, target: target)
    }
    if let old = FileSystem.status(of: target) { _ = fchmod(descriptor, old.st_mode & 0o7777) }
  }

  deinit {
    switch naming {
    case .temporary(let name, _) where !isWhole: FileSystem.remove(name)
    case .visible(let name) where FileSystem.start(of: name, count: 1).isEmpty:
      FileSystem.remove(name)
    default: break
    }
    close(descriptor)
  }

  package func write(_ bytes: some Collection<UInt8>) throws(SystemError) {
    try FileSystem.write(bytes, to: descriptor)
  }

  /// Ends the writing: the file is on the disk, under its name.
  package func finish() throws(SystemError) {
    switch naming {
    case .done, .visible: break
    case .unnamed(let target):
      guard fsync(descriptor) == 0 else { throw .last }
      let link = Self.link(to: descriptor)
      if try Self.name(link, target) { break }
      guard mayReplace else { throw SystemError(code: EEXIST) }
      let temporary = Self.temporaryName(in: FileName.folder(of: target))
      guard try Self.name(link, temporary) else { throw SystemError(code: EEXIST) }
      try FileSystem.rename(temporary, to: target)
    case .temporary(let name, let target):
      guard fsync(descriptor) == 0 else { throw .last }
      if mayReplace {
        try FileSystem.rename(name, to: target)
      } else {
        try FileSystem.renameAsNew(name, to: target)
      }
    }
    isWhole = true
  }

  // MARK: Parts

  /// O_TMPFILE, whose macro Swift does not see.
  private static let unnamed: Int32 = 0o20200000

  private static let counter = Atomic<Int>(0)

  private static func temporaryName(in folder: String) -> String {
    "\(folder)/.spae-\(getpid())-film\(counter.add(1, ordering: .relaxed).newValue).part"
  }

  private static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  /// Gives an open file a name; false where something has it.
  private static func name(_ link: String, _ target: String) throws(SystemError) -> Bool {
    let result = unsafe FileSystem.withPath(link) { link in
      unsafe FileSystem.withPath(target) {
        unsafe linkat(AT_FDCWD, link, AT_FDCWD, $0, AT_SYMLINK_FOLLOW)
      }
    }
    if result == 0 { return true }
    guard errno == EEXIST else { throw .last }
    return false
  }
}

extension OutputFile {
  /// Makes the file for pieces, or throws where the name is taken; "-" is standard output.
  ///
  /// One that is `visible` can be read while it grows, unless it replaces another.
  package func growing(visible: Bool = false) throws(Failure) -> GrowingFile {
    do throws(SystemError) {
      if path == "-" || isSpecial { return try GrowingFile(through: path) }
      if visible, !FileSystem.exists(path) { return try GrowingFile(visibleAt: path) }
      return try GrowingFile(at: path, mayReplace: mayReplace)
    } catch {
      if error.code == EEXIST { throw refusal("it exists") }
      throw Failure("\(path): cannot be written: \(error)\(AtomicFile.remedy(for: error))")
    }
  }
}
