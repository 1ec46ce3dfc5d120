/// A pyramid in as few bytes as its words need: 1,047 for 597 words of 14 bits.
///
/// Layout: cells a side of the grid, or where it is no square 0 and then rows and columns, each less
/// one; bits of a word; the words from the lowest bit up.
package struct Snapshot: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  package init(_ pyramid: Pyramid) {
    let words = pyramid.words.map { UInt32(bitPattern: $0) }
    let width = max(1, words.reduce(0, |).bitWidth - words.reduce(0, |).leadingZeroBitCount)
    var bytes = Self.header(of: pyramid.shape.grid) + [UInt8(width)]
    bytes.reserveCapacity(bytes.count + (words.count * width + 7) / 8)
    var (rest, held): (UInt64, Int) = (0, 0)
    for word in words {
      rest |= UInt64(word) << UInt64(held)
      held += width
      while held >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: rest))
        rest >>= 8
        held -= 8
      }
    }
    if held > 0 { bytes.append(UInt8(truncatingIfNeeded: rest)) }
    self.bytes = bytes
  }

  /// The pyramid, or nil where the bytes are not one's.
  package var pyramid: Pyramid? {
    guard let grid, let shape = PyramidShape(grid: grid) else { return nil }
    let start = Self.header(of: grid).count + 1
    guard bytes.count > start else { return nil }
    let width = Int(bytes[start - 1])
    guard (1...32).contains(width), bytes.count == start + (shape.wordCount * width + 7) / 8 else {
      return nil
    }
    var (rest, held, next): (UInt64, Int, Int) = (0, 0, start)
    let mask = UInt64(1) << UInt64(width) - 1
    let words = (0..<shape.wordCount).map { _ in
      while held < width {
        rest |= UInt64(bytes[next]) << UInt64(held)
        held += 8
        next += 1
      }
      let word = UInt32(rest & mask)
      rest >>= UInt64(width)
      held -= width
      return Int32(bitPattern: word)
    }
    return Pyramid(shape: shape, words: words)
  }

  private static func header(of grid: GridSize) -> [UInt8] {
    grid.isSquare
      ? [UInt8(grid.rows)] : [0, UInt8(grid.rows - 1), UInt8(grid.columns - 1)]
  }

  private var grid: GridSize? {
    guard let side = bytes.first else { return nil }
    if side > 0 { return GridSize(rows: Int(side), columns: Int(side)) }
    return bytes.count > 2 ? GridSize(rows: Int(bytes[1]) + 1, columns: Int(bytes[2]) + 1) : nil
  }

  /// How the content is known: the first half of its SHA-256, 16 bytes.
  package var content: [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe Array(Fingerprint.bytes(of: $0).prefix(16)) }
  }
}
