/// Values without quotes: true and false, numbers, dates and times.
extension TOMLReader {
  /// Reads a value that is one word.
  mutating func plainValue() throws(TOMLSyntaxError) -> TOMLNode {
    let start = place
    let word = plainWord()
    guard !word.isEmpty else { throw expected("a value") }
    do {
      return try Self.node(word)
    } catch {
      throw TOMLSyntaxError(place: start, reason: "'\(Self.clipped(word))' \(error.reason)")
    }
  }

  /// Reads a word; a date, a blank and a time are one.
  private mutating func plainWord() -> String {
    let word = word(Self.isPart)
    let isTimeNext = next == " " && peek(1)?.isTOMLDigit == true
    guard isTimeNext, Self.isDateTime(word), word.utf8.count == 10 else { return word }
    advance()
    return word + " " + self.word(Self.isPart)
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isTOMLLetter || ["_", "+", "-", ".", ":"].contains(scalar)
  }

  private static func clipped(_ word: String) -> String {
    word.utf8.count > 40 ? word.prefix(40) + "..." : word
  }

  /// What is wrong with a word.
  private struct Fault: Error {
    let reason: String
    static let noValue = Fault(reason: "is no value; expected a text in quotes, or a number")
    static let noNumber = Fault(
      reason: "is no number; expected one like 12, -0.5, 1e6, 1_000 or 0xff")
    static let tooLarge = Fault(reason: "is too large; expected a number that fits into 64 bits")
    static let noDateTime = Fault(
      reason: "is no date or time; expected one like 2026-05-27, 07:32:00 or both with a T between")
  }

  private static func node(_ word: String) throws(Fault) -> TOMLNode {
    if word == "true" || word == "false" { return .boolean(word == "true") }
    let unsigned = word.first == "+" || word.first == "-" ? word.dropFirst() : word[...]
    let isNegative = word.first == "-"
    if unsigned == "inf" { return .number(isNegative ? -.infinity : .infinity) }
    if unsigned == "nan" { return .number(.nan) }
    guard let first = unsigned.unicodeScalars.first, first.isTOMLDigit else { throw .noValue }
    if isDateTime(word) { return try dateTime(word) }
    if let radix = radix(word) { return .integer(try integer(word.dropFirst(2), radix: radix)) }
    let isWhole = !unsigned.utf8.contains { [UInt8(ascii: "."), 0x65, 0x45].contains($0) }
    if isWhole { return .integer(try integer(unsigned, isNegative: isNegative)) }
    return .number(try number(unsigned, isNegative: isNegative))
  }

  // MARK: Numbers

  private static func radix(_ word: String) -> Int? {
    switch word.prefix(2) {
    case "0x": 16
    case "0o": 8
    case "0b": 2
    default: nil
    }
  }

  private static func integer(
    _ text: Substring, radix: Int = 10, isNegative: Bool = false
  ) throws(Fault) -> Int {
    guard let digits = digits(text, radix: radix) else { throw .noNumber }
    if radix == 10, digits.utf8.count > 1, digits.first == "0" { throw .noNumber }
    guard let value = Int((isNegative ? "-" : "") + digits, radix: radix) else { throw .tooLarge }
    return value
  }

  private static func number(_ text: Substring, isNegative: Bool) throws(Fault) -> Double {
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { "eE".contains($0) }
    let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = digits(mantissa[0], radix: 10), whole == "0" || whole.first != "0",
      let fraction = mantissa.count == 1 ? "0" : digits(mantissa[1], radix: 10),
      let exponent = parts.count == 1 ? "0" : exponent(parts[1]),
      let value = Double("\(isNegative ? "-" : "")\(whole).\(fraction)e\(exponent)")
    else { throw .noNumber }
    guard value.isFinite else { throw .tooLarge }
    return value
  }

  private static func exponent(_ text: Substring) -> String? {
    let isSigned = text.first == "+" || text.first == "-"
    guard let digits = digits(isSigned ? text.dropFirst() : text, radix: 10) else { return nil }
    return text.first == "-" ? "-" + digits : digits
  }

  /// The digits without the underscores, each of which must stand between two of them.
  private static func digits(_ text: Substring, radix: Int) -> String? {
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    let isRight = groups.allSatisfy { group in
      !group.isEmpty && group.utf8.allSatisfy { (value(ofDigit: $0) ?? radix) < radix }
    }
    return isRight ? groups.joined() : nil
  }

  private static func value(ofDigit digit: UInt8) -> Int? {
    switch digit {
    case 0x30...0x39: Int(digit) - 0x30
    case 0x41...0x46: Int(digit) - 0x41 + 10
    case 0x61...0x66: Int(digit) - 0x61 + 10
    default: nil
    }
  }

  // MARK: Dates and times

  /// Whether a word begins as a date does, or has the colons of a time.
  private static func isDateTime(_ word: String) -> Bool {
    let start = word.unicodeScalars.prefix(5)
    let isDate = start.count == 5 && start.last == "-" && start.dropLast().allSatisfy(\.isTOMLDigit)
    let isTime = start.first?.isTOMLDigit == true && word.unicodeScalars.contains(":")
    return isDate || isTime
  }

  private static func dateTime(_ word: String) throws(Fault) -> TOMLNode {
    var dateTime = TOMLDateTime(rest: word.utf8[...])
    guard dateTime.isRight() else { throw .noDateTime }
    return .dateTime
  }
}
