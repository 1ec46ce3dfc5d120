import Foundation
import SPAEPyramid
import Testing

/// Pyramids over a grid of 8 and a vocabulary of ten words.
enum Sample {
  static let words = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay"]

  static func vocabulary() throws -> Vocabulary {
    try Vocabulary(text: words.joined(separator: "\n") + "\n")
  }

  static func document(seed: Int32 = 7, grid: String = "8") throws -> PyramidDocument {
    let shape = try #require(GridSize(text: grid).flatMap { PyramidShape(grid: $0) })
    var state = UInt32(bitPattern: seed)
    let numbers = (0..<shape.wordCount).map { _ -> Int32 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int32(state >> 16) % 10
    }
    let pyramid = try #require(Pyramid(shape: shape, words: numbers))
    return PyramidDocument(
      model: .init(name: "tiny", hash: "ab12", vocabulary: "cd34"),
      source: .init(name: "a \"cat\"\n.png", width: 20, height: 30), pyramid: pyramid)
  }
}

@Suite struct TextOfAPyramid {
  @Test(arguments: ["8", "16", "32", "12x8", "8x13", "64x16"], [Int32(1), 2, 3])
  func comesBackExactly(grid: String, seed: Int32) throws {
    let vocabulary = try Sample.vocabulary()
    let document = try Sample.document(seed: seed, grid: grid)
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    #expect(try PyramidText.document(from: text, vocabulary: vocabulary) == document)
  }

  @Test func isWrittenAsDrawn() throws {
    let text = PyramidText.text(of: try Sample.document(), vocabulary: try Sample.vocabulary())
    let expected = """
      spae 1
      model tiny ab12
      vocabulary cd34
      source "a \\"cat\\"\\u{a}.png" 20x30
      grid 8

      layer 1
      """
    #expect(text.hasPrefix(expected + "\n"))
    let second = text.components(separatedBy: "layer 2\n")[1].split(separator: "\n").prefix(2)
    #expect(second.allSatisfy { $0.split(separator: " ").count == 2 })
  }

  @Test func keepsCommentsInTheirPlaces() throws {
    let vocabulary = try Sample.vocabulary()
    let text = PyramidText.text(of: try Sample.document(), vocabulary: vocabulary)
    let noted =
      "# first\n" + text.replacingOccurrences(of: "layer 3", with: "# third\nlayer 3")
      + "# last\n"
    let document = try PyramidText.document(from: noted, vocabulary: vocabulary)
    #expect(document.comments.map(\.text) == ["# first", "# third", "# last"])
    #expect(PyramidText.text(of: document, vocabulary: vocabulary) == noted)
  }

