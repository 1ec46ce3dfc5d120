import SPAEEvaluation
import SPAELanguage
import SPAEPyramid
import Testing

@Suite("Few-shot tasks")
struct FewShotTests {
  private static let vocabulary = Result {
    try Vocabulary(text: "dog\nhound\nbird\nwater\nboat\nsail\nrock\nsand")
  }
  private let set = [
    LabelledWords(label: "wolf", pictures: [[0, 1], [1, 0], [0, 0], [1, 1]]),
    LabelledWords(label: "goose", pictures: [[2, 3], [3, 2], [2, 2], [3, 3]]),
    LabelledWords(label: "yacht", pictures: [[4, 5], [5, 4], [4, 4], [5, 5]]),
  ]

  private func tasks(
    _ draw: EpisodeDraw, _ setting: FewShotSetting, count: Int = 4
  ) throws -> [FewShotTask] {
    let vocabulary = try Self.vocabulary.get()
    return try draw.episodes(count, from: set).enumerated().map { number, episode in
      try FewShotTask(
        episode, of: set, setting: setting, entries: ListEntries(vocabulary), seed: UInt64(number))
    }
  }

  // MARK: Episodes

  @Test("The same seed draws the same episodes, another draws others")
  func seeds() throws {
    let draw = EpisodeDraw(ways: 2, shots: 1, queries: 2, seed: 5)
    let other = EpisodeDraw(ways: 2, shots: 1, queries: 2, seed: 6)
    #expect(try draw.episodes(20, from: set) == draw.episodes(20, from: set))
    #expect(try draw.episodes(20, from: set) != other.episodes(20, from: set))
  }

  @Test("Labels differ, and no picture is an example and a question")
  func disjoint() throws {
    for episode in try EpisodeDraw(ways: 2, shots: 2, queries: 2).episodes(50, from: set) {
      #expect(Set(episode.labels).count == 2)
      for (examples, queries) in zip(episode.examples, episode.queries) {
        #expect(Set(examples + queries).count == 4)
      }
    }
  }

