/// Where the keys and values of a TOML document stand.
///
/// The parser tells the place of a mistake in the syntax only. This scanner knows just enough of
/// it to walk through a text that the parser has accepted.
struct TOMLPlaces: Hashable, Sendable {
  private(set) var keys: [[String]: TextPlace] = [:]
  private(set) var values: [[String]: TextPlace] = [:]

  private let text: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var column = 1

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)
    var table: [String] = []
    while skipBlanks(andLines: true) {
      if next == "[" {
        table = header()
      } else {
        pair(in: table)
      }
    }
  }

  private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }
  private var place: TextPlace { TextPlace(line: line, column: column) }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<min(count, text.count - index) {
      column += 1
      if text[index] == "\n" { (line, column) = (line + 1, 1) }
      index += 1
    }
  }

  /// Passes over blanks and comments; whether anything follows.
  @discardableResult
  private mutating func skipBlanks(andLines: Bool) -> Bool {
    while let scalar = next {
      if scalar == "#" {
        while let scalar = next, scalar != "\n" { advance() }
      } else if scalar == " " || scalar == "\t" || (andLines && (scalar == "\n" || scalar == "\r"))
      {
        advance()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func header() -> [String] {
    while next == "[" { advance() }
    let path = path(after: [])
    while let scalar = next, scalar != "\n" { advance() }
    return path
  }

  private mutating func pair(in table: [String]) {
    let path = path(after: table)
    guard next == "=" else { return advance() }
    advance()
    skipBlanks(andLines: false)
    value(at: path)
  }

  /// Reads a key, which may have dots, and notes its place.
  private mutating func path(after table: [String]) -> [String] {
    var path = table
    repeat {
      if next == "." { advance() }
      skipBlanks(andLines: false)
      let start = place
      path.append(key())
      if keys[path] == nil { keys[path] = start }
      skipBlanks(andLines: false)
    } while next == "."
    return path
  }

  private mutating func key() -> String {
    if let quote = next, quote == "\"" || quote == "'" { return quoted(by: quote) }
    var key = String.UnicodeScalarView()
    while let scalar = next, !" \t=.]\n".unicodeScalars.contains(scalar) {
      key.append(scalar)
      advance()
    }
    return String(key)
  }

  private mutating func value(at path: [String]) {
    values[path] = place
    switch next {
    case "{": list(until: "}") { $0.pair(in: path) }
    case "[": list(until: "]") { $0.value(at: path + ["*"]) }
    case let quote? where quote == "\"" || quote == "'": _ = quoted(by: quote)
    default: while let scalar = next, !",]}#\n".unicodeScalars.contains(scalar) { advance() }
    }
  }

  private mutating func list(until end: Unicode.Scalar, _ element: (inout Self) -> Void) {
    advance()
    while skipBlanks(andLines: true), next != end {
      let before = index
      if next == "," { advance() } else { element(&self) }
      if index == before { advance() }
    }
    advance()
  }

  /// Passes over a text in one or three quotes, and gives it as it is written.
  private mutating func quoted(by quote: Unicode.Scalar) -> String {
    let isLong = text[index...].prefix(3).elementsEqual([quote, quote, quote])
    let end = Array(repeating: quote, count: isLong ? 3 : 1)
    advance(end.count)
    var content = String.UnicodeScalarView()
    while let scalar = next, !text[index...].prefix(end.count).elementsEqual(end) {
      if scalar == "\\", quote == "\"" { advance() }
      if let scalar = next { content.append(scalar) }
      advance()
    }
    advance(end.count)
    return String(content)
  }
}
