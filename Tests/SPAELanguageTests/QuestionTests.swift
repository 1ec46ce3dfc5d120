import SPAELanguage
import SPAEPyramid
import Testing

/// Examples, and what is made of them.
@Suite struct Questions {
  static let text = """
    # mine
    heading: Words were taken from a photograph.

    words: cat, fur
    question: Who?
    answer: A cat.

    words: boat lake
    question: Where?
    answer: On a lake: a boat.
    """

  private func file(_ text: String = text, asks: Bool = true) throws -> ExampleFile {
    try ExampleFile(text: text, path: "mine.txt", asks: asks)
  }

  @Test("examples come first, the picture last", arguments: ["\n", "\r\n"])
  func prompt(end: String) throws {
    let file = try file(
      Self.text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: end))
    let question = PictureQuestion(file: file, words: ["dog"], question: "What?")
    #expect(
      question.prompt == """
        Words were taken from a photograph.

        Words: cat, fur
        Question: Who?
        Answer: A cat.

        Words: boat, lake
        Question: Where?
        Answer: On a lake: a boat.

        Words: dog
        Question: What?
        Answer:
        """)
  }

  @Test("an example of just the picture's words is left out, for it gives the answer away")
  func leak() throws {
    let question = PictureQuestion(
      file: try file(), words: ["boat", "lake"], question: "What?")
    #expect(question.file.examples.map(\.words) == [["cat", "fur"]])
  }

  @Test(
    "what is wrong in a file of examples is named with its line",
    arguments: [
      ("", "mine.txt: line 1: there is no example in it"),
      ("# none\n\n", "line 3: there is no example in it"),
      ("words: cat\nquestion: Who?\n", "line 1: the example that begins here has no 'answer'"),
      (
        "\nquestion: Who?\nanswer: a",
        "line 2: the example that begins here has no 'words' or 'facts'"
      ),
      ("words: cat\nwords: dog", "line 2: this example has 'words' already"),
      ("words: cat\nanswer:", "line 2: 'answer' is empty"),
      (
        "words cat",
        "line 1: expected words, facts, question or answer, then a colon; got 'words cat'"
      ),
      (
        "words: cat\n\u{1B}[2J: x",
        "line 2: expected words, facts, question or answer, got '\\u{1b}[2J'"
      ),
      ("words: ,,\nquestion: a\nanswer: b", "line 1: this example has no word"),
      ("words: a\nquestion: b\nanswer: c\n\nheading: d", "line 5: the heading stands once"),
    ])
  func wrong(text: String, says: String) throws {
    let error = #expect(throws: LanguageError.self) { try file(text) }
    #expect("\(try #require(error))".contains(says), "\(String(describing: error))")
  }

  @Test("a caption has no question")
  func caption() throws {
    let file = try file("words: cat\nanswer: a cat", asks: false)
    let question = PictureQuestion(file: file, words: ["dog", "fur"], question: nil)
    #expect(question.prompt == "Words: cat\nCaption: a cat\n\nWords: dog, fur\nCaption:")
    #expect(throws: LanguageError.self) { try self.file(Self.text, asks: false) }
  }

  /// Takes so many words and has nothing to say.
  private struct ShortModel: LanguageModel {
    let name = "short"
    let contextLength: Int?

    func tokenCount(of text: String) throws(LanguageError) -> Int {
      text.split(whereSeparator: \.isWhitespace).count
    }

    func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
      Completion(text: " fine. ")
    }

    func logProbabilities(
      of continuations: [String], after prompt: String
    ) throws(LanguageError) -> [Double] { [] }
  }

  @Test("a prompt that does not fit says how many examples would", arguments: [(61, 1), (50, 0)])
  func fitting(limit: Int, examples: Int) throws {
    let question = PictureQuestion(file: try file(), words: ["dog"], question: "What?")
    #expect(
      throws: LanguageError.contextTooLong(tokens: 70, limit: limit, fitting: examples)
    ) { try question.answer(by: ShortModel(contextLength: limit)) }
    #expect(try question.answer(by: ShortModel(contextLength: 70)).text == "fine.")
    #expect(try question.answer(by: ShortModel(contextLength: nil)).text == "fine.")
  }

  @Test("words come by the area that they cover, each once")
  func area() throws {
    let shape = try #require(PyramidShape(grid: 8))
    var words = [Int32](repeating: 9, count: shape.wordCount)
    words.replaceSubrange(0..<5, with: [1, 2, 3, 3, 4])
    words.replaceSubrange(5..<21, with: [5] + Array(repeating: 4, count: 15))
    let pyramid = try #require(Pyramid(shape: shape, words: words))
    #expect(pyramid.wordsByArea(ofLayers: 1...1) == [1])
    #expect(pyramid.wordsByArea(ofLayers: 1...2) == [1, 3, 2, 4])
    #expect(pyramid.wordsByArea(ofLayers: 1...3) == [4, 1, 3, 2, 5])
    #expect(pyramid.wordsByArea(ofLayers: 4...4) == [9])
  }
}