  @Test("Too few labels or pictures are refused by name")
  func tooFew() {
    #expect(throws: LanguageError.tooFewLabels(found: 3, wanted: 5)) {
      try EpisodeDraw(ways: 5, shots: 1, queries: 1).episodes(1, from: set)
    }
    #expect(throws: LanguageError.tooFewExamples(label: "wolf", found: 4, wanted: 6)) {
      try EpisodeDraw(ways: 2, shots: 5, queries: 1).episodes(1, from: set)
    }
  }

  @Test("A picture whose words stand among the examples is drawn again, and counted")
  func equalWords() throws {
    let twins = [
      LabelledWords(label: "a", pictures: [[0], [0], [1]]),
      LabelledWords(label: "b", pictures: [[2], [3], [4]]),
    ]
    let draw = EpisodeDraw(ways: 2, shots: 1, queries: 1)
    let episodes = try draw.episodes(60, from: twins)
    #expect(episodes.contains { $0.drawnAgain > 0 })
    for episode in episodes {
      for (label, own) in zip(episode.labels, zip(episode.examples, episode.queries)) {
        let words = twins[label].pictures
        #expect(words[own.0[0]] != words[own.1[0]])
      }
    }
    let copies = [
      LabelledWords(label: "a", pictures: [[0], [0]]),
      LabelledWords(label: "b", pictures: [[2], [3]]),
    ]
    #expect(throws: LanguageError.tooFewExamples(label: "a", found: 1, wanted: 2)) {
      try draw.episodes(1, from: copies)
    }
  }

  @Test("The nearest centroid tells separate labels, and cannot tell equal ones")
  func centroid() throws {
    let separate: [[[Float]]] = [
      [[1, 0, 0], [1, 0.1, 0], [0.9, 0, 0.1]], [[0, 1, 0], [0.1, 1, 0], [0, 0.9, 0]],
      [[0, 0, 1], [0, 0.1, 1], [0.1, 0, 1]],
    ]
    let draw = EpisodeDraw(ways: 2, shots: 1, queries: 2, allowsEqualWords: true)
    let episodes = try draw.episodes(30, from: set)
      .map { Episode(labels: $0.labels, examples: [[0], [0]], queries: [[1, 2], [1, 2]]) }
    let shares = episodes.map { $0.centroidShare(separate, background: [0, 0, 0]) }
    #expect(Estimate(of: shares).mean == 1)
    let equal = [[[Float]]](repeating: [[1, 0], [1, 0], [1, 0]], count: 3)
    #expect(
      Estimate(of: episodes.map { $0.centroidShare(equal, background: [0, 0]) }).mean == 0.5)
  }

  @Test("The interval is 1.96 standard errors to each side, within 0 and 1")
  func interval() {
    let estimate = Estimate(of: [0.5, 1, 0.5, 1])
    #expect(estimate.mean == 0.75)
    #expect(abs(estimate.high - estimate.mean - 1.96 * 0.288675 / 2) < 1e-5 || estimate.high == 1)
    #expect(abs(estimate.low - (0.75 - 1.96 * 0.288675 / 2)) < 1e-5)
    #expect(Estimate(of: [1]).low == 1)
    #expect(Estimate(of: []).mean == 0)
  }

  // MARK: In words

  @Test("The seven settings are the published tables'")
  func settings() {
    let order = FewShotSetting.protocolOrder
    #expect(order.map(\.induction) == [false, true, true, true, true, true, true])
    #expect(order.map(\.shots) == [1, 1, 3, 5, 1, 1, 1])
    #expect(order.map(\.repeats) == [0, 0, 0, 0, 1, 3, 5])
  }

  @Test(
    "The published averages are those of the papers",
    arguments: [
      ("Frozen", 51.3, 26.3), ("LQAE, GPT-3.5", 54.0, 29.0), ("SPAE, GPT-3.5", 69.5, 53.9),
      ("SPAE, PaLM 2", 77.7, 58.8),
    ])
  func published(name: String, two: Double, five: Double) throws {
    let own = try #require(PublishedFewShot.all.first { $0.name == name })
    for (ways, expected) in [(2, two), (5, five)] {
      let figures = try #require(own.figures(ways: ways))
      #expect(figures.count == FewShotSetting.protocolOrder.count)
      #expect(abs(figures.reduce(0, +) / 7 - expected) < 0.06)
    }
    #expect(own.figures(ways: 3) == nil)
  }

  @Test("A prompt holds each example once, and as often again as it is repeated")
  func repeats() throws {
    let task = try tasks(
      EpisodeDraw(ways: 2, shots: 2, queries: 1), .init(shots: 2, repeats: 3), count: 1)[0]
    let prompt = task.prompts.frozen(task.questions[0].words)
    #expect(prompt.examples.count == 2 * 2 * 4)
    #expect(Set(prompt.examples).count == 4)
    let labels = task.prompts.labels
    #expect(prompt.induction?.contains("'\(labels[0])' or '\(labels[1])'") == true)
    let bare = try tasks(
      EpisodeDraw(ways: 2, shots: 1, queries: 1), .init(induction: false), count: 1)[0]
    #expect(bare.prompts.frozen(["dog"]).induction == nil)
    #expect(bare.prompts.channel("wolf").induction == nil)
    #expect(task.prompts.channel(labels[0]).examples.count == 2 * 2)
  }

  @Test("A question that stands among its own examples is refused")
  func leak() throws {
    let twins = [
      LabelledWords(label: "a", pictures: [[0, 1], [0, 1]]),
      LabelledWords(label: "b", pictures: [[2, 3], [2, 3]]),
    ]
    let draw = EpisodeDraw(ways: 2, shots: 1, queries: 1, allowsEqualWords: true)
    let episode = try draw.episodes(1, from: twins)[0]
    let vocabulary = try Self.vocabulary.get()
    #expect(throws: LanguageError.self) {
      try FewShotTask(
        episode, of: twins, setting: .init(), entries: ListEntries(vocabulary), seed: 1)
    }
  }

  // Lists of so few words would be one label's.
  private static let calibration = ReadingMethod.Calibration(lists: 0)

  @Test(
    "A model that knows is always right, however it is asked",
    arguments: [
      ReadingMethod.logProbability, .calibrated(calibration), .restricted(calibration), .written,
      .channel,
    ])
  func knowing(method: ReadingMethod) throws {
    let words = [
      "wolf": ["dog", "hound"], "goose": ["bird", "water"], "yacht": ["boat", "sail"],
    ]
    @Sendable func asked(_ prompt: String) -> [String] {
      prompt.split(separator: "\n").last { $0.hasPrefix("Input:") || $0.hasPrefix("Words:") }
        .map { $0.split(separator: " ").dropFirst().map(String.init) } ?? []
    }
    @Sendable func fit(_ label: String, _ prompt: String) -> Double {
      Double(asked(prompt).filter { words[label]?.contains($0) == true }.count)
    }
    let model = ScriptedModel(
      answer: { request in
        " \(words.keys.max { fit($0, request.prompt) < fit($1, request.prompt) } ?? "").\nInput:"
      },
      score: { label, prompt in fit(String(label.dropFirst()), prompt) },
      likely: { prompt in
        let label = words.keys.first { prompt.hasSuffix(" \($0) shows:") } ?? ""
        return Dictionary(uniqueKeysWithValues: (words[label] ?? []).map { ($0, -1) })
      })
    for task in try tasks(EpisodeDraw(ways: 3, shots: 1, queries: 2), .init()) {
      #expect(try task.right(by: model, method: method) == 6)
    }
    let endings = ["\nOutput:", " Photo of a", " shows:"]
    #expect(model.prompts.allSatisfy { prompt in endings.contains { prompt.hasSuffix($0) } })
  }

  @Test("A liking for one label is taken off by lists of random words, and by nothing else")
  func calibrations() throws {
    let model = ScriptedModel(score: { label, prompt in
      let words = prompt.split(separator: "\n").last?.split(separator: " ") ?? []
      return (label == " wolf" && words.contains("dog") ? 1 : 0)
        + (label == " goose" && words.contains("bird") ? 1 : 0) + (label == " goose" ? 5 : 0)
    })
    let prompts = LabelPrompts(
      labels: ["wolf", "goose"], examples: [.init(words: ["hound"], label: 0)])
    func label(_ method: ReadingMethod) throws -> Int? {
      try LabelReader(
        prompts, method: method, vocabulary: ["rock", "sand"], seed: 1, model: model
      ).label(of: ["dog"])
    }
    #expect(try label(.logProbability) == 1)
    for space in ReadingMethod.Calibration.Space.allCases {
      #expect(try label(.calibrated(.init(lists: 0, space: space))) == 1)
      #expect(try label(.calibrated(.init(lists: 2, space: space))) == 0)
      #expect(try label(.restricted(.init(lists: 0, space: space))) == 1)
      #expect(try label(.restricted(.init(lists: 2, space: space))) == 0)
    }
  }

  @Test("The settings that repeat examples are one prompt to the channel, and more to the others")
  func samePrompts() throws {
    let draw = EpisodeDraw(ways: 2, shots: 1, queries: 1)
    let once = try tasks(draw, .init(), count: 1)[0]
    let thrice = try tasks(draw, .init(repeats: 2), count: 1)[0]
    #expect(once.prompts(for: .channel) == thrice.prompts(for: .channel))
    #expect(once.prompts(for: .restricted(.init())) != thrice.prompts(for: .restricted(.init())))
    #expect(once.prompts(for: .written) != thrice.prompts(for: .written))
  }

  @Test("The lists of random words are those of the seed, and hold no question")
  func randomLists() throws {
    func asked(seed: UInt64, words: [String]) throws -> [String] {
      let model = ScriptedModel()
      let prompts = LabelPrompts(
        labels: ["a", "b"], examples: [.init(words: ["x", "y", "z"], label: 0)])
      let reader = try LabelReader(
        prompts, method: .calibrated(.init(lists: 4)), vocabulary: (0..<90).map { "w\($0)" },
        seed: seed, model: model)
      _ = try reader.label(of: words)
      return model.prompts
    }
    let first = try asked(seed: 1, words: ["dog"])
    #expect(first.count == 5)
    #expect(Set(first).count == 5)
    #expect(try asked(seed: 1, words: ["cat"]).prefix(4) == first.prefix(4))
    #expect(try asked(seed: 2, words: ["dog"]).prefix(4) != first.prefix(4))
    let list = try #require(first[0].split(separator: "\n").last)
    #expect(list.split(separator: " ").filter { $0.hasPrefix("w") }.count == 3)
  }

  @Test("The prompts for a small model: words once each, or the label before its words")
  func prompts() {
    let prompts = LabelPrompts(
      labels: ["wolf", "goose"],
      examples: [
        .init(words: ["dog", "dog", "hound"], label: 0), .init(words: ["bird"], label: 1),
      ])
    #expect(
      prompts.plain(["sea", "sea"]).text == """
        Photos of: wolf, goose.
        Words: dog hound Photo of a wolf
        Words: bird Photo of a goose
        Words: sea Photo of a
        """)
    #expect(
      prompts.channel("goose").text == """
        Photos of: wolf, goose.
        A photo of a wolf shows: dog dog hound
        A photo of a goose shows: bird
        A photo of a goose shows:
        """)
  }

  @Test("Swapped words are the same words, each for another")
  func swapped() throws {
    let entries = ListEntries(try Self.vocabulary.get())
    let swapped = entries.swapped(seed: 1)
    #expect(swapped.names != entries.names)
    #expect(Set(swapped.names) == Set(entries.names))
  }

  @Test("A server that cannot restrict answers is named where that is asked for")
  func unrestricted() throws {
    let model = ScriptedModel(isRestricted: false)
    let task = try tasks(EpisodeDraw(ways: 2, shots: 1, queries: 1), .init(), count: 1)[0]
    #expect(throws: LanguageError.noRestriction(url: "scripted", reason: "as its test has it")) {
      try task.right(by: model, method: .restricted(.init()))
    }
    #expect(throws: LanguageError.noLogProbabilities(url: "scripted", reason: "as its test has it"))
    {
      try task.right(by: model, method: .channel)
    }
  }

  @Test("A context that is too long is refused before anything is sent")
  func tooLong() throws {
    let model = ScriptedModel(contextLength: 40)
    let task = try tasks(EpisodeDraw(ways: 3, shots: 3, queries: 1), .init(shots: 3), count: 1)[0]
    for method in [ReadingMethod.logProbability, .channel, .written, .restricted(.init())] {
      #expect(throws: LanguageError.self) { try task.right(by: model, method: method) }
    }
    #expect(model.prompts.isEmpty)
  }
}
