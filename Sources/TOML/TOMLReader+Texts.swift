/// Texts in quotes: basic and literal ones, of one line and of many.
extension TOMLReader {
  /// Reads a text in one or three quotes.
  mutating func quotedText() throws(TOMLSyntaxError) -> String {
    guard let quote = next, count(of: quote, upTo: 3) == 3 else { return try shortText() }
    return try longText()
  }

  /// Reads a text in single or double quotes, which ends in its line.
  mutating func shortText() throws(TOMLSyntaxError) -> String {
    let start = place
    guard let quote = next else { throw expected("a text in quotes") }
    var content = String.UnicodeScalarView()
    advance()
    while !skip(quote) {
      guard next != nil, next != "\n", next != "\r" else { throw unclosed(start, "\(quote)") }
      if quote == "'" || next != "\\" {
        try take(into: &content)
      } else {
        content.append(try escaped())
      }
    }
    return try streamSafe(content, from: start)
  }

  /// Reads a text in three quotes, which may have many lines; a line ends in "\n" then.
  private mutating func longText() throws(TOMLSyntaxError) -> String {
    let start = place
    guard let quote = next else { throw expected("a text in quotes") }
    var content = String.UnicodeScalarView()
    advance(3)
    _ = skipNewline()
    while !closeLong(quote, &content) {
      guard next != nil else { throw unclosed(start, "\(quote)\(quote)\(quote)") }
      if skipNewline() {
        content.append("\n")
      } else if quote == "'" || next != "\\" {
        try take(into: &content)
      } else if !skipFoldedLines() {
        content.append(try escaped())
      }
    }
    return try streamSafe(content, from: start)
  }

  /// Passes over the quotes that stand here: three close the text, and two more belong to it.
  private mutating func closeLong(
    _ quote: Unicode.Scalar, _ content: inout String.UnicodeScalarView
  ) -> Bool {
    let count = count(of: quote, upTo: 5)
    content.append(contentsOf: repeatElement(quote, count: count < 3 ? count : count - 3))
    advance(count)
    return count >= 3
  }

  private mutating func take(
    into content: inout String.UnicodeScalarView
  ) throws(TOMLSyntaxError) {
    guard let scalar = next, !scalar.isTOMLControl else { throw expected("a character of a text") }
    content.append(scalar)
    advance()
  }

  private func unclosed(_ start: TextPlace, _ quotes: String) -> TOMLSyntaxError {
    TOMLSyntaxError(
      place: start, reason: "the text that begins here does not end; expected \(quotes) behind it")
  }

  /// The text, if no letter in it has more than 30 marks, as in Unicode's stream-safe format.
  ///
  /// Swift compares and hashes texts in a time that grows with the square of a row of marks.
  private func streamSafe(
    _ content: String.UnicodeScalarView, from start: TextPlace
  ) throws(TOMLSyntaxError) -> String {
    var marks = 0
    for scalar in content {
      let isMark = scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass.rawValue > 0
      marks = isMark ? marks + 1 : 0
      guard marks <= 30 else {
        throw TOMLSyntaxError(
          place: start, reason: "a letter of this text has too many accents; expected at most 30")
      }
    }
    return String(content)
  }

  // MARK: Behind a backslash

  /// Passes over a backslash at the end of a line, and the blanks and lines up to the next text.
  private mutating func skipFoldedLines() -> Bool {
    var distance = 1
    while peek(distance) == " " || peek(distance) == "\t" { distance += 1 }
    let isAtReturn = peek(distance) == "\r" && peek(distance + 1) == "\n"
    guard isAtReturn || peek(distance) == "\n" else { return false }
    advance(distance)
    while skipNewline() { skipBlanks() }
    return true
  }

  private mutating func escaped() throws(TOMLSyntaxError) -> Unicode.Scalar {
    advance()
    switch next {
    case "u": return try numbered(digits: 4)
    case "U": return try numbered(digits: 8)
    default: break
    }
    guard let scalar = next, let meaning = Self.escapes[scalar] else {
      throw expected("b, t, n, f, r, u, U, \" or \\ after the backslash")
    }
    advance()
    return meaning
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{C}", "r": "\r", "\"": "\"", "\\": "\\",
  ]

  private mutating func numbered(digits: Int) throws(TOMLSyntaxError) -> Unicode.Scalar {
    let start = place
    advance()
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = next.flatMap({ Character($0).isASCII ? Character($0).hexDigitValue : nil })
      else { throw expected("\(digits) hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      advance()
    }
    if let scalar = Unicode.Scalar(value) { return scalar }
    let hex = String(value, radix: 16, uppercase: true)
    throw TOMLSyntaxError(
      place: start, reason: "U+\(hex) is no character; expected one up to U+10FFFF, no surrogate")
  }
}
