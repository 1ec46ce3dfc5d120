import Glibc

/// Lines from a descriptor: each ends with "\n" or "\r\n"; bytes that are not UTF-8 are kept as
/// `FileName` keeps them.
package struct LineReader: Sequence, IteratorProtocol {
  private let descriptor: Int32
  private var waiting: [UInt8] = []
  private var isAtEnd = false

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next line without its end; nil where there is none.
  package mutating func next() -> String? {
    while true {
      if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
        defer { waiting.removeSubrange(...end) }
        let hasReturn = end > 0 && waiting[end - 1] == UInt8(ascii: "\r")
        return FileName.text(waiting[..<(hasReturn ? end - 1 : end)])
      }
      guard !isAtEnd else { break }
      fill()
    }
    guard !waiting.isEmpty else { return nil }
    defer { waiting = [] }
    return FileName.text(waiting)
  }

  private mutating func fill() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    repeat {
      count = unsafe read(descriptor, &buffer, buffer.count)
    } while count < 0 && errno == EINTR
    isAtEnd = count <= 0
    waiting += buffer[..<Swift.max(0, count)]
  }
}
