import SPAEPyramid

/// What is typed after a colon and begins with no command's name: an edit as `spae edit` takes it,
/// or a cell to go to.
enum TypedEdit {
  /// `OLD -> NEW`, or `s/OLD/NEW/`.
  case replacement(Substitution)
  /// `2:1,2 = sunset`.
  case put(String)
  /// `2:1,2`.
  case cell(String)
  /// Edits with a semicolon between them.
  case several([String])
  /// An edit that lacks something: what is to be typed, behind the sign of a command.
  case incomplete(@Sendable (_ sign: String) -> String)

  /// Nil where it is no edit and no cell.
  init?(_ text: String) {
    if let substitution = Substitution(text[...]) {
      self = .replacement(substitution)
      return
    }
    let isNumbered = text.first?.isNumber == true
    let hasArrow = text.drop { $0.isLetter }.trimmingSpaces.hasPrefix("->")
    guard isNumbered || hasArrow else { return nil }
    let parts = text.split { ";|".contains($0) }.map(\.trimmingSpaces).filter { !$0.isEmpty }
    switch parts.count {
    case 2...: self = .several(parts)
    case 1 where parts[0] != text: self.init(parts[0])
    case _ where isNumbered: self = Self.numbered(text)
    default: self = .incomplete(Self.remedy(for: text))
    }
  }

  private static func numbered(_ text: String) -> TypedEdit {
    guard text.contains("=") else { return .cell(text) }
    guard text.last == "=" else { return .put(text) }
    return .incomplete { "name the word: \($0)\(text) WORD" }
  }

  /// What to type in place of a replacement that lacks a side.
  private static func remedy(for text: String) -> @Sendable (String) -> String {
    let sides = text.split(separator: "->", omittingEmptySubsequences: false).map(\.trimmingSpaces)
    return { sign in
      switch (sides[0].isEmpty, sides[1].isEmpty) {
      case (false, true): "name the new word: \(sign)\(sides[0]) -> WORD"
      case (true, false): "name the word to replace: \(sign)WORD -> \(sides[1])"
      default: "name one word on each side: \(sign)OLD -> NEW"
      }
    }
  }
}

/// A cell that is named as in an edit, `2:1,2`, or why there is none.
enum TypedCell {
  case cell(CellAddress)
  case refused(String)

  init(_ text: String, in shape: PyramidShape) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.last?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, numbers.count == 2,
      let layer = Int(parts[0].trimmingSpaces), let row = Int(numbers[0].trimmingSpaces),
      let column = Int(numbers[1].trimmingSpaces)
    else {
      self = .refused(
        "'\(text)': a number is a layer, LAYER:ROW,COLUMN a word, such as 2:1,2;"
          + " 2:1,2 = WORD changes it")
      return
    }
    self = Self.found(layer, row, column, in: shape)
  }

  private static func found(
    _ layer: Int, _ row: Int, _ column: Int, in shape: PyramidShape
  ) -> TypedCell {
    typealias Problem = WordEditError.Problem
    guard (1...shape.depth).contains(layer) else {
      return .refused("\(Problem.layer("\(layer)", depth: shape.depth))")
    }
    let size = shape.size(ofLayer: layer)
    for (got, what, side) in [(row, "row", size.rows), (column, "column", size.columns)]
    where !(1...side).contains(got) {
      return .refused("\(Problem.position("\(got)", what: what, layer: layer, side: side))")
    }
    return .cell(CellAddress(layer: layer, row: row - 1, column: column - 1))
  }
}

extension PlainCommand {
  /// A cell that is named as in an edit: `2:1,2`.
  static func namedCell(
    _ words: [String], _ shape: PyramidShape
  ) throws(PlainCommandError) -> PlainCommand? {
    guard case .cell(let text)? = TypedEdit(words.joined(separator: " ")) else { return nil }
    if Int(text) != nil { return nil }
    switch TypedCell(text, in: shape) {
    case .cell(let cell): return .go(cell)
    case .refused(let reason): throw PlainCommandError(reason)
    }
  }
}
