/// Turns the bytes that a terminal sends into keys.
///
/// It knows the sequences of xterm and its kin, rxvt and the Linux console, mouse reports by SGR
/// (mode 1006) and bracketed paste (mode 2004), whose text comes as plain characters. Answers of
/// the terminal to a question asked earlier are passed over.
package struct KeyDecoder: Sendable {
  private var waiting: [UInt8] = []
  private var isPasting = false

  /// No sequence is longer; what claims to be is thrown away.
  private static let longest = 8192

  package init() {}

  /// Whether Escape waits for more; after a short while without any, `flush` says what it was.
  ///
  /// Longer beginnings of a sequence wait for its end as long as it takes: a slow line must not
  /// turn half a mouse report into commands.
  package var isPending: Bool { !isPasting && waiting.first == 0x1B && waiting.count <= 2 }

  /// Takes bytes as they come, and gives the keys that are complete.
  package mutating func keys(in bytes: some Sequence<UInt8>) -> [Key] {
    waiting += bytes
    var keys: [Key] = []
    var rest = waiting[...]
    while let step = isPasting ? pasted(rest) : Self.step(rest) {
      keys += step.keys
      rest = rest.dropFirst(step.length)
      isPasting = step.beginsPaste ?? isPasting
    }
    waiting = rest.count > Self.longest ? [] : Array(rest)
    return keys
  }

  /// Takes what is pending for what it is so far: Escape, or a key held with Alt.
  package mutating func flush() -> [Key] {
    guard isPending else { return [] }
    defer { waiting = [] }
    guard waiting.count == 2 else { return [.escape] }
    return [waiting[1] == 0x1B ? .escape : .alt(Character(Unicode.Scalar(waiting[1])))]
  }

  // MARK: One key

  /// What the first bytes are; nil where they are not complete.
  private struct Step {
    let length: Int
    var keys: [Key] = []
    var beginsPaste: Bool?
  }

  private static func step(_ bytes: ArraySlice<UInt8>) -> Step? {
    guard let first = bytes.first else { return nil }
    switch first {
    case 0x1B: return escape(bytes)
    // A terminal that has not been told to leave keys alone makes a line feed of Enter.
    case 0x0D, 0x0A: return Step(length: 1, keys: [.enter])
    case 0x09: return Step(length: 1, keys: [.tab])
    case 0x08, 0x7F: return Step(length: 1, keys: [.backspace])
    case ..<0x20: return Step(length: 1, keys: [.control(held(first))])
    default: return text(bytes)
    }
  }

  /// The key that gives a control byte: 1 is a, 0x1D is ].
  private static func held(_ byte: UInt8) -> Character {
    Character(Character(Unicode.Scalar(byte | 0x40)).lowercased())
  }

  /// A run of text; the bytes of a character that is not complete are left for later.
  private static func text(_ bytes: ArraySlice<UInt8>) -> Step? {
    var run = bytes.prefix { $0 >= 0x20 && $0 != 0x7F }
    if run.endIndex == bytes.endIndex { run = run.dropLast(unfinished(run)) }
    guard !run.isEmpty else { return nil }
    let keys = String(decoding: run, as: UTF8.self).map { Key.character($0) }
    return Step(length: run.count, keys: keys)
  }

  /// The bytes at the end that begin a character of UTF-8 and do not finish it.
  private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
    for (index, byte) in bytes.suffix(3).reversed().enumerated() where byte >= 0xC0 {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return index + 1 < length ? index + 1 : 0
    }
    return 0
  }

  private func pasted(_ bytes: ArraySlice<UInt8>) -> Step? {
    let end = Array("\u{1B}[201~".utf8)
    if bytes.starts(with: end) { return Step(length: end.count, beginsPaste: false) }
    guard let first = bytes.first else { return nil }
    if first == 0x1B { return end.starts(with: bytes) ? nil : Step(length: 1) }
    if [0x09, 0x0A, 0x0D].contains(first) { return Step(length: 1, keys: [.character(" ")]) }
    return first < 0x20 || first == 0x7F ? Step(length: 1) : Self.text(bytes)
  }

  // MARK: Sequences that begin with Escape

  private static func escape(_ bytes: ArraySlice<UInt8>) -> Step? {
    let rest = bytes.dropFirst()
    guard let second = rest.first else { return nil }
    switch second {
    case UInt8(ascii: "["): return control(bytes)
    case UInt8(ascii: "O"): return application(bytes)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"): return answer(bytes)
    case 0x1B: return rest.count == 1 ? nil : Step(length: 1, keys: [.escape])
    case 0x7F: return Step(length: 2, keys: [.control("w")])  // as shells do: a word goes
    case ..<0x20: return Step(length: 1, keys: [.escape])
    default:
      guard let step = text(rest), case .character(let character)? = step.keys.first else {
        return nil
      }
      return Step(length: 1 + min(character.utf8.count, step.length), keys: [.alt(character)])
    }
  }

  /// `ESC O` and a letter: keys of a keypad in application mode.
  private static func application(_ bytes: ArraySlice<UInt8>) -> Step? {
    guard let letter = bytes.dropFirst(2).first else { return nil }
    if letter == UInt8(ascii: "M") { return Step(length: 3, keys: [.enter]) }
    if let key = key(letter: letter) { return Step(length: 3, keys: [key]) }
    guard (0x6A...0x79).contains(letter) else { return Step(length: 2, keys: [.alt("O")]) }
    return Step(length: 3, keys: [.character(Character(Unicode.Scalar(letter - 0x40)))])
  }

  /// `ESC [`, parameters, and the letter that ends them.
  private static func control(_ bytes: ArraySlice<UInt8>) -> Step? {
    let body = bytes.dropFirst(2)
    if body.first == UInt8(ascii: "[") {
      guard let letter = body.dropFirst().first else { return nil }
      return Step(length: 4, keys: (0x41...0x45) ~= letter ? [.function(Int(letter) - 0x40)] : [])
    }
    let parameters = body.prefix { (0x20...0x3F).contains($0) }
    guard let last = bytes[parameters.endIndex...].first else { return nil }
    let length = parameters.count + 3
    guard (0x40...0x7E).contains(last) else { return Step(length: length - 1) }
    return step(String(decoding: parameters, as: UTF8.self), last, length)
  }

  private static func step(_ parameters: String, _ last: UInt8, _ length: Int) -> Step {
    if parameters.hasPrefix("<") {
      return Step(length: length, keys: mouse(parameters.dropFirst(), last).map { [$0] } ?? [])
    }
    let isNumbered = last == UInt8(ascii: "~") || last == UInt8(ascii: "$")
    guard isNumbered else {
      let isAnswer = parameters.hasPrefix("?") || parameters.hasPrefix(">")
      let key = isAnswer ? nil : key(letter: last)
      return Step(length: length, keys: key.map { [$0] } ?? [])
    }
    let number = Int(parameters.prefix { $0.isNumber }) ?? 0
    if number == 200 || number == 201 { return Step(length: length, beginsPaste: number == 200) }
    return Step(length: length, keys: key(number: number).map { [$0] } ?? [])
  }

  /// `ESC ]`, `ESC P` and `ESC _` up to their end: a late answer, which nobody waits for now.
  private static func answer(_ bytes: ArraySlice<UInt8>) -> Step? {
    for index in bytes.indices.dropFirst(2) {
      if bytes[index] == 0x07 { return Step(length: index - bytes.startIndex + 1) }
      guard bytes[index] == 0x1B, let next = bytes[(index + 1)...].first else { continue }
      return Step(length: index - bytes.startIndex + (next == UInt8(ascii: "\\") ? 2 : 0))
    }
    return nil
  }

  private static func mouse(_ parameters: Substring, _ last: UInt8) -> Key? {
    let numbers = parameters.split(separator: ";").compactMap { Int($0) }
    guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
    guard let action = action(of: numbers[0], isRelease: last == UInt8(ascii: "m")) else {
      return nil
    }
    return .mouse(Key.Mouse(action, row: numbers[2] - 1, column: numbers[1] - 1))
  }

  /// What the left button or the wheel did; modifiers (4, 8, 16) count for nothing.
  private static func action(of code: Int, isRelease: Bool) -> Key.Mouse.Action? {
    switch code & ~0b11100 {
    case 64: .wheelUp
    case 65: .wheelDown
    case 32: .drag
    case 0: isRelease ? .release : .press
    default: nil
    }
  }

  private static func key(letter: UInt8) -> Key? {
    switch Character(Unicode.Scalar(letter)) {
    case "A": .up
    case "B": .down
    case "C": .right
    case "D": .left
    case "H": .home
    case "F": .end
    case "Z": .backTab
    case "P": .function(1)
    case "Q": .function(2)
    case "R": .function(3)
    case "S": .function(4)
    default: nil
    }
  }

  private static func key(number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23...26: .function(number - 12)
    case 28, 29: .function(number - 13)
    case 31...34: .function(number - 14)
    default: nil
    }
  }
}
