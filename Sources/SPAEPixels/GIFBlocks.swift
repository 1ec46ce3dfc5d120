/// The frames of a GIF as its blocks list them, without their pixels.
package struct GIFBlocks {
  /// How long each frame is shown, in milliseconds, of those that are whole.
  package private(set) var times: [Int] = []

  /// Whether the last block was there.
  private(set) var isWhole = false

  private let bytes: [UInt8]
  private var at: Int
  private var delay = 0

  /// Goes through the blocks until the file ends or has something else.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    at = 13
    if bytes.count > 10 { skipPalette(flags: bytes[10]) }
    while let kind = byte(), readBlock(kind) {}
  }

  /// False at the end, and where the blocks are no longer whole.
  private mutating func readBlock(_ kind: UInt8) -> Bool {
    switch kind {
    case UInt8(ascii: "!"): return readExtension()
    case UInt8(ascii: ","): return readFrame()
    case UInt8(ascii: ";"):
      isWhole = true
      return false
    default: return true
    }
  }

  private mutating func readExtension() -> Bool {
    guard let label = byte() else { return false }
    if label == 0xF9, at + 4 <= bytes.count, bytes[at] >= 4 {
      delay = 10 * (Int(bytes[at + 2]) | Int(bytes[at + 3]) << 8)
    }
    return skipBlocks()
  }

  private mutating func readFrame() -> Bool {
    guard at + 9 < bytes.count else { return false }
    let flags = bytes[at + 8]
    at += 9
    skipPalette(flags: flags)
    at += 1
    guard skipBlocks() else { return false }
    times.append(delay)
    delay = 0
    return true
  }

  private mutating func skipPalette(flags: UInt8) {
    if flags & 0x80 != 0 { at += 3 << (Int(flags & 7) + 1) }
  }

  private mutating func skipBlocks() -> Bool {
    while let count = byte() {
      if count == 0 { return true }
      at += Int(count)
    }
    return false
  }

  private mutating func byte() -> UInt8? {
    guard at < bytes.count else { return nil }
    defer { at += 1 }
    return bytes[at]
  }
}
