import SPAEPixels

/// One thing that a terminal said of itself.
enum TerminalAnswer: Hashable {
  /// Primary device attributes: the class, then what it can do; 4 is sixels.
  case attributes([Int])
  /// A character cell in pixels.
  case cellSize(width: Int, height: Int)
  /// Secondary device attributes: the kind of terminal, its version, and more.
  case secondaryAttributes([Int])
  /// How many colours a sixel picture may have.
  case sixelColours(Int)
  /// The most pixels that a sixel picture may have on each side.
  case largestSixel(width: Int, height: Int)
  /// The program and its version.
  case name(String)
  case background(Colour)
  /// Whether a picture of the kitty protocol was taken.
  case kitty(isTaken: Bool)

  /// All answers in what was read; keys that were typed and whatever is damaged are passed over.
  static func all(in bytes: [UInt8]) -> [TerminalAnswer] {
    var answers: [TerminalAnswer] = []
    var rest = bytes[...]
    while let start = rest.firstIndex(of: 0x1B) {
      rest = rest[(start + 1)...]
      switch rest.popFirst() {
      case UInt8(ascii: "["): answers += control(&rest).map { [$0] } ?? []
      case UInt8(ascii: "]"): answers += string(&rest).flatMap(background).map { [$0] } ?? []
      case UInt8(ascii: "P"): answers += string(&rest).flatMap(name).map { [$0] } ?? []
      case UInt8(ascii: "_"): answers += string(&rest).flatMap(kitty).map { [$0] } ?? []
      case 0x1B?: rest = bytes[(start + 1)...]
      default: break
      }
    }
    return answers
  }

  // MARK: Sequences

  /// Reads a control sequence behind CSI: parameters and a final byte.
  private static func control(_ rest: inout ArraySlice<UInt8>) -> TerminalAnswer? {
    let body = rest.prefix { (0x20...0x3F).contains($0) }
    rest = rest.dropFirst(body.count)
    guard let final = rest.first, (0x40...0x7E).contains(final) else { return nil }
    rest = rest.dropFirst()
    let text = String(decoding: body, as: UTF8.self)
    switch final {
    case UInt8(ascii: "c") where text.hasPrefix("?"):
      return .attributes(numbers(text.dropFirst()).compactMap(\.self))
    case UInt8(ascii: "c") where text.hasPrefix(">"):
      return .secondaryAttributes(numbers(text.dropFirst()).compactMap(\.self))
    case UInt8(ascii: "S") where text.hasPrefix("?"):
      return sixels(numbers(text.dropFirst()))
    case UInt8(ascii: "t"): return cellSize(numbers(text[...]))
    default: return nil
    }
  }

  private static func numbers(_ text: Substring) -> [Int?] {
    text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
  }

  /// The text of a string up to its end, BEL or ESC \; nil where something else breaks it off.
  private static func string(_ rest: inout ArraySlice<UInt8>) -> Substring? {
    let body = rest.prefix { $0 != 0x07 && $0 != 0x1B }
    let after = rest.dropFirst(body.count)
    let isBell = after.first == 0x07
    guard isBell || after.starts(with: [0x1B, UInt8(ascii: "\\")]) else {
      rest = after
      return nil
    }
    rest = after.dropFirst(isBell ? 1 : 2)
    return Substring(decoding: body, as: UTF8.self)
  }

  // MARK: Answers

  /// `6 ; height ; width t`
  private static func cellSize(_ numbers: [Int?]) -> TerminalAnswer? {
    guard numbers.count == 3, numbers[0] == 6, let height = numbers[1], let width = numbers[2],
      (1...200).contains(width), (1...200).contains(height)
    else { return nil }
    return .cellSize(width: width, height: height)
  }

  /// `? 1 ; 0 ; colours S` or `? 2 ; 0 ; width ; height S`, where 0 says that all is well.
  ///
  /// mlterm answers the second question with an error about the first, `? 1 ; 3 ; 0 S`.
  private static func sixels(_ numbers: [Int?]) -> TerminalAnswer? {
    guard numbers.count >= 3, numbers[1] == 0 else { return nil }
    if numbers[0] == 1, let colours = numbers[2], colours >= 2 { return .sixelColours(colours) }
    guard numbers[0] == 2, numbers.count == 4, let width = numbers[2], let height = numbers[3],
      min(width, height) >= leastSixel
    else { return nil }
    return .largestSixel(width: width, height: height)
  }

  /// A limit below this is none that a terminal could mean.
  private static let leastSixel = 64

  /// `> | name`
  private static func name(_ text: Substring) -> TerminalAnswer? {
    text.hasPrefix(">|") ? .name(String(text.dropFirst(2))) : nil
  }

  /// `11 ; colour`
  private static func background(_ text: Substring) -> TerminalAnswer? {
    guard text.hasPrefix("11;") else { return nil }
    return Colour(x11: text.dropFirst(3)).map(TerminalAnswer.background)
  }

  /// `G i=31 ; OK`
  private static func kitty(_ text: Substring) -> TerminalAnswer? {
    let parts = text.split(separator: ";", maxSplits: 1)
    guard parts.count == 2, parts[0].dropFirst().split(separator: ",").contains("i=31"),
      parts[0].first == "G"
    else { return nil }
    return .kitty(isTaken: parts[1] == "OK")
  }
}

extension Colour {
  /// Reads a colour as X11 writes it: `rgb:RRRR/GGGG/BBBB`, one to four digits each, `rgba:` with
  /// a fourth part, or `#RRGGBB`.
  fileprivate init?(x11 text: Substring) {
    var parts: [Substring]
    if text.hasPrefix("rgb:") || text.hasPrefix("rgba:") {
      parts = (text.split(separator: ":").last ?? "").split(separator: "/")
    } else if text.hasPrefix("#"), text.count % 3 == 1, text.count > 1 {
      let digits = Array(text.dropFirst())
      let third = digits.count / 3
      parts = (0..<3).map { Substring(String(digits[$0 * third..<($0 + 1) * third])) }
    } else {
      return nil
    }
    let channels = parts.prefix(3).compactMap(Self.channel)
    guard channels.count == 3 else { return nil }
    self.init(red: channels[0], green: channels[1], blue: channels[2])
  }

  private static func channel(_ digits: Substring) -> UInt8? {
    guard (1...4).contains(digits.count), digits.allSatisfy(\.isHexDigit),
      let value = Int(digits, radix: 16)
    else { return nil }
    let most = 1 << (4 * digits.count) - 1
    return UInt8((value * 255 + most / 2) / most)
  }
}
