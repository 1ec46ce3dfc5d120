import SPAELanguage
import SPAEPyramid
import Testing

/// Wishes, and the words that they change.
@Suite struct Revisions {
  static let text = """
    heading: Photographs change.

    words: car, tree
    wish: in spring
    shows: blossom, green
    changes: car -> car, tree -> blossom
    """

  private static let names = [
    "horse", "pony", "grass", "sky", "tree", "snow", "ice", "zebra", "cow", "berries",
  ]

  private func revision(_ model: ScriptedModel) throws -> WordRevision {
    let pony = [Int32(0), 1]
    return WordRevision(
      model: model, vocabulary: try Vocabulary(text: Self.names.joined(separator: "\n")),
      examples: try RevisionExamples(text: Self.text, path: "mine.txt"),
      isRelated: { pony.contains($0) && pony.contains($1) })
  }

  private func words(_ text: String) -> [Int32] {
    text.split(separator: " ").map { Int32(Self.names.firstIndex(of: String($0)) ?? -1) }
  }

  private func changes(_ proposal: WordRevision.Proposal) -> [String] {
    proposal.changes.map { "\(Self.names[Int($0.old)]) -> \(Self.names[Int($0.new)])" }
  }

  /// In winter snow is likely, above all where grass or a tree was; otherwise words stay.
  private let wintry = ScriptedModel(likely: { prompt in
    let last = prompt.split(separator: "\n").last.map(String.init) ?? ""
    guard last.hasSuffix(" ->") else {
      return last.contains("winter")
        ? ["snow": -1, "ice": -3, "horse": -4] : ["snow": -8, "ice": -7, "horse": -4]
    }
    let word = String(last.dropLast(3))
    guard prompt.contains("Wish: in winter") else { return [word: -1, "snow": -9, "ice": -9] }
    let scores: [String: Double] = ["grass": -1, "tree": -1.5, "sky": -6, "horse": 0, "pony": 0]
    let snow = scores[word] ?? -9
    return [word: -2, "snow": snow, "ice": -8]
  })

  @Test("change what gains most by the wish, and keep the main subject with its kind")
  func scored() throws {
    let proposal = try revision(wintry).proposal(
      for: "in winter", words: words("horse pony grass sky tree"))
    #expect(changes(proposal) == ["grass -> snow", "tree -> snow"])
    #expect(proposal.read == words("horse pony grass sky tree"))
    #expect(!proposal.isOfEverything)
    #expect(proposal.notices == [])
  }

  @Test("at night the sky and what is around become dark, and nothing a bright moon or a road")
  func night() throws {
    let names = ["horse", "grass", "sky", "tree", "night", "moon", "dark", "road", "structure"]
    let model = ScriptedModel(likely: { prompt in
      if prompt.hasSuffix("shows:") {
        return ["moon": -1, "road": -2, "night": -3, "dark": -4]
      }
      return [
        "horse": -1, "grass": -1, "sky": -1, "structure": -1, "road": -1, "moon": -2, "night": -3,
        "dark": -9,
      ]
    })
    var revision = WordRevision(
      model: model, vocabulary: try Vocabulary(text: names.joined(separator: "\n")),
      examples: try RevisionExamples(text: Self.text, path: "mine.txt"),
      isRelated: { Set([$0, $1]) == [4, 6] })
    let colours: [Int32: SIMD3<Float>] = [
      4: [6, 8, -18], 5: [90, 0, 5], 6: [14, 0, -8], 7: [20, 0, 0],
    ]
    revision.colour = { colours[$0] }
    let proposal = try revision.proposal(for: "at night", words: [0, 1, 2, 8])
    let changed = proposal.changes.map { "\(names[Int($0.old)]) -> \(names[Int($0.new)])" }
    #expect(changed == ["sky -> night", "grass -> night", "structure -> night"])
  }

  @Test("snow lies on the ground: the sky stays where something below it becomes white")
  func snow() throws {
    let model = ScriptedModel(likely: { prompt in
      if prompt.hasSuffix("shows:") { return ["snow": prompt.contains("winter") ? -1 : -8] }
      guard prompt.contains("Wish: in winter") else { return ["snow": -9] }
      return prompt.hasSuffix("sky ->") ? ["sky": -6, "snow": -1] : ["grass": -3, "snow": -2]
    })
    var revision = try revision(model)
    revision.colour = { $0 == self.words("snow")[0] ? [96, 0, 0] : nil }
    let found = try revision.proposal(for: "in winter", words: words("horse grass sky"))
    #expect(changes(found) == ["grass -> snow"])
    let alone = try revision.proposal(for: "in winter", words: words("horse sky"))
    #expect(changes(alone) == ["sky -> snow"])
  }

