import SPAESystem

/// An edit of a pyramid as people write it: `grass -> snow`, or `2:1,2 = sunset`.
public struct WordEdit: Hashable, Sendable {
  /// What becomes which word.
  public enum Change: Hashable, Sendable {
    /// One word becomes another wherever the picture has it.
    case replace(old: Int32, new: Int32)
    /// Some cells become a word.
    case put([CellAddress], word: Int32)

    /// The new word.
    package var word: Int32 {
      switch self {
      case .replace(_, let new): new
      case .put(_, let word): word
      }
    }
  }

  /// What becomes which word.
  public var change: Change

  /// As it was written, without a comment and white space around it.
  package var text: String

  /// Where it was written: its line, or its number among the arguments, from 1.
  package var line: Int

  /// The column at which it begins, from 1.
  package var column: Int
}

extension WordEdit {
  /// Reads the edits of a text, one a line; `#` begins a comment where a line or a word could.
  public static func edits(
    in text: String, shape: PyramidShape, vocabulary: Vocabulary
  ) throws(WordEditError) -> [WordEdit] {
    var edits: [WordEdit] = []
    // A byte order mark is no content.
    let plain = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    for (index, line) in plain.textLines.enumerated() {
      let edit = try WordEdit(
        line: line, number: index + 1, shape: shape, vocabulary: vocabulary)
      if let edit { edits.append(edit) }
    }
    return edits
  }

  /// Reads one line; nil where it holds nothing but a comment.
  public init?(
    line: some StringProtocol, number: Int, shape: PyramidShape, vocabulary: Vocabulary
  ) throws(WordEditError) {
    var reader = WordEditReader(
      String(line), number: number, shape: shape, vocabulary: vocabulary)
    guard let edit = try reader.edit() else { return nil }
    self = edit
  }
}

/// What is wrong with an edit, and where.
public struct WordEditError: Error, Hashable, Sendable {
  /// What is wrong: `description` says it to a person.
  public enum Problem: Hashable, Sendable {
    case form(String)
    case layer(String, depth: Int)
    case position(String, what: String, layer: Int, side: Int)
    /// A range whose end comes before its beginning.
    case backward(String, what: String, forward: String)
    case unknownWord(String, near: [String])
    case surplus(String)
  }

  /// The line, or the argument's number, from 1.
  public let line: Int
  /// Counted from 1.
  public let column: Int
  /// What is wrong.
  public let problem: Problem

  package init(line: Int, column: Int, problem: Problem) {
    (self.line, self.column, self.problem) = (line, column, problem)
  }
}

extension WordEditError.Problem: CustomStringConvertible {
  /// The problem in English, without its position.
  public var description: String {
    switch self {
    case .form(let got):
      "expected 'OLD -> NEW' or 'LAYER:ROW,COLUMN = WORD'\(got.isEmpty ? "" : ", got '\(got)'")"
    case .layer(let got, let depth):
      "there is no layer \(got); this pyramid has layers 1 to \(depth)"
    case .position(let got, let what, let layer, let side):
      "there is no \(what) \(got) in layer \(layer), which has 1 to \(side)"
    case .backward(let got, let what, let forward):
      "the \(what)s \(got) go backward; write \(forward)"
    case .unknownWord(let word, let near):
      "'\(word)' is not in the vocabulary"
        + (near.isEmpty ? "" : "; nearest in spelling are \(near.joined(separator: ", "))")
    case .surplus(let got): "expected nothing after the edit, got '\(got)'"
    }
  }
}

/// Reads one edit, character by character.
private struct WordEditReader {
  private let characters: [Character]
  private var place = 0
  private let number: Int
  private let shape: PyramidShape
  private let vocabulary: Vocabulary

  init(_ line: String, number: Int, shape: PyramidShape, vocabulary: Vocabulary) {
    characters = Array(line)
    (self.number, self.shape, self.vocabulary) = (number, shape, vocabulary)
  }

  mutating func edit() throws(WordEditError) -> WordEdit? {
    skipSpace()
    guard !isAtEnd else { return nil }
    let start = place
    let isPosition = characters[place].isNumber
    let change = isPosition ? try put() : try replace()
    let text = String(characters[start..<place])
    skipSpace()
    guard isAtEnd else { throw error(.surplus(excerpt(from: place))) }
    return WordEdit(change: change, text: text, line: number, column: start + 1)
  }

