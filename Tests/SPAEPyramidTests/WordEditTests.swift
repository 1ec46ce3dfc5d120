import SPAEPyramid
import Testing

@Suite struct AnEditThatIsWritten {
  private let shape: PyramidShape
  private let vocabulary: Vocabulary

  init() throws {
    shape = try #require(PyramidShape(grid: 16))
    vocabulary = try Vocabulary(text: "grass\nsnow\nsunset\nsand\n")
  }

  private func edit(_ line: String) throws(WordEditError) -> WordEdit? {
    try WordEdit(line: line, number: 7, shape: shape, vocabulary: vocabulary)
  }

  @Test(
    "replaces a word wherever it is",
    arguments: ["grass -> snow", "grass->snow", "  grass  ->\tsnow  # winter", "Grass -> SNOW#"])
  func replaces(line: String) throws {
    let edit = try #require(try edit(line))
    #expect(edit.change == .replace(old: 0, new: 1))
    #expect(edit.line == 7)
    #expect(edit.text.lowercased().filter { !$0.isWhitespace } == "grass->snow")
  }

  @Test func putsAWordIntoACellOrABlock() throws {
    #expect(
      try edit("2:1,2 = sunset")?.change
        == .put([CellAddress(layer: 2, row: 0, column: 1)], word: 2))
    #expect(
      try edit("3:1-2,4=sand")?.change
        == .put(
          [CellAddress(layer: 3, row: 0, column: 3), CellAddress(layer: 3, row: 1, column: 3)],
          word: 3))
  }

  @Test func putsAWordIntoSeveralCells() throws {
    let cells = [(0, 1), (3, 0), (3, 1)].map { CellAddress(layer: 3, row: $0.0, column: $0.1) }
    #expect(try edit("3: 1,2 4,1-2 = sand")?.change == .put(cells, word: 3))
  }

  @Test("is none where nothing but a comment stands", arguments: ["", "   ", "# grass -> snow"])
  func nothing(line: String) throws { #expect(try edit(line) == nil) }

  static let mistakes: [(String, Int, WordEditError.Problem)] = [
    ("grass snow", 7, .form("snow")),
    ("grass ->", 9, .form("")),
    ("-> snow", 1, .form("-> snow")),
    ("junkk", 6, .form("")), ("gras snow", 6, .form("snow")),
    ("gras -> snow", 1, .unknownWord("gras", near: ["grass"])),
    ("grass -> snowq", 10, .unknownWord("snowq", near: ["snow"])),
    ("grass -> xylophone", 10, .unknownWord("xylophone", near: [])),
    ("grass -> snow sand", 15, .surplus("sand")),
    ("7:1,1 = snow", 1, .layer("7", depth: 6)),
    ("0:1,1 = snow", 1, .layer("0", depth: 6)),
    ("2:3,1 = snow", 3, .position("3", what: "row", layer: 2, side: 2)),
    ("2:1,0 = snow", 5, .position("0", what: "column", layer: 2, side: 2)),
    ("3:3-2,1 = snow", 3, .backward("3-2", what: "row", forward: "2-3")),
    ("3:1,4 - 1 = snow", 5, .backward("4-1", what: "column", forward: "1-4")),
    ("3:3-9,1 = snow", 5, .position("9", what: "row", layer: 3, side: 4)),
    ("2:1 = snow", 5, .form("= snow")),
    ("2;1,1 = snow", 2, .form(";1,1 = snow")),
    ("99999999999999999999:1,1 = snow", 1, .layer("999999999999", depth: 6)),
    ("2:1,1 = ", 9, .form("")),
  ]

  @Test("names the column of a mistake", arguments: mistakes.indices)
  func mistake(index: Int) {
    let (line, column, problem) = Self.mistakes[index]
    #expect(throws: WordEditError(line: 7, column: column, problem: problem)) {
      try edit(line)
    }
  }

  @Test func ofATextStandsOneALine() throws {
    let text = "# winter\n\ngrass -> snow\r\n1:1,1 = sunset # above\n"
    let edits = try WordEdit.edits(in: text, shape: shape, vocabulary: vocabulary)
    #expect(edits.map(\.line) == [3, 4])
    #expect(edits.map(\.text) == ["grass -> snow", "1:1,1 = sunset"])
    let marked = try WordEdit.edits(
      in: "\u{FEFF}" + "grass -> snow\n", shape: shape, vocabulary: vocabulary)
    #expect(marked.map(\.column) == [1])
  }
}
