import Glibc
package import SPAEPyramid

/// Writes the upper words of a new picture of a label: at each position one of those that
/// examples have there, as a frozen language model scores them.
///
/// The examples of the label and of others give candidates alike: what tells them apart is the
/// model's score alone. It is the log-probability of the word after the examples, the label and
/// the words so far, and how much likelier the word is behind this label than behind any. No
/// example has more than half of the words at the same positions, so that none is copied.
package struct WordDrawing: Sendable {
  /// A picture's label and its words.
  package struct Example: Hashable, Sendable {
    package let label: String
    package let words: [Int32]

    package init(label: String, words: [Int32]) { (self.label, self.words) = (label, words) }
  }

  /// What came of it.
  package struct Outcome: Hashable, Sendable {
    package var words: [Int32] = []
    /// Of an answer that was written freely: what had to be mended.
    package var repairs = RepairCount()
    package var requests = 0
    /// Positions where no example's word was left to choose.
    package var otherWords = 0

    package init(words: [Int32] = []) { self.words = words }
  }

  /// In the order of the context.
  package let examples: [Example]
  package let vocabulary: Vocabulary
  /// How many words are written, from the first on.
  package let count: Int
  /// 0 takes the best word each time.
  package var temperature = 0.0
  package var seed: UInt64 = 1

  /// How much counts that a word is likelier behind the label than behind any.
  ///
  /// With two labels of mini-ImageNet's training classes and three examples of each, 15.2 of
  /// SmolLM2's 21 words are an example's of the label with 1, 17.5 with 4, 17.8 with 8, and 14.5
  /// with a half: what follows the words so far hardly knows the label.
  private static let labelWeight = 8.0

  package init(examples: [Example], count: Int, vocabulary: Vocabulary) {
    (self.examples, self.count, self.vocabulary) = (examples, count, vocabulary)
  }

  /// The most words that may equal an example's at the same position.
  package var limit: Int { max(1, count / 2) }

  /// What is sent for the word after some others.
  package func prompt(for label: String, after words: [Int32] = []) -> Prompt {
    var labels: [String] = []
    for each in examples.map(\.label) where !labels.contains(each) { labels.append(each) }
    var prompt = Prompt(
      induction: "Photos of: \(labels.sorted().joined(separator: ", ")).",
      examples: examples.map { .init(input: $0.label, output: text($0.words.prefix(count))) },
      input: label, form: .photo)
    prompt.written = text(words[...])
    return prompt
  }

  /// Writes the words of one of the examples' labels.
  package func outcome(
    of label: String, by model: some LanguageModel, progress: () -> Void = {}
  ) throws(LanguageError) -> Outcome {
    try prompt(for: label).check(for: model, answer: 2 * count)
    do throws(LanguageError) {
      let scoring = try Scoring(self, label: label, model: model)
      return try scored(label, scoring, by: model, progress: progress)
    } catch {
      guard case .noLogProbabilities = error else { throw error }
      return try written(label, by: model)
    }
  }

  /// Draws every word from the candidates at random: a control that asks no model.
  package func random(seed: UInt64) -> Outcome {
    var generator = SeededGenerator(seed: seed)
    var outcome = Outcome()
    for position in 0..<count {
      let candidates = candidates(at: position, after: outcome.words)
      outcome.words.append(candidates[generator.draw(below: candidates.count)])
    }
    return outcome
  }

  // MARK: Candidates

  /// The words that examples have at a position, less those of an example that has its half
  /// already; where nothing is left, any word of the examples, and at last any at all.
  func candidates(at position: Int, after words: [Int32]) -> [Int32] {
    let taken = examples.filter { example in
      zip(words, example.words).count { $0 == $1 } >= limit
    }
    let barred = Set(taken.map { $0.words[position] })
    let own = distinct(examples.map { $0.words[position] }).filter { !barred.contains($0) }
    if !own.isEmpty { return own }
    let others = known.filter { !barred.contains($0) }
    return others.isEmpty
      ? (0..<Int32(vocabulary.count)).first { !barred.contains($0) }.map { [$0] } ?? [0] : others
  }

  /// All words of the examples, each once.
  private var known: [Int32] { distinct(examples.flatMap { $0.words.prefix(count) }) }

  private func distinct(_ words: [Int32]) -> [Int32] {
    var seen: Set<Int32> = []
    return words.filter { seen.insert($0).inserted }
  }

  private func text(_ words: ArraySlice<Int32>) -> String {
    words.map { vocabulary[$0] }.joined(separator: " ")
  }

  // MARK: By scores

  /// How well words follow.
  private struct Scoring {
    let texts: [String]
    /// After the label alone.
    let first: LikelyWords
    /// After each of the labels alone.
    let all: [LikelyWords]

    init(_ drawing: WordDrawing, label: String, model: some LanguageModel) throws(LanguageError) {
      texts = drawing.known.map { drawing.vocabulary[$0] }
      var found: [String: LikelyWords] = [:]
      for each in [label] + drawing.examples.map(\.label) where found[each] == nil {
        found[each] = try model.likeliest(of: texts, after: drawing.prompt(for: each).text)
      }
      first = found[label] ?? LikelyWords(scores: [:], least: 0)
      all = found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// How much likelier a word is after the label than after any.
    func gain(_ word: String) -> Double {
      func score(_ likely: LikelyWords) -> Double { likely.scores[word] ?? likely.least }
      return score(first) - (logOfSum(all.map(score)) - log(Double(all.count)))
    }
  }

  private func scored(
    _ label: String, _ scoring: Scoring, by model: some LanguageModel, progress: () -> Void
  ) throws(LanguageError) -> Outcome {
    var outcome = Outcome()
    outcome.requests = scoring.all.count
    var generator = SeededGenerator(seed: seed)
    for position in 0..<count {
      let candidates = candidates(at: position, after: outcome.words)
      if !examples.contains(where: { candidates.contains($0.words[position]) }) {
        outcome.otherWords += 1
      }
      if candidates.count == 1 {
        outcome.words.append(candidates[0])
      } else {
        let likely =
          position == 0
          ? scoring.first
          : try model.likeliest(
            of: scoring.texts, after: prompt(for: label, after: outcome.words).text)
        outcome.requests += position == 0 ? 0 : 1
        let scores = candidates.map { word in
          let text = vocabulary[word]
          return (likely.scores[text] ?? likely.least) + Self.labelWeight * scoring.gain(text)
        }
        outcome.words.append(candidates[choice(scores, by: &generator)])
      }
      progress()
    }
    return outcome
  }

  /// The greatest score, or one by chance where the temperature is not 0.
  private func choice(_ scores: [Double], by generator: inout SeededGenerator) -> Int {
    guard temperature > 0 else { return greatest(scores) }
    var rest = Double(generator.draw(below: 1 << 53)) / Double(1 << 53)
    for (number, share) in softmax(scores.map { $0 / temperature }).enumerated() {
      rest -= share
      if rest < 0 { return number }
    }
    return scores.count - 1
  }

  // MARK: Written

  /// For servers that score nothing: what the model writes, less what an example has too often.
  private func written(
    _ label: String, by model: some LanguageModel
  ) throws(LanguageError) -> Outcome {
    let own = examples.first { $0.label == label } ?? examples[0]
    let request = CompletionRequest(
      prompt: prompt(for: label).text, maximumTokens: 2 * count, stop: ["\n"],
      temperature: temperature, seed: seed, allowedWords: vocabulary.words)
    let mended = repaired(
      try answer(to: request, by: model), spare: Array(own.words.prefix(count)),
      vocabulary: vocabulary)
    var outcome = Outcome()
    (outcome.requests, outcome.repairs) = (1, mended.count)
    for (position, word) in mended.words.enumerated() {
      let candidates = candidates(at: position, after: outcome.words)
      let isFree = examples.allSatisfy { example in
        example.words[position] != word
          || zip(outcome.words, example.words).count { $0 == $1 } < limit
      }
      outcome.words.append(isFree ? word : candidates[0])
    }
    return outcome
  }
}

extension WordDrawing.Outcome {
  /// How much was written and what was mended, in a line.
  package var summary: String {
    var parts = ["\(words.count) words in \(requests) \(requests == 1 ? "answer" : "answers")"]
    if !repairs.isClean {
      parts.append(
        "mended: \(repairs.outside) outside the vocabulary, \(repairs.missing) missing,"
          + " \(repairs.extra) too many")
    }
    if otherWords > 0 { parts.append("\(otherWords) of which no example has there") }
    return parts.joined(separator: ", ")
  }
}
