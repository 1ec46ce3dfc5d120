import SPAELanguage
import Testing

@Suite("The prompt")
struct PromptTests {
  private let prompt = Prompt(
    induction: Prompt.induction(labels: ["wolf", "goose"]),
    examples: [
      .init(input: "dog hound", output: "wolf"), .init(input: "bird water", output: "goose"),
    ], input: "duck feather")

  @Test("The examples stand first and the question last, each list behind a space")
  func text() {
    #expect(
      prompt.text == """
        For each of the following input output pairs, output is one of ['wolf' or 'goose']
        Input: dog hound
        Output: wolf
        Input: bird water
        Output: goose
        Input: duck feather
        Output:
        """)
  }

  @Test("Without induction, or with nothing given, nothing stands in its place")
  func bare() {
    let bare = Prompt(examples: [.init(input: "", output: "dog")], input: "")
    #expect(bare.text == "Input:\nOutput: dog\nInput:\nOutput:")
  }

  // The sentence has 15 tokens of the scripted model's, an example 5 and the question 4; 1 answers.
  @Test(
    "A prompt that is too long is refused before it is sent, with the examples that would fit",
    arguments: [(29, 1), (25, 1), (24, 0), (2, 0)])
  func tooLong(limit: Int, fitting: Int) {
    let model = ScriptedModel(contextLength: limit)
    #expect(throws: LanguageError.contextTooLong(tokens: 30, limit: limit, fitting: fitting)) {
      try prompt.check(for: model, answer: 1)
    }
    #expect(model.prompts.isEmpty)
  }

  @Test(
    "A prompt that fits is let through, and so is any where no limit is known",
    arguments: [30, nil])
  func fits(limit: Int?) throws {
    try prompt.check(for: ScriptedModel(contextLength: limit), answer: 1)
  }
}
