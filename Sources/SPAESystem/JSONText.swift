/// JSON as it is written to people's terminals and to other programs.
///
/// A byte of a file's name that is not UTF-8 is `\udc80` ... `\udcff`, as Python writes it.
package enum JSONText {
  /// JSON in which all is escaped that a terminal could obey: DEL, C1, and what turns text around.
  ///
  /// An encoder escapes C0; the others stand within strings only.
  package static func escaped(_ json: some Sequence<UInt8>) -> [UInt8] {
    let json = Array(json)
    guard json.contains(where: isSuspicious), let text = String(validating: json, as: UTF8.self)
    else { return json }
    return text.unicodeScalars.flatMap { scalar in
      scalar.isEscaped && scalar.value > 0x20 ? escape(scalar) : Array(String(scalar).utf8)
    }
  }

  /// The JSON that a decoder of strict UTF-8 reads in the same meaning: bytes that are not UTF-8, and
  /// their escapes, become what `FileName` makes of them.
  package static func readable(_ json: [UInt8]) -> [UInt8] {
    let text = Array(FileName.text(json).utf8)
    guard text.contains(UInt8(ascii: "\\")) else { return text }
    var (result, rest) = ([UInt8](), text[...])
    while let byte = rest.first {
      let unit = byte == UInt8(ascii: "\\") ? codeUnit(rest) : nil
      let length = byte != UInt8(ascii: "\\") ? 1 : unit == nil ? 2 : 6
      if let unit, (0xDC80...0xDCFF).contains(unit), let scalar = lone(unit) {
        result += Array(String(scalar).utf8)
      } else {
        result += rest.prefix(length)
      }
      rest = rest.dropFirst(length)
      // The second half of a pair belongs to the first.
      if let unit, (0xD800...0xDBFF).contains(unit), codeUnit(rest) != nil {
        result += rest.prefix(6)
        rest = rest.dropFirst(6)
      }
    }
    return result
  }

  private static func isSuspicious(_ byte: UInt8) -> Bool {
    byte == 0x7F || byte == 0xC2 || byte == 0xE2 || byte == 0xF4
  }

  private static func escape(_ scalar: Unicode.Scalar) -> [UInt8] {
    let unit = FileName.byte(of: scalar).map { 0xDC00 + UInt32($0) } ?? scalar.value
    let digits = String(unit, radix: 16)
    return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
  }

  private static func lone(_ unit: UInt32) -> Unicode.Scalar? {
    FileName.scalar(for: UInt8(truncatingIfNeeded: unit))
  }

  /// The UTF-16 code unit of an escape \u1234 at the front; nil where there is none.
  private static func codeUnit(_ text: ArraySlice<UInt8>) -> UInt32? {
    guard text.starts(with: Array("\\u".utf8)), text.count >= 6 else { return nil }
    return UInt32(String(decoding: text.dropFirst(2).prefix(4), as: UTF8.self), radix: 16)
  }
}
