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
  private let bytes: Range<Int>

  init(count: Int) {
    self.count = count
    (chunk, bytes) = Chunk.piece(of: count * MemoryLayout<Float>.stride)
    let start = unsafe chunk.memory + bytes.lowerBound
    unsafe floats = unsafe start.bindMemory(to: Float.self, capacity: count)
  }

  deinit { chunk.free(bytes) }

  /// Runs work whose buffers share no chunk with those that were made before or are made after it, so
  /// that their memory is given back with the last of them.
  static func apart<Result>(_ body: () -> Result) -> Result {
    let before = Chunk.exchange(nil)
    defer { _ = Chunk.exchange(before) }
    return body()
  }
}

/// Memory of the kernel, unmapped with the last piece of it.
///
/// Pieces that are given back at its end are used again: what one picture after the other needs for a
/// moment would otherwise touch all of one chunk, and then of the next.
@safe private final class Chunk: @unchecked Sendable {
  private static let size = 8 << 20
  private static let current = Mutex<Chunk?>(nil)

  let memory: UnsafeMutableRawPointer
  private let bytes: Int

  // Within a turn of `current`:
  /// Where the next piece begins.
  private var used = 0
  /// What is behind was never used: the kernel has set it to zero.
  private var touched = 0
  /// The pieces that were given back before one behind them.
  private var holes: [Range<Int>] = []

  /// Makes another chunk, or none, the one that is used next.
  static func exchange(_ next: Chunk?) -> Chunk? {
    current.withLock { current in
      let before = current
      current = next
      return before
    }
  }

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

  /// Zeros that no other buffer uses; a large piece is a chunk of its own.
  static func piece(of bytes: Int) -> (chunk: Chunk, bytes: Range<Int>) {
    let bytes = max(64, (bytes + 63) / 64 * 64)
    if bytes > size / 2 { return (Chunk(bytes: bytes), 0..<bytes) }
    let (chunk, piece, stale) = current.withLock { current in
      let chunk = current.flatMap { $0.used + bytes <= size ? $0 : nil } ?? Chunk(bytes: size)
      current = chunk
      let (piece, stale) = chunk.take(bytes)
      return (chunk, piece, stale)
    }
    unsafe memset(chunk.memory + piece.lowerBound, 0, stale)
    return (chunk, piece)
  }

  /// The next piece, and how many of its bytes were used before.
  private func take(_ bytes: Int) -> (piece: Range<Int>, stale: Int) {
    let piece = used..<used + bytes
    let stale = max(0, min(touched, piece.upperBound) - piece.lowerBound)
    (used, touched) = (piece.upperBound, max(touched, piece.upperBound))
    return (piece, stale)
  }

  /// Takes a piece back.
  func free(_ piece: Range<Int>) {
    guard bytes == Self.size else { return }
    Self.current.withLock { _ in
      holes.append(piece)
      while let last = holes.firstIndex(where: { $0.upperBound == used }) {
        used = holes.remove(at: last).lowerBound
      }
    }
  }
}
