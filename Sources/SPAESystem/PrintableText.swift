extension StringProtocol {
  /// The text as it may be shown: it moves no cursor, changes no colour and turns no text around.
  ///
  /// Controls (C0, DEL and C1), separators of lines and the characters that override the direction of
  /// text are escaped as `\n` or `\u{1b}`, bytes of a file's name that are not UTF-8 as `\xe9`.
  /// A backslash stays as it is: this is for people, not for reading back.
  package var printable: String {
    guard unicodeScalars.contains(where: \.isEscaped) else { return String(self) }
    return unicodeScalars.reduce(into: "") { shown, scalar in
      if scalar.isEscaped {
        shown += scalar.escape
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Unicode.Scalar {
  /// Whether it is not shown as it is.
  package var isEscaped: Bool {
    switch value {
    case 0x20...0x7E: false
    case ..<0x20, 0x7F...0x9F: true
    case 0x2028...0x202E, 0x2066...0x2069: true
    default: FileName.escapes.contains(value)
    }
  }

  fileprivate var escape: String {
    if let byte = FileName.byte(of: self) { return "\\x" + String(byte, radix: 16) }
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: return "\\u{" + String(value, radix: 16) + "}"
    }
  }
}