  @Test("a wish of which no word is known changes nothing, and says so")
  func nonsense() throws {
    let model = ScriptedModel(tokens: 3, likely: { _ in ["snow": -1, "grass": -3] })
    let revision = try revision(model)
    let proposal = try revision.proposal(for: "flurb the quux", words: words("horse grass"))
    #expect(proposal.changes.isEmpty && proposal.isUnknown && model.prompts.isEmpty)
    #expect(
      proposal.reason(try Vocabulary(text: Self.names.joined(separator: "\n")))
        == "no word of the wish is known")
    #expect(try !revision.proposal(for: "more trees", words: words("horse grass")).isUnknown)
  }

  @Test("read both prompts once, with the words last")
  func order() throws {
    _ = try revision(wintry).proposal(for: "in winter", words: words("horse grass"))
    #expect(
      wintry.prompts.prefix(2) == [
        "A photograph in spring shows: blossom, green\nA photograph in winter shows:",
        "A photograph in spring shows: blossom, green\nA photograph shows:",
      ])
    let example = "Photograph: car, tree\nWish: in spring\ncar -> car\ntree -> blossom\n\n"
    let opening = "Photographs change.\n\n" + example + "Photograph: horse, grass\nWish: "
    let asked = ["in winter", "as it is"].flatMap { wish in
      ["horse", "grass"].map { word in "\(opening)\(wish)\n\(word) ->" }
    }
    #expect(Array(wintry.prompts.dropFirst(4)) == asked)
  }

  @Test("change nothing where no word gains")
  func nothing() throws {
    let proposal = try revision(wintry).proposal(for: "as it is", words: words("horse grass sky"))
    #expect(proposal.changes.isEmpty)
  }

  @Test("change what the wish names, and nothing else", arguments: ["horse", "horses"])
  func named(_ name: String) throws {
    let model = ScriptedModel(likely: { prompt in
      prompt.hasSuffix("shows:")
        ? ["zebra": -1, "cow": -3] : ["horse": -2, "grass": -2, "tree": -3, "zebra": -1, "cow": -4]
    })
    let proposal = try revision(model).proposal(
      for: "a zebra instead of the \(name)", words: words("grass tree horse"))
    #expect(changes(proposal) == ["horse -> zebra"])
  }

  @Test("ask for a word that is no token of its own")
  func split() throws {
    let model = ScriptedModel(
      score: { word, _ in word == " grass" ? -1 : 0 },
      likely: { prompt in
        prompt.hasSuffix("shows:")
          ? ["snow": -1] : ["snow": prompt.contains("winter") ? -3 : -9, "sky": -3]
      })
    let proposal = try revision(model).proposal(for: "in winter", words: words("sky grass"))
    #expect(changes(proposal) == ["grass -> snow"])
    #expect(model.prompts.contains { $0.hasSuffix("grass ->") })
  }

  private static let answer = """
    grass -> Snow
    horse -> horse
    trees -> berry
    sky -> xqzzy
    lamp -> ice
    nonsense
    grass -> ice
    """

  @Test("take a written answer where a server scores nothing, and leave out what does not fit")
  func written() throws {
    let model = ScriptedModel(answer: { _ in Self.answer })
    let proposal = try revision(model).proposal(
      for: "in winter", words: words("horse grass sky tree"))
    #expect(changes(proposal) == ["grass -> snow", "tree -> berries"])
    #expect(proposal.repaired == 2)
    #expect(proposal.notices.first?.hasPrefix("2 changes left out") == true)
  }

  @Test("say so where every word changes")
  func everything() throws {
    let model = ScriptedModel(answer: { _ in "grass -> snow\nsky -> ice" })
    let proposal = try revision(model).proposal(for: "in winter", words: words("grass sky"))
    #expect(proposal.isOfEverything)
    #expect(proposal.notices == ["the wish changes every word that was read"])
  }

  @Test(
    "say what is wrong in a file of examples, and where",
    arguments: [
      (
        "words: car\nwish: now\nshows: tree",
        "line 1: the example that begins here has no 'changes'"
      ),
      ("\nwords: car\nwish: now\nshows: a\nchanges: car", "line 2: 'changes' must be"),
      ("words: car\nwish: now\nshows: a\nchanges: bus -> a", "line 1: 'changes' must be"),
      ("words: car, bus\nwish: now\nshows: a\nchanges: car -> a", "line 1: 'changes' must be"),
      ("word: car", "line 1: expected words, wish, shows or changes, got 'word'"),
      ("heading: none", "there is no example in it"),
    ])
  func wrong(_ text: String, _ problem: String) {
    let error = #expect(throws: LanguageError.self) {
      try RevisionExamples(text: text, path: "mine.txt")
    }
    #expect(error.map { "\($0)".contains(problem) } == true, "\(error.map { "\($0)" } ?? "")")
  }
}
