/// The rest of a date or time while its form and its ranges are checked.
struct TOMLDateTime {
  var rest: Substring.UTF8View

  /// Whether it is a date, a time, or both with or without the distance to UTC, and no more.
  mutating func isRight() -> Bool {
    guard rest.dropFirst(2).first != UInt8(ascii: ":") else { return time() && rest.isEmpty }
    guard date() else { return false }
    if rest.isEmpty { return true }
    return (skip("T") || skip("t") || skip(" ")) && time() && offset() && rest.isEmpty
  }

  private mutating func date() -> Bool {
    guard let year = number(digits: 4, 0...9999), skip("-"), let month = number(1...12), skip("-")
    else { return false }
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return number(1...days[month - 1]) != nil
  }

  private mutating func time() -> Bool {
    guard clock(), skip(":"), number(0...60) != nil else { return false }  // 60 is a leap second
    guard skip(".") else { return true }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest.dropFirst(digits.count)
    return !digits.isEmpty
  }

  private mutating func offset() -> Bool {
    rest.isEmpty || skip("Z") || skip("z") || ((skip("+") || skip("-")) && clock())
  }

  /// Hours and minutes.
  private mutating func clock() -> Bool {
    number(0...23) != nil && skip(":") && number(0...59) != nil
  }

  private mutating func number(digits: Int = 2, _ range: ClosedRange<Int>) -> Int? {
    let text = rest.prefix(digits)
    guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(digits)
    let value = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return range.contains(value) ? value : nil
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: scalar) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