  @Test("keeps comments at the ends of its lines")
  func keepsCommentsAtEnds() throws {
    let vocabulary = try Sample.vocabulary()
    let text = PyramidText.text(of: try Sample.document(), vocabulary: vocabulary)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[3] = "source \"a \\\" # .png\" 20x30  # \"mine\""
    lines[4] += "  # cells # a side"
    lines[7] += "  #top"
    lines[8] = "# alone"
    let noted = lines.joined(separator: "\n")
    let document = try PyramidText.document(from: noted, vocabulary: vocabulary)
    #expect(document.source.name == "a \" # .png")
    #expect(
      document.comments == [
        .init(endOf: 3, text: "# \"mine\""), .init(endOf: 4, text: "# cells # a side"),
        .init(endOf: 6, text: "#top"), .init(before: 7, text: "# alone"),
      ])
    let again = PyramidText.text(of: document, vocabulary: vocabulary)
    #expect(again == noted.replacingOccurrences(of: "# alone\n", with: "\n# alone\n"))
    #expect(try PyramidText.document(from: again, vocabulary: vocabulary) == document)
    let json = try JSONEncoder().encode(PyramidJSON(document, vocabulary: vocabulary))
    let back = try JSONDecoder().decode(PyramidJSON.self, from: json)
    #expect(try back.document(vocabulary: vocabulary) == document)
  }

  @Test(
    "refuses comments in JSON that a text could not hold",
    arguments: [
      [PyramidDocument.Comment(before: 0, text: "layer 1")],
      [.init(endOf: 3, text: "  # moved")], [.init(endOf: 99, text: "# nowhere")],
      [.init(endOf: -1, text: "# nowhere")], [.init(endOf: 3, text: "# two\nlines")],
      [.init(endOf: 3, text: "# one"), .init(endOf: 3, text: "# two")],
    ])
  func refusesComments(comments: [PyramidDocument.Comment]) throws {
    let vocabulary = try Sample.vocabulary()
    var json = PyramidJSON(try Sample.document(), vocabulary: vocabulary)
    json.comments = comments
    #expect(throws: PyramidTextError.self) { try json.document(vocabulary: vocabulary) }
  }

  @Test("is whole in the example of its manual page")
  func isWholeInTheManual() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../man/spae.5").standardized
    let text = try String(contentsOf: page, encoding: .utf8)
    let example = try #require(
      text.components(separatedBy: ".Bd -literal\n").last?
        .components(separatedBy: ".Ed\n").first)
    // Whatever stands in its layers without a comment is a word.
    let rows = example.split(separator: "\n").drop { !$0.hasPrefix("layer") }
    let words = rows.filter { !$0.hasPrefix("layer") }
      .flatMap { $0.prefix { $0 != "#" }.split(separator: " ") }
    let vocabulary = try Vocabulary(text: Set(words).sorted().joined(separator: "\n"))
    let document = try PyramidText.document(from: example, vocabulary: vocabulary)
    #expect(document.pyramid.shape.grid.text == "8" && document.comments.count == 2)
    #expect(PyramidText.text(of: document, vocabulary: vocabulary) == example)
  }

  @Test(arguments: ["\r\n", "\n\n", "   \n"])
  func isReadFromAnyEditor(ending: String) throws {
    let vocabulary = try Sample.vocabulary()
    let document = try Sample.document()
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    let edited =
      "\u{FEFF}"
      + text.replacingOccurrences(of: "\n", with: ending)
      .replacingOccurrences(of: "  ", with: "\t").replacingOccurrences(of: "eel", with: "Eel")
    #expect(try PyramidText.document(from: edited, vocabulary: vocabulary) == document)
  }

  @Test("A comment may hold what other programs take for a line's end")
  func keepsSeparatorsInComments() throws {
    let vocabulary = try Sample.vocabulary()
    var document = try Sample.document()
    document.comments = [.init(before: 0, text: "# a\u{2028}b\u{85}c\u{B}d\re")]
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    #expect(try PyramidText.document(from: text, vocabulary: vocabulary) == document)
    let json = PyramidJSON(document, vocabulary: vocabulary)
    #expect(try json.document(vocabulary: vocabulary) == document)
  }

  @Test("A source's name is written without what a terminal would obey")
  func escapesNames() throws {
    let vocabulary = try Sample.vocabulary()
    var document = try Sample.document()
    document.source.name = "a\u{1B}[31m\u{7F}\u{9B}\u{202E}\"\\\n.png"
    let text = PyramidText.text(of: document, vocabulary: vocabulary)
    #expect(text.contains(#"source "a\u{1b}[31m\u{7f}\u{9b}\u{202e}\"\\\u{a}.png" "#))
    #expect(try PyramidText.document(from: text, vocabulary: vocabulary) == document)
  }

  static let damages: [(from: String, to: String, says: String)] = [
    ("spae 1", "spae 9", "version '9'"),
    ("spae 1", "elephant", "first line must be"),
    ("model tiny ab12", "model tiny", "expected 'model"),
    ("grid 8", "grid 9", "'9' is not a grid"),
    ("20x30", "20x", "not a size"),
    ("20x30", "20xx30", "not a size"),
    ("\" 20x30", " 20x30", "expected 'source"),
    ("layer 2", "layer 3", "expected 'layer 2'"),
    ("layer 2\n", "layer 2\nhen ", "layer 2, row 1: expected 2 words, got 3"),
    ("layer 2\n", "layer 2\nhen hen\n", "layer 2: expected 2 rows, got 3"),
    ("\nlayer 5\n", "hen\nhen hen\n\nlayer 5\n", "layer 4: expected 8 rows, got 10"),
    ("layer 4\n", "layr 4\n", "expected 'layer 4', got 'layr 4'"),
    ("layer 1\n", "layer 1\nqqqqqq\n", "'qqqqqq' is not in the vocabulary"),
    ("layer 1\n", "layer 1\n#hen", "layer 1: expected 1 row, got 0"),
    ("layer 3\n", "", "expected 'layer 3'"),
    ("layer 1\n", "layer 1\nhan\n", "'han' is not in the vocabulary; near it are hen"),
  ]

  @Test(arguments: damages.indices)
  func isRefusedWithThePlace(index: Int) throws {
    let (from, to, says) = Self.damages[index]
    let vocabulary = try Sample.vocabulary()
    let text = PyramidText.text(of: try Sample.document(), vocabulary: vocabulary)
    let damaged = text.replacingOccurrences(of: from, with: to)
    let error = #expect(throws: PyramidTextError.self) {
      try PyramidText.document(from: damaged, vocabulary: vocabulary)
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
    #expect((error?.line ?? 0) > 0)
  }

  static let rectangles: [(from: String, to: String, says: String)] = [
    ("spae 2", "spae 3", "version '3'"),
    ("grid 12x8", "grid 8x12", "layer 1, row 1: expected 1 word, got 2"),
    ("grid 12x8", "grid 8", "layer 1, row 1: expected 1 word, got 2"),
    ("grid 12x8", "grid 33x8", "'33x8' is not a grid"),
    ("grid 12x8", "grid 12x8x8", "'12x8x8' is not a grid"),
    ("grid 12x8", "grid 12", "'12' is not a grid"),
    ("layer 2\n", "layer 2\nhen hen hen\n", "layer 2: expected 2 rows, got 3"),
    ("layer 2\n", "layer 2\nhen ", "layer 2, row 1: expected 3 words, got 4"),
  ]

  @Test(arguments: rectangles.indices) func ofARectangleIsRefusedWithThePlace(index: Int) throws {
    let (from, to, says) = Self.rectangles[index]
    let vocabulary = try Sample.vocabulary()
    let text = PyramidText.text(of: try Sample.document(grid: "12x8"), vocabulary: vocabulary)
    let error = #expect(throws: PyramidTextError.self) {
      try PyramidText.document(
        from: text.replacingOccurrences(of: from, with: to), vocabulary: vocabulary)
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
  }

  @Test func ofARectangleIsWrittenAsDrawn() throws {
    let text = PyramidText.text(
      of: try Sample.document(grid: "12x8"), vocabulary: try Sample.vocabulary())
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "spae 2" && lines[4] == "grid 12x8")
    #expect(lines[6..<12].map { $0.split(separator: " ").count } == [2, 2, 0, 2, 3, 3])
  }

  @Test func anUnknownWordIsFoundInItsColumn() throws {
    let vocabulary = try Sample.vocabulary()
    let text = PyramidText.text(of: try Sample.document(), vocabulary: vocabulary)
    let damaged = text.replacingOccurrences(of: "layer 1\n", with: "layer 1\n   zebra")
    let error = #expect(throws: PyramidTextError.self) {
      try PyramidText.document(from: damaged, vocabulary: vocabulary)
    }
    #expect(error?.line == 8 && error?.column == 4)
  }

  @Test func everyTruncationIsRefused() throws {
    let vocabulary = try Sample.vocabulary()
    let text = PyramidText.text(of: try Sample.document(), vocabulary: vocabulary)
    // Without its last word, or earlier, a pyramid is not whole.
    let whole = text.dropLast(1).lastIndex(of: " ") ?? text.endIndex
    let second = text.firstIndex(of: "\n") ?? text.endIndex
    for end in text.indices where end <= whole {
      let cut = String(text[..<end])
      let error = #expect(throws: PyramidTextError.self) {
        try PyramidText.document(from: cut, vocabulary: vocabulary)
      }
      let isTold = error?.description.contains("it was cut short") == true
      #expect(end < second || isTold, "\(cut.suffix(20)): \(error?.description ?? "")")
    }
  }

  @Test(arguments: ["8", "12x8", "8x12"]) func jsonHoldsTheSame(grid: String) throws {
    let vocabulary = try Sample.vocabulary()
    let document = try Sample.document(grid: grid)
    let data = try JSONEncoder().encode(PyramidJSON(document, vocabulary: vocabulary))
    let back = try JSONDecoder().decode(PyramidJSON.self, from: data)
    #expect(try back.document(vocabulary: vocabulary) == document)
    var short = back
    short.layers[1].removeLast()
    #expect(throws: PyramidTextError.self) { try short.document(vocabulary: vocabulary) }
    var odd = back
    odd.layers[0][0][0] = "zebra"
    #expect(throws: PyramidTextError.self) { try odd.document(vocabulary: vocabulary) }
    odd = back
    odd.comments = [.init(before: 0, text: "layer 1")]
    #expect(throws: PyramidTextError.self) { try odd.document(vocabulary: vocabulary) }
    odd = back
    odd.grid = GridSize(rows: 10, columns: 10)
    #expect(throws: PyramidTextError.self) { try odd.document(vocabulary: vocabulary) }
  }

  @Test func anotherModelWithTheSameWordsIsTold() throws {
    let document = try Sample.document()
    var other = document.model
    #expect(document.model.match(other) == .same)
    other.hash = "ff"
    #expect(document.model.match(other) == .sameVocabulary)
    other.vocabulary = "ff"
    #expect(document.model.match(other) == .different)
  }
}

