import Glibc
import SPAESystem

/// Bytes in their order, of a file, a pipe, a child or memory: some can be looked at before they are
/// taken.
package final class ByteReader {
  /// Puts bytes into a buffer, from a place on, and gives their number, 0 at the end.
  package typealias Fill = (inout [UInt8], Int) throws(FrameError) -> Int

  private let fill: Fill
  private let owned: Int32?
  private var waiting: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  package init(fill: @escaping Fill) { (self.fill, owned) = (fill, nil) }

  /// Reads bytes in memory.
  package init(_ bytes: [UInt8]) {
    (fill, owned, waiting, isAtEnd) = ({ _, _ in 0 }, nil, bytes, true)
  }

  /// Opens a file, or standard input for "-".
  package init(path: String) throws(FrameError) {
    let descriptor = path == "-" ? STDIN_FILENO : FileSystem.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .unreadable("\(SystemError.last)") }
    owned = path == "-" ? nil : descriptor
    fill = { bytes, start throws(FrameError) in
      do throws(SystemError) {
        return try FileSystem.read(from: descriptor, into: &bytes, at: start)
      } catch {
        throw .unreadable("\(error)")
      }
    }
  }

  deinit { if let owned { close(owned) } }

  /// The next bytes, which stay; fewer than `count` at the end.
  package func peek(_ count: Int) throws(FrameError) -> ArraySlice<UInt8> {
    while waiting.count - start < count, !isAtEnd { try readMore() }
    return waiting[start..<min(waiting.count, start + count)]
  }

  /// Takes the next bytes; fewer than `count` at the end.
  package func take(_ count: Int) throws(FrameError) -> [UInt8] {
    var bytes = Array(waiting[start..<min(waiting.count, start + count)])
    start += bytes.count
    guard bytes.count < count, !isAtEnd else { return bytes }
    var filled = bytes.count
    bytes += repeatElement(0, count: count - filled)
    while filled < count, !isAtEnd { filled += try read(into: &bytes, from: filled) }
    return filled < count ? Array(bytes.prefix(filled)) : bytes
  }

  /// Takes a line without its end; nil where none ends within `limit` bytes.
  package func line(limit: Int) throws(FrameError) -> [UInt8]? {
    var searched = 0
    while true {
      let bytes = waiting[start...]
      if let end = bytes.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return Array(waiting[start..<end])
      }
      searched = bytes.count
      guard searched < limit, !isAtEnd else { return nil }
      try readMore()
    }
  }

  /// Takes everything; throws where that is more than `limit` bytes.
  package func rest(limit: Int, format: String) throws(FrameError) -> [UInt8] {
    while !isAtEnd, waiting.count - start <= limit { try readMore() }
    guard waiting.count - start <= limit else {
      throw .tooManyBytes(format: format, limit: limit)
    }
    return try take(waiting.count - start)
  }

  // MARK: Parts

  private static let chunk = 1 << 16

  private func readMore() throws(FrameError) {
    if start > Self.chunk || start == waiting.count {
      waiting.removeFirst(start)
      start = 0
    }
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    let count = try read(into: &buffer, from: 0)
    waiting += buffer[..<count]
  }

  /// Reads to the end of a buffer, or as much as there is at once.
  private func read(into bytes: inout [UInt8], from start: Int) throws(FrameError) -> Int {
    let count = try fill(&bytes, start)
    isAtEnd = count == 0
    return count
  }
}
