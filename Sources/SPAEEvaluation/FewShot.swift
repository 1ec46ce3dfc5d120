package import SPAELanguage
package import SPAEPyramid

/// How a few-shot task is put to a language model, as Frozen's protocol varies it.
package struct FewShotSetting: Hashable, Sendable, Codable {
  /// Whether a sentence names the labels first.
  package var induction: Bool
  /// Different examples of each label.
  package var shots: Int
  /// How often the examples come again after the first time.
  package var repeats: Int

  package init(induction: Bool = true, shots: Int = 1, repeats: Int = 0) {
    (self.induction, self.shots, self.repeats) = (induction, shots, repeats)
  }

  /// The seven of the published tables, in their order.
  package static let protocolOrder: [FewShotSetting] =
    [.init(induction: false)]
    + [1, 3, 5].map { .init(shots: $0) } + [1, 3, 5].map { .init(repeats: $0) }
}

/// What the entries of pictures' lists are: the words of a vocabulary, or names of classes.
package struct ListEntries: Hashable, Sendable {
  /// By the entry's number.
  package let names: [String]
  /// What stands between two of them.
  package let separator: String

  package init(names: [String], separator: String) {
    (self.names, self.separator) = (names, separator)
  }

  package init(_ vocabulary: Vocabulary) {
    self.init(names: vocabulary.words, separator: " ")
  }

  /// Each name given to another entry: a control in which only equal words are alike.
  package func swapped(seed: UInt64) -> ListEntries {
    var generator = SeededGenerator(seed: seed)
    return ListEntries(
      names: generator.draw(names.count, below: names.count).map { names[$0] },
      separator: separator)
  }
}

/// One episode as words, ready to be put to a language model.
package struct FewShotTask: Sendable {
  package struct Question: Hashable, Sendable {
    package let words: [String]
    /// The right label's number.
    package let label: Int
  }

  package let prompts: LabelPrompts
  package let questions: [Question]
  package let setting: FewShotSetting
  private let names: [String]
  private let seed: UInt64

  /// Puts an episode into words; the examples' order follows the seed.
  ///
  /// A question whose list of words stands among the examples is a leak and is refused.
  package init(
    _ episode: Episode, of set: [LabelledWords], setting: FewShotSetting, entries: ListEntries,
    seed: UInt64
  ) throws(LanguageError) {
    func words(_ list: [Int32]) -> [String] { list.map { entries.names[Int($0)] } }
    let own = episode.labels.map { set[$0] }
    var generator = SeededGenerator(seed: seed)
    var rounds: [LabelPrompts.Example] = []
    for shot in 0..<setting.shots {
      for way in generator.draw(own.count, below: own.count) {
        let list = own[way].pictures[episode.examples[way][shot]]
        rounds.append(LabelPrompts.Example(words: words(list), label: way))
      }
    }
    self.setting = setting
    self.seed = seed
    names = entries.names
    prompts = LabelPrompts(
      labels: own.map(\.label), examples: rounds, repeats: setting.repeats,
      isInduced: setting.induction, separator: entries.separator)
    questions = own.indices.flatMap { way in
      episode.queries[way].map { Question(words: words(own[way].pictures[$0]), label: way) }
    }
    try refuseLeak()
  }

  private func refuseLeak() throws(LanguageError) {
    let known = Set(prompts.examples.map(\.words))
    if let leak = questions.first(where: { known.contains($0.words) }) {
      throw .leak(words: leak.words.joined(separator: prompts.separator))
    }
  }

  /// All that a model is shown by a method, beside the lists of random words.
  package func prompts(for method: ReadingMethod) -> [String] {
    switch method {
    case .channel: prompts.labels.map { prompts.channel($0).text } + questions.flatMap(\.words)
    case .logProbability, .written: questions.map { prompts.frozen($0.words).text }
    case .calibrated, .restricted: questions.map { prompts.plain($0.words).text }
    }
  }

  /// How many questions a model answers with the right label.
  package func right(
    by model: some LanguageModel, method: ReadingMethod
  ) throws(LanguageError) -> Int {
    let reader = try LabelReader(
      prompts, method: method, vocabulary: names, seed: seed, model: model)
    var right = 0
    for question in questions where try reader.label(of: question.words) == question.label {
      right += 1
    }
    return right
  }
}
