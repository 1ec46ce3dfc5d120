import Glibc

/// The name of a file as text: a name is bytes, which are mostly, but not always, UTF-8.
///
/// A byte that is no part of valid UTF-8 becomes one scalar of U+10FF80 ... U+10FFFF, its value in
/// the last two digits, so that text and bytes give each other back. A name that holds one of these
/// scalars itself is taken byte by byte too. Text meant for people shows such a byte as `\xe9`
/// (see `printable`), JSON as `\udce9` (see `JSONText`).
package enum FileName {
  /// The scalars that stand for the bytes 0x80 ... 0xFF.
  static let escapes: ClosedRange<UInt32> = 0x10_FF80...0x10_FFFF

  private static let base: UInt32 = 0x10_FF00

  /// The text of a name.
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self), !holdsEscapes(text) { return text }
    var scalars = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      let length = lengthOfScalar(rest)
      if length > 0 {
        scalars.append(
          contentsOf: String(decoding: rest.prefix(length), as: UTF8.self).unicodeScalars)
      } else if let scalar = scalar(for: first) {
        scalars.append(scalar)
      }
      rest = rest.dropFirst(max(1, length))
    }
    return String(scalars)
  }

  /// The text of a name that ends with a zero.
  package static func text(at name: UnsafePointer<CChar>) -> String {
    text(unsafe UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) })
  }

  /// The bytes of a text in memory of their own, which ends with a zero and is to be freed.
  package static func copied(_ text: String) -> UnsafeMutablePointer<CChar>? {
    let characters = (bytes(text) + [0]).map { CChar(bitPattern: $0) }
    return unsafe characters.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe strdup($0) }
    }
  }

  /// The bytes of a name's text.
  package static func bytes(_ text: some StringProtocol) -> [UInt8] {
    guard holdsEscapes(text) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      byte(of: scalar).map { [$0] } ?? Array(String(scalar).utf8)
    }
  }

  /// The byte that a scalar stands for; nil for every other scalar.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    escapes.contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }

  static func scalar(for byte: UInt8) -> Unicode.Scalar? {
    Unicode.Scalar(base + UInt32(byte))
  }

  private static func holdsEscapes(_ text: some StringProtocol) -> Bool {
    // All of them begin with this byte in UTF-8.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { escapes.contains($0.value) }
  }

  /// How many bytes the scalar at the front takes; 0 where there is none, or one of `escapes`.
  private static func lengthOfScalar(_ bytes: ArraySlice<UInt8>) -> Int {
    for length in 1...min(4, bytes.count) {
      guard let text = String(validating: bytes.prefix(length), as: UTF8.self) else { continue }
      return holdsEscapes(text) ? 0 : length
    }
    return 0
  }
}
