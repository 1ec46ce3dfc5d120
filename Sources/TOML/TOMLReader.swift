/// A reader of TOML 1.0: one pass over a text, with the place of what it is at.
struct TOMLReader {
  private let text: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)
    if next == "\u{FEFF}" { (index, lineStart) = (1, 1) }  // a byte order mark is no content
  }

  // MARK: Statements

  /// Reads the whole text.
  mutating func document() throws(TOMLSyntaxError) -> TOMLTable {
    let root = TOMLTable()
    var table = root
    while next != nil {
      skipBlanks()
      if next == "[" {
        table = try header(in: root)
      } else if !isAtLineEnd {
        try pair(in: table)
      }
      try endLine()
    }
    return root
  }

  private mutating func header(in root: TOMLTable) throws(TOMLSyntaxError) -> TOMLTable {
    let brackets = min(2, count(of: "[", upTo: 2))
    advance(brackets)
    let path = try path()
    guard count(of: "]", upTo: brackets) == brackets else {
      throw expected(brackets == 2 ? "']]' after the name of the list" : "']' after the name")
    }
    advance(brackets)
    return try brackets == 2 ? root.appended(by: path) : root.opened(by: path)
  }

  private mutating func pair(in table: TOMLTable) throws(TOMLSyntaxError) {
    let path = try path()
    guard skip("=") else { throw expected("'=' after the key") }
    skipBlanks()
    let owner = try table.owner(of: path)
    let place = place
    let value = try value(depth: owner.depth + 1)
    if let key = path.last { owner.set(key, to: value, at: place) }
  }

  private var isAtLineEnd: Bool {
    switch next {
    case nil, "#", "\n", "\r": true
    default: false
    }
  }

  private mutating func endLine() throws(TOMLSyntaxError) {
    skipBlanks()
    try skipComment()
    guard next == nil || skipNewline() else { throw expected("the end of the line") }
  }

  // MARK: Keys

  /// Reads a key, which may have dots, and the blanks around it.
  private mutating func path() throws(TOMLSyntaxError) -> [TOMLTable.Key] {
    var path: [TOMLTable.Key] = []
    repeat {
      skipBlanks()
      let place = place
      path.append(TOMLTable.Key(name: try key(), place: place))
      skipBlanks()
    } while skip(".")
    return path
  }

  private mutating func key() throws(TOMLSyntaxError) -> String {
    if next == "\"" || next == "'" { return try shortText() }
    let key = word { $0.isTOMLLetter || $0 == "_" || $0 == "-" }
    guard !key.isEmpty else { throw expected("a key") }
    return key
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(TOMLSyntaxError) -> TOMLValue {
    switch next {
    case "[": return try list(depth: depth)
    case "{": return try inlineTable(depth: depth)
    case "\"", "'": return TOMLValue(node: .string(try quotedText()))
    default: return TOMLValue(node: try plainValue())
    }
  }

  private mutating func list(depth: Int) throws(TOMLSyntaxError) -> TOMLValue {
    guard depth <= TOMLTable.deepest else { throw .tooDeep(at: place) }
    var nodes: [TOMLNode] = []
    var sites: [String: TOMLSite] = [:]
    advance()
    try skipLines()
    while !skip("]") {
      let element = try value(depth: depth + 1)
      nodes.append(element.node)
      sites.add(element.sites)
      try skipLines()
      guard next == "]" || skip(",") else { throw expected("',' or ']' in the list") }
      try skipLines()
    }
    return TOMLValue(node: .array(nodes), sites: sites)
  }

  private mutating func inlineTable(depth: Int) throws(TOMLSyntaxError) -> TOMLValue {
    guard depth <= TOMLTable.deepest else { throw .tooDeep(at: place) }
    let table = TOMLTable(depth: depth)
    advance()
    skipBlanks()
    if !skip("}") {
      repeat {
        try pair(in: table)
        skipBlanks()
      } while skip(",")
      guard skip("}") else { throw expected("',' or '}' in the table, in the same line") }
    }
    return TOMLValue(node: .table(table.nodes), sites: table.sites)
  }
}

// MARK: Scalars

extension TOMLReader {
  var next: Unicode.Scalar? { index < text.count ? text[index] : nil }
  var place: TextPlace { TextPlace(line: line, column: index - lineStart + 1) }

  /// The scalar that so many others precede.
  func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < text.count ? text[index + distance] : nil
  }

  /// How often a scalar stands here in a row, counted up to a limit.
  func count(of scalar: Unicode.Scalar, upTo limit: Int) -> Int {
    text[index...].prefix(limit).prefix { $0 == scalar }.count
  }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count {
      index += 1
      if text[index - 1] == "\n" { (line, lineStart) = (line + 1, index) }
    }
  }

  /// Passes over a scalar, if it stands here.
  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    advance()
    return true
  }

  mutating func skipBlanks() {
    while next == " " || next == "\t" { advance() }
  }

  /// Passes over the end of a line, if it is here.
  mutating func skipNewline() -> Bool {
    let length = next == "\r" ? 2 : 1
    guard peek(length - 1) == "\n" else { return false }
    advance(length)
    return true
  }

  /// Passes over blanks, comments and ends of lines.
  mutating func skipLines() throws(TOMLSyntaxError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while skipNewline()
  }

  mutating func skipComment() throws(TOMLSyntaxError) {
    guard next == "#" else { return }
    while let scalar = next, scalar != "\n", scalar != "\r" {
      guard !scalar.isTOMLControl else { throw expected("the text of a comment") }
      advance()
    }
  }

  /// Reads the scalars that are of a kind.
  mutating func word(_ isPart: (Unicode.Scalar) -> Bool) -> String {
    let rest = text[index...].prefix(while: isPart)
    advance(rest.count)
    var word = String.UnicodeScalarView()
    word.append(contentsOf: rest)
    return String(word)
  }

  /// The mistake that something else stands here.
  func expected(_ what: String) -> TOMLSyntaxError {
    TOMLSyntaxError(place: place, reason: "expected \(what), found \(found)")
  }

  private var found: String {
    switch next {
    case nil: "the end of the text"
    case "\n": "the end of the line"
    case "\r" where peek(1) == "\n": "the end of the line"
    case let scalar? where scalar.isTOMLControl: scalar.controlName
    case let scalar?: "'\(scalar)'"
    }
  }
}

extension Unicode.Scalar {
  var isTOMLDigit: Bool { ("0"..."9").contains(self) }
  var isTOMLLetter: Bool {
    isTOMLDigit || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }
  /// Whether it may stand in no text and no comment; the ends of lines are among them.
  var isTOMLControl: Bool { (value < 0x20 && self != "\t") || value == 0x7F }

  var controlName: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "the control character U+" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