  private mutating func replace() throws(WordEditError) -> WordEdit.Change {
    // Without an arrow it is no edit, whatever the word.
    let old = try letters()
    try take("->")
    return .replace(old: try number(of: old.text, at: old.start), new: try word())
  }

  private mutating func put() throws(WordEditError) -> WordEdit.Change {
    let depth = shape.depth
    let layer = try value(1...depth) { .layer($0, depth: depth) }
    try take(":")
    var cells: [CellAddress] = []
    repeat {
      cells += try block(ofLayer: layer.lowerBound)
      skipSpace()
    } while place < characters.count && characters[place].isNumber
    try take("=")
    return .put(cells, word: try word())
  }

  /// `1,2`, or `1-2,1-4`.
  private mutating func block(ofLayer layer: Int) throws(WordEditError) -> [CellAddress] {
    let size = shape.size(ofLayer: layer)
    let rows = try range("row", layer, size.rows)
    try take(",")
    let columns = try range("column", layer, size.columns)
    return rows.flatMap { row in
      columns.map { CellAddress(layer: layer, row: row - 1, column: $0 - 1) }
    }
  }

  /// `2`, or `2-4`.
  private mutating func range(
    _ what: String, _ layer: Int, _ side: Int
  ) throws(WordEditError) -> ClosedRange<Int> {
    func problem(_ got: String) -> WordEditError.Problem {
      .position(got, what: what, layer: layer, side: side)
    }
    skipSpace()
    let start = place
    let first = try value(1...side, problem).lowerBound
    skipSpace()
    guard place < characters.count, characters[place] == "-" else { return first...first }
    place += 1
    let last = try value(1...side, problem).lowerBound
    guard first <= last else {
      throw error(
        .backward("\(first)-\(last)", what: what, forward: "\(last)-\(first)"), at: start)
    }
    return first...last
  }

  private mutating func value(
    _ allowed: ClosedRange<Int>, _ problem: (String) -> WordEditError.Problem
  ) throws(WordEditError) -> ClosedRange<Int> {
    skipSpace()
    let start = place
    while place < characters.count, characters[place].isASCII, characters[place].isNumber {
      place += 1
    }
    let digits = String(characters[start..<place])
    guard !digits.isEmpty else { throw error(.form(excerpt(from: start)), at: start) }
    guard let value = Int(digits), allowed.contains(value) else {
      throw error(problem(String(digits.prefix(12))), at: start)
    }
    return value...value
  }

  private mutating func word() throws(WordEditError) -> Int32 {
    let (text, start) = try letters()
    return try number(of: text, at: start)
  }

  private mutating func letters() throws(WordEditError) -> (text: String, start: Int) {
    skipSpace()
    let start = place
    while place < characters.count, characters[place].isLetter { place += 1 }
    guard place > start else { throw error(.form(excerpt(from: start)), at: start) }
    return (String(characters[start..<place]), start)
  }

  private func number(of text: String, at start: Int) throws(WordEditError) -> Int32 {
    if let number = vocabulary.number(of: text) ?? vocabulary.number(of: text.lowercased()) {
      return number
    }
    let near = vocabulary.nearestInSpelling(to: String(text.prefix(64)))
    throw error(.unknownWord(String(text.prefix(40)).printable, near: near), at: start)
  }

  private mutating func take(_ sign: String) throws(WordEditError) {
    skipSpace()
    guard characters[place...].starts(with: sign) else {
      throw error(.form(excerpt(from: place)), at: place)
    }
    place += sign.count
  }

  private mutating func skipSpace() {
    while place < characters.count, characters[place].isWhitespace { place += 1 }
  }

  private var isAtEnd: Bool { place == characters.count || characters[place] == "#" }

  private func excerpt(from start: Int) -> String {
    String(characters[start...].prefix(40)).printable
  }

  private func error(_ problem: WordEditError.Problem, at place: Int? = nil) -> WordEditError {
    WordEditError(line: number, column: (place ?? self.place) + 1, problem: problem)
  }
}
