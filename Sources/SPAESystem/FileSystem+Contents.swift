package import Glibc

extension FileSystem {
  /// Everything in a file; throws where that is more than `limit` bytes (`EFBIG`).
  package static func bytes(
    of path: String, limit: Int = .max
  ) throws(SystemError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    return try bytes(descriptor: descriptor, limit: limit)
  }

  /// Everything that a descriptor gives until its end.
  package static func bytes(
    descriptor: Int32, limit: Int = .max
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .last }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      if bytes.count > limit { throw SystemError(code: EFBIG) }
    }
  }

  /// Puts what a descriptor gives at once into a buffer, from a place to its end at most; 0 at the
  /// end.
  package static func read(
    from descriptor: Int32, into bytes: inout [UInt8], at start: Int
  ) throws(SystemError) -> Int {
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
        return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .last }
    }
  }

  /// Whether a regular file holds something, and does not begin with these bytes.
  package static func isOther(than start: String, _ path: String) -> Bool {
    guard let status = status(of: path), status.st_mode & S_IFMT == S_IFREG, status.st_size > 0
    else { return false }
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: start.utf8.count)
    let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
    return !bytes.prefix(max(0, count)).elementsEqual(start.utf8)
  }

  /// The first bytes of a regular file, at most so many; empty where it is none or cannot be read.
  package static func start(of path: String, count: Int) -> [UInt8] {
    guard let status = status(of: path), status.st_mode & S_IFMT == S_IFREG else { return [] }
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let read = unsafe Glibc.read(descriptor, &bytes, count)
    return Array(bytes.prefix(max(0, read)))
  }

  /// A file as text; nil where it cannot be read or is not UTF-8.
  package static func text(of path: String) -> String? {
    guard let bytes = try? bytes(of: path) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The names in a folder, in the order of their bytes.
  package static func names(in folder: String) throws(SystemError) -> [String] {
    let opened = unsafe withPath(folder) { unsafe opendir($0) }
    guard let opened = unsafe opened ?? nil else { throw .last }
    defer { unsafe closedir(opened) }
    var names: [[UInt8]] = []
    while let entry = unsafe readdir(opened) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe Array(bytes.prefix { $0 != 0 })
      }
      if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.map { FileName.text($0) }
  }

  /// The file in a folder that a label names (see `FileName.label`); nil where there is none.
  package static func path(labelled label: String, in folder: String) -> String? {
    func path(_ name: String) -> String { folder == "." ? name : "\(folder)/\(name)" }
    if exists(path(label)) { return path(label) }
    // Bytes that are not UTF-8 are written in it as \xe9.
    guard label.contains("\\x"), let names = try? names(in: folder) else { return nil }
    return names.first { FileName.label(of: $0) == label }.map(path)
  }

  /// Makes a folder and those that it is in, where they are missing; gives those made, the inner first.
  @discardableResult
  package static func makeFolder(
    _ path: String, mode: mode_t = 0o777
  ) throws(SystemError) -> [String] {
    if make(path, mode) { return [path] }
    if errno == EEXIST, isFolder(path) { return [] }
    if errno == EEXIST { throw SystemError(code: ENOTDIR) }
    guard errno == ENOENT, ![".", "/"].contains(path) else { throw .last }
    let outer = try makeFolder(FileName.folder(of: path), mode: mode)
    if make(path, mode) { return [path] + outer }
    let error = SystemError.last
    if error.code == EEXIST, isFolder(path) { return outer }
    removeEmptyFolders(outer)
    throw error
  }

  /// Removes those folders, one after another, that hold nothing.
  package static func removeEmptyFolders(_ paths: [String]) {
    for path in paths { _ = unsafe withPath(path) { unsafe rmdir($0) } }
  }

  private static func make(_ path: String, _ mode: mode_t) -> Bool {
    unsafe withPath(path) { unsafe mkdir($0, mode) } == 0
  }

  /// Makes a limit on the size of files an error of whoever writes (`EFBIG`); the program lives.
  package static func outliveSizeLimit() { signal(SIGXFSZ, SIG_IGN) }

  /// Writes all bytes to a descriptor.
  package static func write(
    _ bytes: some Collection<UInt8>, to descriptor: Int32
  ) throws(SystemError) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .last }
      rest = rest.dropFirst(count)
    }
  }
}
