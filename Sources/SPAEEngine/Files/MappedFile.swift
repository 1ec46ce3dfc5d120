import Glibc
import SPAESystem

/// A file mapped into memory, read-only, for as long as this object lives.
///
/// `bytes` alone does not keep it alive: short uses go through `withBytes`.
@safe final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer
  private let isFile: Bool

  init(path: String) throws(EngineError) {
    self.path = path
    isFile = true
    let descriptor = FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else {
      let reason = SystemError.lastReason
      let target = FileSystem.linkTarget(of: path)
      throw .unreadable(
        path: path, reason: target.map { "a link to \($0): \(reason)" } ?? reason)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: SystemError.lastReason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "not a regular file")
    }
    let count = Int(status.st_size)
    guard count > 0 else { throw .unreadable(path: path, reason: "the file is empty") }
    let memory = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw .unreadable(path: path, reason: SystemError.lastReason)
    }
    unsafe bytes = UnsafeRawBufferPointer(start: memory, count: count)
  }

  /// Takes bytes that are in memory already, as a file of that name would hold them.
  init(path: String, contents: [UInt8]) {
    self.path = path
    isFile = false
    let count = contents.count
    let memory = unsafe mmap(
      nil, max(count, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    for (index, byte) in contents.enumerated() {
      unsafe memory.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    unsafe bytes = UnsafeRawBufferPointer(start: memory, count: count)
  }

  /// Gives back the memory of some of the bytes: they are read from the file again if need be.
  func release(_ part: UnsafeRawBufferPointer) {
    let page = Int(getpagesize())
    guard isFile, let start = part.baseAddress else { return }
    let first = (Int(bitPattern: start) + page - 1) / page * page
    let end = (Int(bitPattern: start) + part.count) / page * page
    guard end > first else { return }
    _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_DONTNEED)
  }

  /// Runs `body` on the bytes while the file is kept mapped.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withExtendedLifetime(self) { unsafe body(bytes) }
  }

  deinit {
    guard let base = unsafe bytes.baseAddress else { return }
    unsafe munmap(UnsafeMutableRawPointer(mutating: base), max(bytes.count, 1))
  }
}
