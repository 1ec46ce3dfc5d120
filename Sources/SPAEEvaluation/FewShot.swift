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

/// What is taken off a label's log-probability, so that a label the model likes anyway wins less.
package enum Calibration: String, CaseIterable, Sendable, Codable {
  case none
  /// Its score for one list of random words in the question's place.
  case randomWords = "minus one random list"
  /// Its mean score over the episode's own questions, of which each label has as many. It looks at
  /// all of them before it answers one (transductive): never beside published figures.
  case episodeMean = "minus the episode's mean (transductive)"
}

/// One episode as words, ready to be put to a language model.
package struct FewShotTask: Sendable {
  package struct Question: Hashable, Sendable {
    package let words: String
    /// The right label's place.
    package let label: Int
  }

  package let labels: [String]
  package let questions: [Question]
  /// A list of random words, as many as a question has.
  package let randomWords: String
  package let setting: FewShotSetting
  package let examples: [Prompt.Pair]

  /// Puts an episode into words; the examples' order and the random list follow the seed.
  ///
  /// A question whose list of words stands among the examples is a leak and is refused.
  package init(
    _ episode: Episode, of set: [LabelledWords], setting: FewShotSetting, vocabulary: Vocabulary,
    seed: UInt64
  ) throws(LanguageError) {
    func text(_ words: [Int32]) -> String {
      words.map { vocabulary[$0] }.joined(separator: " ")
    }
    let own = episode.labels.map { set[$0] }
    var generator = SeededGenerator(seed: seed)
    var rounds: [Prompt.Pair] = []
    for shot in 0..<setting.shots {
      for way in generator.draw(own.count, below: own.count) {
        let words = own[way].pictures[episode.examples[way][shot]]
        rounds.append(Prompt.Pair(input: text(words), output: own[way].label))
      }
    }
    self.setting = setting
    labels = own.map(\.label)
    examples = (0...setting.repeats).flatMap { _ in rounds }
    questions = own.indices.flatMap { way in
      episode.queries[way].map {
        Question(words: text(own[way].pictures[$0]), label: way)
      }
    }
    let length = own.first?.pictures.first?.count ?? 0
    randomWords = text((0..<length).map { _ in Int32(generator.draw(below: vocabulary.count)) })
    try refuseLeak()
  }

  private func refuseLeak() throws(LanguageError) {
    let known = Set(examples.map(\.input))
    if let leak = questions.first(where: { known.contains($0.words) }) {
      throw .leak(words: leak.words)
    }
  }

  /// What is sent for a list of words.
  package func prompt(for words: String) -> Prompt {
    Prompt(
      induction: setting.induction ? Prompt.induction(labels: labels) : nil, examples: examples,
      input: words)
  }
}

extension FewShotTask {
  /// The share of questions classified right by each calibration of the labels' log-probabilities.
  package func scoredShares(
    by model: some LanguageModel
  ) throws(LanguageError) -> [Calibration: Double] {
    let random = try scores(of: randomWords, by: model)
    var scores: [[Double]] = []
    for question in questions { scores.append(try self.scores(of: question.words, by: model)) }
    return Dictionary(
      uniqueKeysWithValues: Calibration.allCases.map {
        ($0, share(scores, minus: baseline($0, random: random, scores)))
      })
  }

  /// The share of questions to which the model itself answers with the right label, greedily.
  package func writtenShare(by model: some LanguageModel) throws(LanguageError) -> Double {
    var right = 0
    for question in questions {
      let prompt = prompt(for: question.words)
      try prompt.check(for: model, answer: Prompt.labelTokens)
      let request = CompletionRequest(
        prompt: prompt.text, maximumTokens: Prompt.labelTokens, stop: ["\n"], temperature: 0)
      let answer = try answer(to: request, by: model)
      right += said(answer) == labels[question.label].lowercased() ? 1 : 0
    }
    return Double(right) / Double(max(1, questions.count))
  }

  private func said(_ answer: String) -> String {
    let line = answer.drop(while: \.isWhitespace).prefix { !$0.isNewline }
    return String(line.lowercased().reversed().drop { !$0.isLetter }.reversed())
  }

  /// The log-probability of each label after a list of words, [label].
  private func scores(
    of words: String, by model: some LanguageModel
  ) throws(LanguageError) -> [Double] {
    let prompt = prompt(for: words)
    try prompt.check(for: model, answer: Prompt.labelTokens)
    return try model.logProbabilities(of: labels.map { " \($0)" }, after: prompt.text)
  }

  private func baseline(
    _ calibration: Calibration, random: [Double], _ scores: [[Double]]
  ) -> [Double] {
    switch calibration {
    case .none: labels.map { _ in 0 }
    case .randomWords: random
    case .episodeMean:
      labels.indices.map { label in
        scores.reduce(0) { $0 + $1[label] } / Double(max(1, scores.count))
      }
    }
  }

  private func share(_ scores: [[Double]], minus baseline: [Double]) -> Double {
    let right = zip(questions, scores).count { question, scores in
      greatest(zip(scores, baseline).map { $0 - $1 }) == question.label
    }
    return Double(right) / Double(max(1, questions.count))
  }
}
