import SPAEEvaluation
import SPAELanguage
import SPAEPixels
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

  // MARK: Drawing

  /// Two examples of dogs and two of boats, of four words each.
  private static let examples = [
    WordDrawing.Example(label: "dog", words: [0, 1, 6, 7]),
    .init(label: "boat", words: [4, 5, 3, 3]), .init(label: "dog", words: [1, 0, 7, 7]),
    .init(label: "boat", words: [5, 4, 3, 6]),
  ]

  private func drawing(_ examples: [WordDrawing.Example] = Self.examples) throws -> WordDrawing {
    WordDrawing(examples: examples, count: 4, vocabulary: try Self.vocabulary.get())
  }

  private func text(_ words: [Int32]) throws -> String {
    let vocabulary = try Self.vocabulary.get()
    return words.map { vocabulary[$0] }.joined(separator: " ")
  }

  @Test(
    "Each position takes the best of what examples have there, none more than half of the words")
  func scored() throws {
    // All that the model likes are the words of the first example, and boats.
    let model = ScriptedModel(likely: { _ in
      ["dog": -1, "hound": -1, "rock": -1, "sand": -2, "boat": -5, "sail": -5, "water": -3]
    })
    let outcome = try drawing().outcome(of: "dog", by: model)
    #expect(try text(outcome.words) == "dog hound sand rock")
    #expect(outcome.repairs.words == 0 && outcome.otherWords == 0)
    for example in Self.examples {
      #expect(zip(example.words, outcome.words).count { $0 == $1 } <= 2)
    }
  }

  @Test("What is likelier behind the label than behind others wins")
  func label() throws {
    let model = ScriptedModel(likely: { prompt in
      let last = prompt.split(separator: "\n").last ?? ""
      // Dogs are likely anywhere, boats behind their own label alone.
      let boat = last.hasPrefix("A photo of a boat shows:") ? -2.5 : -9
      return ["dog": -2, "hound": -2, "boat": boat, "sail": boat]
    })
    #expect(try Array(drawing().outcome(of: "dog", by: model).words.prefix(2)) == [0, 1])
    #expect(try Array(drawing().outcome(of: "boat", by: model).words.prefix(2)) == [4, 5])
  }

  @Test("The prompt has every example once, the label, and the words so far")
  func prompts() throws {
    let model = ScriptedModel(likely: { _ in ["dog": -1] })
    _ = try drawing(Array(Self.examples.prefix(2))).outcome(of: "dog", by: model)
    let context = """
      Photos of: boat, dog.
      A photo of a dog shows: dog hound rock sand
      A photo of a boat shows: boat sail water water

      """
    #expect(model.prompts[0] == context + "A photo of a dog shows:")
    #expect(model.prompts[1] == context + "A photo of a boat shows:")
    #expect(model.prompts[2] == context + "A photo of a dog shows: dog")
  }

  @Test("Where no example's word is left, other words of theirs stand, and at last any")
  func other() throws {
    let model = ScriptedModel(likely: { _ in [:] })
    let one = WordDrawing.Example(label: "dog", words: [0, 1, 2, 3])
    let outcome = try drawing([one]).outcome(of: "dog", by: model)
    #expect(zip(one.words, outcome.words).count { $0 == $1 } == 2)
    #expect(outcome.otherWords == 2)
    let same = WordDrawing.Example(label: "dog", words: [0, 0, 0, 0])
    #expect(try drawing([same]).outcome(of: "dog", by: model).words == [0, 0, 1, 1])
  }

  @Test("A server that scores nothing writes; its answer is mended and limited in the same way")
  func written() throws {
    let model = ScriptedModel(answer: { request in
      request.allowedWords?.count == 8 ? " dog hound rock nonsense" : ""
    })
    let outcome = try drawing().outcome(of: "dog", by: model)
    #expect(try text(outcome.words) == "dog hound water water")
    #expect(outcome.repairs.outside == 1 && outcome.requests == 1)
  }

  @Test("A temperature draws by chance, and the same seed the same words")
  func temperature() throws {
    let model = ScriptedModel(likely: { _ in [:] })
    var drawing = try drawing()
    drawing.temperature = 1
    let drawn = try (UInt64(1)...8).map { seed in
      drawing.seed = seed
      #expect(
        try drawing.outcome(of: "dog", by: model) == drawing.outcome(of: "dog", by: model))
      return try drawing.outcome(of: "dog", by: model).words
    }
    #expect(Set(drawn).count > 2)
  }

  @Test("A context that is too long is refused before it is sent")
  func tooLong() throws {
    let model = ScriptedModel(contextLength: 40)
    #expect(throws: LanguageError.contextTooLong(tokens: 58, limit: 40, fitting: 2)) {
      try drawing().outcome(of: "dog", by: model)
    }
    #expect(model.prompts.isEmpty)
  }

  // MARK: Restoring

  /// Copies of five words of a picture, and the degraded picture's, of which two are unknown.
  private func restoration() throws -> WordRestoration {
    let shape = try #require(shape)
    func words(_ first: [Int32?]) -> [Int32?] {
      first + [Int32?](repeating: 7, count: shape.wordCount - first.count)
    }
    return WordRestoration(
      shape: shape,
      versions: [
        .init(words: words([1, 2, 3, 4, 5]), reliability: 0.5),
        .init(words: words([0, 2, 4, 5, 6]), reliability: 0.7),
        .init(words: words([0, 3, nil, 6, nil]), reliability: 0.6),
      ], vocabulary: try Self.vocabulary.get())
  }

  @Test("What two versions have stays, and the model is asked only where all differ")
  func asked() throws {
    let model = ScriptedModel(likely: { _ in ["water": -1, "sail": -1] })
    let outcome = try restoration().outcome(depth: 2, by: model)
    #expect(try text(outcome.words) == "dog bird water sail sail")
    #expect(outcome.asked == 3)
    let alone = try restoration().outcome(depth: 2, by: nil)
    #expect(try text(alone.words) == "dog bird boat sail rock")
    #expect(alone.asked == 0)
  }

  @Test("The model reads the words that are known, the nearest last, and its answers with them")
  func around() throws {
    let model = ScriptedModel(likely: { _ in ["water": -1, "sail": -1, "rock": -1] })
    _ = try restoration().outcome(depth: 2, by: model)
    #expect(
      model.prompts == [
        "A photo shows: dog bird", "A photo shows: water dog bird",
        "A photo shows: bird dog water sail",
      ])
  }

  @Test("A server that scores nothing writes, and a word that is no candidate changes nothing")
  func writtenChoice() throws {
    let outcome = try restoration().outcome(depth: 2, by: ScriptedModel(answer: { _ in " water" }))
    #expect(try text(outcome.words) == "dog bird water sail rock")
    let other = try restoration().outcome(depth: 2, by: ScriptedModel(answer: { _ in " zebra" }))
    #expect(try other.words == restoration().outcome(depth: 2, by: nil).words)
  }

  @Test("A degraded picture keeps words where it shows the same", arguments: Degradation.allCases)
  func kept(task: Degradation) throws {
    let (shape, side) = (try #require(shape), 64)
    // Every position of layer 3 has a colour of its own.
    var image = PixelImage(width: side, height: side, pixels: [UInt8](repeating: 0, count: 12288))
    for row in 0..<side {
      for column in 0..<side {
        image[row, column, 0] = UInt8(60 * (row / 16))
        image[row, column, 1] = UInt8(60 * (column / 16))
      }
    }
    let degraded = task.applied(to: image)
    func colour(_ image: PixelImage, _ index: Int) -> Colour {
      let cell = shape.cell(at: index)
      return image[16 * cell.row + 8, 16 * cell.column + 8]
    }
    let kept = task.kept(of: shape)
    #expect(kept.count == shape.wordCount)
    for index in 5..<21 {
      guard let source = kept[index] else { continue }
      let (a, b) = (colour(image, index), colour(degraded, source))
      #expect(abs(Int(a.red) - Int(b.red)) < 20 && abs(Int(a.green) - Int(b.green)) < 20)
    }
    let count = kept[5..<21].count { $0 != nil }
    #expect(count == [.inpaint: 12, .outpaint: 4][task] ?? 16)
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
