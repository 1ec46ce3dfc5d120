import Glibc
import Synchronization

/// Floats set to zero at first, aligned for any vector, that live as long as this object.
///
/// They are pieces of large chunks on pages of 2 MB: page faults at 4 kB each would take longer
/// than filling the buffers of a model.
@safe final class FloatBuffer: @unchecked Sendable {
  let count: Int
  let floats: UnsafeMutablePointer<Float>
  private let chunk: Chunk

  init(count: Int) {
    self.count = count
    let (chunk, offset) = Chunk.piece(of: count * MemoryLayout<Float>.stride)
    self.chunk = chunk
    let start = unsafe chunk.memory + offset
    unsafe floats = unsafe start.bindMemory(to: Float.self, capacity: count)
  }

  /// Runs work whose buffers share no chunk with those that were made before or are made after it, so
  /// that their memory is given back with the last of them.
  static func apart<Result>(_ body: () -> Result) -> Result {
    let before = Chunk.exchange(nil)
    defer { _ = Chunk.exchange(before) }
    return body()
  }
}

/// Fresh memory of the kernel, unmapped with the last piece of it.
@safe private final class Chunk: @unchecked Sendable {
  private static let size = 8 << 20
  private static let current = Mutex<(chunk: Chunk, used: Int)?>(nil)

  /// Makes another chunk, or none, the one that is used next.
  static func exchange(_ next: (chunk: Chunk, used: Int)?) -> (chunk: Chunk, used: Int)? {
    current.withLock { current in
      let before = current
      current = next
      return before
    }
  }

  let memory: UnsafeMutableRawPointer
  private let bytes: Int

  private init(bytes: Int) {
    let memory = unsafe mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      fatalError("no memory for \(bytes) bytes")
    }
    unsafe self.memory = unsafe memory
    self.bytes = bytes
    // A hint only: without large pages the memory is slower.
    _ = unsafe madvise(memory, bytes, MADV_HUGEPAGE)
  }

  deinit { unsafe munmap(memory, bytes) }

  /// Memory that no other buffer uses; a large piece is a chunk of its own.
  static func piece(of bytes: Int) -> (chunk: Chunk, offset: Int) {
    let bytes = max(64, (bytes + 63) / 64 * 64)
    if bytes > size / 2 { return (Chunk(bytes: bytes), 0) }
    return current.withLock { current in
      if let (chunk, used) = current, used + bytes <= size {
        current = (chunk, used + bytes)
        return (chunk, used)
      }
      let chunk = Chunk(bytes: size)
      current = (chunk, bytes)
      return (chunk, 0)
    }
  }
}
