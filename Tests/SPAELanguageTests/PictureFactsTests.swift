import SPAELanguage
import Testing

/// What is known of a picture, as lines, and captions that keep to it.
@Suite struct FactsOfPictures {
  private func facts(isSure: Bool = true, people: Int? = 0) -> PictureFacts {
    PictureFacts(
      things: [
        .init(name: "eagle", place: "at the top right", colours: ["black"], count: 2),
        .init(name: "sky", place: "everywhere", colours: ["blue", "white"]),
      ], isSure: isSure, people: people,
      parts: [
        ("whole", [], ["blue"]), ("top", ["sky", "eagle"], ["white", "blue"]),
        ("left", ["sky"], []),
      ], words: [.init("eagle", count: 3), .init("wing", count: 1)])
  }

  @Test("facts are a line each, the main thing first and the words last")
  func lines() {
    #expect(
      facts().lines == [
        "main thing: 2 eagles", "eagle: at the top right, black, 2",
        "sky: everywhere, blue and white", "people: none", "top: sky, eagle", "left: sky",
        "colours: blue, white", "top colour: white and blue", "words: eagle x3, wing",
      ])
    #expect(facts(isSure: false, people: nil).lines.first == "main thing: maybe 2 eagles")
    #expect(!facts(people: nil).lines.contains { $0.hasPrefix("people") })
  }

  @Test(
    "a question is answered by the facts that it names",
    arguments: [
      ("What colour is the sky?", ["sky: everywhere, blue and white"]),
      ("How many people are there?", ["people: none"]),
      ("Is anybody there?", ["people: none"]),
      ("What is on the left?", ["left: sky"]),
      ("What color is at the top?", ["top: sky, eagle", "top colour: white and blue"]),
      ("Where are the eagles?", ["eagle: at the top right, black, 2"]),
      ("Which colours are there?", ["colours: blue, white"]),
    ])
  func questions(question: String, lines: [String]) {
    #expect(facts().lines(for: question) == lines)
  }

  @Test("a question that names nothing has all facts, the words first")
  func general() {
    let lines = facts().lines(for: "Where was it taken?")
    #expect(lines.first == "words: eagle x3, wing")
    #expect(Set(lines) == Set(facts().lines))
  }

  /// Answers one thing after another, and keeps what it was asked.
  private final class Script: LanguageModel, @unchecked Sendable {
    let name = "script"
    let contextLength: Int? = nil
    var answers: [String]
    var prompts: [String] = []

    init(_ answers: [String]) { self.answers = answers }

    func tokenCount(of text: String) throws(LanguageError) -> Int { 1 }

    func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
      prompts.append(request.prompt)
      return Completion(text: answers.removeFirst())
    }

    func logProbabilities(
      of continuations: [String], after prompt: String
    ) throws(LanguageError) -> [Double] { [] }
  }

  private func caption(_ facts: PictureFacts, _ answers: [String]) throws -> (String, [String]) {
    let text = "facts: main thing: dog; dog: everywhere\nanswer: a dog"
    let file = try ExampleFile(text: text, path: "mine.txt", asks: false)
    let model = Script(answers)
    let answer = try PictureQuestion(file: file, words: ["wing"], facts: facts, question: nil)
      .answer(by: model)
    return (answer.text, model.prompts)
  }

  @Test("a caption that names the main thing stays")
  func named() throws {
    let (text, prompts) = try caption(facts(), [" two eagles in the sky"])
    #expect(text == "two eagles in the sky")
    #expect(
      prompts == [
        """
        main thing: dog
        dog: everywhere
        Caption: a dog

        main thing: 2 eagles
        eagle: at the top right, black, 2
        sky: everywhere, blue and white
        Caption:
        """
      ])
  }

  @Test("one that names something else, or is too sure, is asked for again from its first words")
  func unnamed() throws {
    let (text, prompts) = try caption(facts(), [" a tank", " in the sky"])
    #expect(text == "2 eagles in the sky")
    #expect(prompts.last?.hasSuffix("\nCaption: 2 eagles") == true)
    #expect(try caption(facts(isSure: false), [" two eagles", " up"]).0 == "maybe 2 eagles up")
    #expect(try caption(facts(isSure: false), [" maybe eagles"]).1.count == 1)
    // A model of chats begins again instead of going on.
    #expect(
      try caption(facts(isSure: false), ["two birds", "an eagle at sea"]).0
        == "maybe an eagle at sea")
    #expect(try caption(facts(), ["two birds", "the eagles at sea"]).0 == "the eagles at sea")
    #expect(try caption(facts(), ["two birds", "a view"]).0 == "2 eagles a view")
    #expect(try caption(facts(), ["two birds", ""]).0 == "2 eagles")
  }

  @Test("an answer that the facts contradict is replaced by what they say")
  func contradicted() throws {
    let text = "facts: people: 3\nquestion: How many?\nanswer: Three."
    let file = try ExampleFile(text: text, path: "mine.txt", asks: true)
    func answer(_ question: String, _ said: String) throws -> String {
      try PictureQuestion(file: file, words: ["wing"], facts: facts(), question: question)
        .answer(by: Script([said])).text
    }
    #expect(try answer("Is there a blue sky?", " No.") == "Yes, there is blue sky everywhere.")
    #expect(try answer("Isn't there a sky?", " No.") == "Yes, there is sky everywhere.")
    #expect(try answer("No sky?", " No, there is no sky.") == "There is sky everywhere.")
    #expect(try answer("What is blue?", " The sky.") == "The sky.")
  }

  @Test(
    "people have neutral words, but for those that a person typed",
    arguments: [
      ("A woman and two boys", "A person and two people"), ("Man, he waves", "Person, they waves"),
      ("a manual", "a manual"), ("a wing and a king", "a wing and a person"),
    ])
  func neutral(text: String, says: String) {
    #expect(NeutralWords.applied(to: text, keeping: []) == says)
    #expect(NeutralWords.applied(to: "a queen", keeping: ["queen"]) == "a queen")
  }
}
