package import Glibc

/// The one door to the files of the system: names go through it as the bytes that they are.
package enum FileSystem {
  /// Hands out a path as the system takes it; nil with the reason in `errno` where it holds a zero,
  /// behind which the system would not read on.
  package static func withPath<Result>(
    _ path: String, _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result? {
    let bytes = FileName.bytes(path)
    guard !bytes.contains(0) else {
      errno = EINVAL
      return nil
    }
    let characters = (bytes + [0]).map { CChar(bitPattern: $0) }
    return unsafe characters.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe body($0) }
    }
  }

  /// Opens a file as open(2) does, and closes it in child processes; -1 with the reason in `errno`.
  package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) -> Int32 {
    unsafe withPath(path) { unsafe Glibc.open($0, flags | O_CLOEXEC, mode) } ?? -1
  }

  /// What stat(2) says, links followed; nil with the reason in `errno`.
  package static func status(of path: String) -> stat? {
    var status = stat()
    let result = unsafe withPath(path) { unsafe stat($0, &status) }
    return result == 0 ? status : nil
  }

  package static func exists(_ path: String) -> Bool { status(of: path) != nil }

  package static func isFolder(_ path: String) -> Bool {
    status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  package static func isExecutable(_ path: String) -> Bool {
    unsafe withPath(path) { unsafe access($0, X_OK) } == 0
  }

  /// Whether the file's mode lets this process write to it; the superuser may write to all.
  package static func isWritable(_ path: String) -> Bool {
    unsafe withPath(path) { unsafe access($0, W_OK) } == 0
  }

  /// Whether something has that name, were it a link to nowhere.
  package static func isTaken(_ path: String) -> Bool {
    var status = stat()
    return unsafe withPath(path) { unsafe lstat($0, &status) } == 0
  }

  /// The path without links and dots; nil where there is no such file.
  package static func resolved(_ path: String) -> String? {
    let found = unsafe withPath(path) { unsafe realpath($0, nil) }
    guard let found = unsafe found ?? nil else { return nil }
    defer { unsafe free(found) }
    return unsafe FileName.text(at: found)
  }

  /// Where what is written to a path goes: the end of its links, also where nothing is there yet.
  package static func destination(of path: String) throws(SystemError) -> String {
    if let resolved = resolved(path) { return resolved }
    var path = path
    for _ in 0..<mostLinks {
      guard let target = linkTarget(of: path) else { return path }
      let slash = UInt8(ascii: "/")
      let isWhole = target.utf8.first == slash || !path.utf8.contains(slash)
      path = isWhole ? target : FileName.folder(of: path) + "/" + target
    }
    throw SystemError(code: ELOOP)
  }

  /// As many as the system follows.
  private static let mostLinks = 40

  /// Where a link leads, as it is written; nil for what is no link.
  package static func linkTarget(of path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = unsafe withPath(path) { unsafe readlink($0, &bytes, bytes.count) } ?? -1
    return length < 0 ? nil : FileName.text(bytes.prefix(length).map { UInt8(bitPattern: $0) })
  }

  /// The path from the root, without dots; its links stay.
  package static func absolute(_ path: String) -> String {
    let isWhole = path.utf8.first == UInt8(ascii: "/")
    let start = isWhole ? [] : FileName.parts(of: resolved(".") ?? "/")
    let parts = FileName.parts(of: path).reduce(into: start) { parts, part in
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  package static func remove(_ path: String) { _ = unsafe withPath(path) { unsafe unlink($0) } }

  /// Renames a file to a name that nothing has; throws `EEXIST` where something has it.
  package static func renameAsNew(_ path: String, to target: String) throws(SystemError) {
    let linked = unsafe withPath(path) { old in unsafe withPath(target) { unsafe link(old, $0) } }
    if linked == 0 { return remove(path) }
    // Where a file cannot have two names, an empty file holds the name until it is replaced.
    guard [EPERM, ENOTSUP, ENOSYS].contains(errno) else { throw .last }
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL)
    guard descriptor >= 0 else { throw .last }
    close(descriptor)
    try rename(path, to: target)
  }

  /// Renames a file over what has the new name.
  package static func rename(_ path: String, to target: String) throws(SystemError) {
    let result = unsafe withPath(path) { old in
      unsafe withPath(target) { unsafe Glibc.rename(old, $0) }
    }
    guard result == 0 else { throw .last }
  }
}