@Suite struct WordsOfAVocabulary {
  @Test func haveNumbers() throws {
    let vocabulary = try Sample.vocabulary()
    #expect(vocabulary.number(of: "cat") == 2)
    #expect(vocabulary[9] == "jay")
    #expect(vocabulary.number(of: "yak") == nil)
  }

  @Test(arguments: [
    ("", 1), ("\n", 1), ("ant\n\nbee", 2), ("ant\nbee\nant\n", 3), ("ant\nBee\n", 2), ("a b", 1),
  ])
  func areRefusedWithTheLine(text: String, line: Int) {
    let error = #expect(throws: VocabularyError.self) { try Vocabulary(text: text) }
    #expect(error?.line == line)
  }

  @Test(arguments: [
    ("*", 10), ("c?t", 1), ("*e*", 3), ("??", 0), ("", 0), ("?*is", 1), ("GNU", 1),
  ])
  func matchPatterns(pattern: String, count: Int) throws {
    #expect(try Sample.vocabulary().matching(pattern).count == count)
  }

  @Test(
    "near in spelling come first, and those too far off not at all",
    arguments: [
      ("dgo", ["dog"]), ("hen", ["hen"]), ("Ibsi", ["ibis"]), ("ibs", ["ibis"]),
      ("jat", ["cat", "jay"]),
      ("qqqqqq", []), ("", []), ("elephantine", []),
    ])
  func nearInSpelling(word: String, near: [String]) throws {
    #expect(try Sample.vocabulary().nearestInSpelling(to: word) == near)
  }
}

@Suite struct CellsOfAPyramid {
  @Test func visitThePositionsOfThePaper() throws {
    let shape = try #require(PyramidShape(grid: 16))
    let rows = (1...6).map { layer in
      Set(shape.cells(ofLayer: layer).map { shape.latentPosition(of: $0).row + 1 }).sorted()
    }
    #expect(rows[0] == [9] && rows[1] == [5, 13] && rows[2] == [3, 7, 11, 15])
    #expect(rows[3] == Array(stride(from: 2, through: 16, by: 2)))
    #expect(rows[4] == Array(1...16) && rows[5] == Array(1...16))
  }

  @Test func areAddressedLayerByLayer() throws {
    let shape = try #require(PyramidShape(grid: 16))
    let indices = (1...6).flatMap { shape.cells(ofLayer: $0).map(shape.index(of:)) }
    #expect(indices == Array(0..<597))
  }
}
