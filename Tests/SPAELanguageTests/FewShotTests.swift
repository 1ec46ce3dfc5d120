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
        episode, of: set, setting: setting, vocabulary: vocabulary, seed: UInt64(number))
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
    let prompt = task.prompt(for: task.questions[0].words)
    #expect(prompt.examples.count == 2 * 2 * 4)
    #expect(Set(prompt.examples).count == 4)
    #expect(prompt.induction?.contains("'\(task.labels[0])' or '\(task.labels[1])'") == true)
    let bare = try tasks(
      EpisodeDraw(ways: 2, shots: 1, queries: 1), .init(induction: false), count: 1)[0]
    #expect(bare.prompt(for: "dog").induction == nil)
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
      try FewShotTask(episode, of: twins, setting: .init(), vocabulary: vocabulary, seed: 1)
    }
  }

  @Test(
    "A model that knows is always right, written or scored, and is asked what stands in the prompt")
  func knowing() throws {
    @Sendable func knows(_ prompt: String) -> String {
      let word = question(of: prompt).split(separator: " ")[0]
      return ["dog", "hound"].contains(word)
        ? "wolf" : ["bird", "water"].contains(word) ? "goose" : "yacht"
    }
    let model = ScriptedModel(
      answer: { " \(knows($0.prompt).uppercased()).\nInput:" },
      score: { $0 == " \(knows($1))" ? -1 : -2 })
    for task in try tasks(EpisodeDraw(ways: 3, shots: 1, queries: 2), .init()) {
      #expect(try task.writtenShare(by: model) == 1)
      #expect(try task.scoredShares(by: model)[Calibration.none] == 1)
    }
    #expect(model.prompts.allSatisfy { $0.hasSuffix("\nOutput:") })
  }

  @Test("A liking for one label is taken off by both calibrations and by none else")
  func calibrations() throws {
    // The random list of its own vocabulary's words is told apart by no animal at all.
    let model = ScriptedModel(score: { label, prompt in
      let words = question(of: prompt).split(separator: " ")
      let fits =
        label == " wolf" && Set(words).isSubset(of: ["dog", "hound"])
        || label == " goose" && Set(words).isSubset(of: ["bird", "water"])
        || label == " yacht" && Set(words).isSubset(of: ["boat", "sail"])
      return (fits ? 1 : 0) + (label == " wolf" ? 5 : 0)
    })
    let draw = EpisodeDraw(ways: 3, shots: 1, queries: 2)
    let task = try #require(
      try tasks(draw, .init(), count: 20).first {
        // A list of one label's words would be no random list.
        Set($0.randomWords.split(separator: " ")).isSuperset(of: ["rock"])
      })
    let shares = try task.scoredShares(by: model)
    #expect(shares[Calibration.none] == 1.0 / 3)
    #expect(shares[.randomWords] == 1)
    #expect(shares[.episodeMean] == 1)
  }

  @Test("A context that is too long is refused before anything is sent")
  func tooLong() throws {
    let model = ScriptedModel(contextLength: 40)
    let task = try tasks(EpisodeDraw(ways: 3, shots: 3, queries: 1), .init(shots: 3), count: 1)[0]
    #expect(throws: LanguageError.self) { try task.scoredShares(by: model) }
    #expect(throws: LanguageError.self) { try task.writtenShare(by: model) }
    #expect(model.prompts.isEmpty)
  }
}
