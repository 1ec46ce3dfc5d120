import SPAEEvaluation
import SPAELanguage
import SPAEPyramid
import Testing

@Suite("Generation in context")
struct GenerationTests {
  private static let vocabulary = Result {
    try Vocabulary(text: "dog\nhound\nbird\nwater\nboat\nsail\nrock\nsand")
  }
  private let shape = PyramidShape(grid: 8)

  // MARK: Repair

  @Test(
    "An answer becomes as many words as were asked for, and what was mended is counted",
    arguments: [
      (" dog bird water", [0, 2, 3], 0, 0, 0), (" Dog, BIRD,water\n", [0, 2, 3], 0, 0, 0),
      (" dog", [0, 6, 6], 0, 2, 0), ("", [6, 6, 6], 0, 3, 0),
      (" dog cat water", [0, 6, 3], 1, 0, 0), (" dog bird water boat sail", [0, 2, 3], 0, 0, 2),
      (" dog. \u{0}  bird", [6, 6, 2], 2, 0, 0),
    ] as [(String, [Int32], Int, Int, Int)])
  func repair(answer: String, words: [Int32], outside: Int, missing: Int, extra: Int) throws {
    let mended = repaired(answer, spare: [6, 6, 6], vocabulary: try Self.vocabulary.get())
    #expect(mended.words == words)
    #expect(mended.count.words == 3)
    #expect(mended.count.outside == outside)
    #expect(mended.count.missing == missing)
    #expect(mended.count.extra == extra)
    #expect(mended.count.isClean == (outside + missing + extra == 0))
  }

  // MARK: The plan

  @Test("The pieces cover the layers once, in order", arguments: 1...5)
  func pieces(depth: Int) throws {
    let shape = try #require(shape)
    let plan = GenerationPlan(shape: shape, depth: depth)
    #expect(plan.pieces.flatMap { Array($0.asked) } == Array(0..<shape.wordCount(toDepth: depth)))
    #expect(plan.pieces[0].given.isEmpty)
    for piece in plan.pieces {
      #expect(piece.given.allSatisfy { $0 < piece.asked.lowerBound })
    }
  }

  @Test("A piece below is told the words that contain it, and those before it in its layer")
  func given() throws {
    let shape = try #require(shape)
    let plan = GenerationPlan(shape: shape, depth: 4)
    // Layer 4 has 8 x 8 cells from place 21 on; the cell at row 2, column 4 is at 21 + 20.
    let piece = try #require(plan.pieces.first { $0.asked == 41..<43 })
    #expect(piece.given == [0, 2, 11, 37, 38, 39, 40])
    #expect(plan.pieces[1].given == [0, 1, 5])
  }

  // MARK: The words

  @Test("Every piece has its own context, and the answer is put where it was asked for")
  func progressive() throws {
    let (shape, vocabulary) = (try #require(shape), try Self.vocabulary.get())
    let plan = GenerationPlan(shape: shape, depth: 4)
    let spare = [Int32](repeating: 7, count: shape.wordCount)
    let example = ProgressiveGeneration.Example(
      condition: .label("wolf"), words: [Int32](repeating: 1, count: shape.wordCount))
    let model = ScriptedModel(answer: { request in
      String(repeating: " dog", count: request.maximumTokens)
    })
    let outcome = try ProgressiveGeneration(plan: plan, vocabulary: vocabulary).outcome(
      of: .label("goose"), examples: [example], spare: spare, by: model)
    #expect(outcome.words == [Int32](repeating: 0, count: 85) + spare.dropFirst(85))
    #expect(outcome.requests == 33)
    #expect(outcome.repairs.isClean)
    #expect(outcome.repairs.words == 85)
    #expect(
      model.prompts[0] == "Input: wolf\nOutput:" + String(repeating: " hound", count: 21)
        + "\nInput: goose\nOutput:")
    #expect(
      model.prompts[1] == """
        Input: wolf hound hound hound
        Output: hound hound
        Input: goose dog dog dog
        Output:
        """)
  }

  @Test("A piece of a picture's words is told the other picture's words in the same places")
  func conditionWords() throws {
    let (shape, vocabulary) = (try #require(shape), try Self.vocabulary.get())
    let generation = ProgressiveGeneration(
      plan: GenerationPlan(shape: shape, depth: 1), vocabulary: vocabulary)
    func words(_ word: Int32) -> [Int32] { [Int32](repeating: word, count: shape.wordCount) }
    let prompt = generation.prompt(
      for: generation.plan.pieces[0],
      examples: [.init(condition: .words(words(2)), words: words(3))],
      known: .init(condition: .words(words(4)), words: words(5)))
    #expect(prompt.text == "Input: bird\nOutput: water\nInput: boat\nOutput:")
  }

  @Test("The vocabulary is all that may be answered, and a short answer takes the spare words")
  func spare() throws {
    let (shape, vocabulary) = (try #require(shape), try Self.vocabulary.get())
    let model = ScriptedModel(answer: { request in
      request.allowedWords?.count == 8 ? " dog nonsense" : ""
    })
    let spare = [Int32](repeating: 7, count: shape.wordCount)
    let outcome = try ProgressiveGeneration(
      plan: GenerationPlan(shape: shape, depth: 2), vocabulary: vocabulary
    ).outcome(of: .label("wolf"), examples: [], spare: spare, by: model)
    #expect(outcome.words == [0] + spare.dropFirst())
    #expect(outcome.repairs.outside == 1)
    #expect(outcome.repairs.missing == 3)
  }

  @Test("A context that is too long is refused before it is sent")
  func tooLong() throws {
    let (shape, vocabulary) = (try #require(shape), try Self.vocabulary.get())
    let model = ScriptedModel(contextLength: 60)
    let spare = [Int32](repeating: 7, count: shape.wordCount)
    let example = ProgressiveGeneration.Example(condition: .label("wolf"), words: spare)
    let generation = ProgressiveGeneration(
      plan: GenerationPlan(shape: shape, depth: 3), vocabulary: vocabulary)
    #expect(throws: LanguageError.contextTooLong(tokens: 96, limit: 60, fitting: 1)) {
      try generation.outcome(
        of: .label("wolf"), examples: [example, example, example], spare: spare, by: model)
    }
    #expect(model.prompts.isEmpty)
  }

  // MARK: Noisy copies

  @Test("The copies differ from the words in falling shares, from a half to 0.23")
  func rates() {
    let words = [Int32](repeating: 0, count: 1000)
    let copies = NoisyCopies(
      of: words, condition: words, count: 10, vocabulary: 1_000_000, seed: 2
    ).copies
    let changed = copies.map { $0.count { $0 != 0 } }
    #expect(changed == [500, 470, 440, 410, 380, 350, 320, 290, 260, 230])
  }

  @Test("The commonest word of each place is the majority, and the latest of equally common ones")
  func majority() {
    let words = (0..<200).map { Int32($0) }
    let copies = NoisyCopies(of: words, condition: words, count: 10, vocabulary: 100_000, seed: 2)
    #expect(zip(copies.majority, words).count { $0 == $1 } >= 198)
    let two = NoisyCopies(of: words, condition: words, count: 2, vocabulary: 100_000, seed: 2)
    #expect(two.majority == two.copies[1])
  }
}
