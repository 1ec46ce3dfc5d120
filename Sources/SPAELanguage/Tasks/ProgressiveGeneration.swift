package import SPAEPyramid

/// Makes a pyramid's words in context, layer by layer (SPAE, section 3.3).
///
/// Every piece is asked for with a context of its own: for each example what is given (its condition
/// and its words so far) and the words that follow, then the same of the pyramid in the making. The
/// answer may hold words of the vocabulary only, and is mended where it does not fit.
package struct ProgressiveGeneration: Sendable {
  /// What is told of a pyramid besides its own words.
  package enum Condition: Hashable, Sendable {
    case label(String)
    /// Another pyramid's words, of which a piece sees those in its own places.
    case words([Int32])
  }

  /// An example in context.
  package struct Example: Hashable, Sendable {
    package let condition: Condition
    package let words: [Int32]

    package init(condition: Condition, words: [Int32]) {
      (self.condition, self.words) = (condition, words)
    }
  }

  /// What came of it.
  package struct Outcome: Hashable, Sendable {
    package var words: [Int32]
    package var repairs: RepairCount
    package var requests: Int

    package init(words: [Int32], repairs: RepairCount = RepairCount(), requests: Int = 0) {
      (self.words, self.repairs, self.requests) = (words, repairs, requests)
    }

    /// Puts an answer in its place; what it lacks stays as it was.
    fileprivate mutating func take(
      _ answer: String, for piece: GenerationPlan.Piece, _ vocabulary: Vocabulary
    ) {
      let mended = repaired(answer, spare: Array(words[piece.asked]), vocabulary: vocabulary)
      words.replaceSubrange(piece.asked, with: mended.words)
      repairs += mended.count
      requests += 1
    }
  }

  package let plan: GenerationPlan
  package let vocabulary: Vocabulary
  package var induction: String?
  package var temperature = 0.0
  package var seed: UInt64 = 1

  package init(plan: GenerationPlan, vocabulary: Vocabulary) {
    (self.plan, self.vocabulary) = (plan, vocabulary)
  }

  /// What is sent for a piece of a pyramid whose words so far are known.
  package func prompt(
    for piece: GenerationPlan.Piece, examples: [Example], known: Example
  ) -> Prompt {
    Prompt(
      induction: induction,
      examples: examples.map {
        Prompt.Pair(input: given($0, for: piece), output: text($0.words[piece.asked]))
      },
      input: given(known, for: piece))
  }

  /// Makes the words that the plan asks for; `spare` fills what an answer lacks, and stands below.
  ///
  /// `below` may give other words for the layers under the first piece, once that is known.
  package func outcome(
    of condition: Condition, examples: [Example], spare: [Int32], by model: some LanguageModel,
    below: (ArraySlice<Int32>) -> [Int32]? = { _ in nil }, progress: () -> Void = {}
  ) throws(LanguageError) -> Outcome {
    var outcome = Outcome(words: spare)
    let tokensPerWord = try tokensPerWord(of: spare.prefix(100), for: model)
    for piece in plan.pieces {
      let known = Example(condition: condition, words: outcome.words)
      let tokens = Int((tokensPerWord * Double(piece.asked.count)).rounded(.up))
      let prompt = prompt(for: piece, examples: examples, known: known)
      try prompt.check(for: model, answer: tokens)
      let request = CompletionRequest(
        prompt: prompt.text, maximumTokens: tokens, stop: ["\n"], temperature: temperature,
        seed: seed &+ UInt64(outcome.requests), allowedWords: vocabulary.words)
      outcome.take(try answer(to: request, by: model), for: piece, vocabulary)
      if outcome.requests == 1, let below = below(outcome.words[piece.asked]) {
        outcome.words.replaceSubrange(
          piece.asked.upperBound..., with: below[piece.asked.upperBound...])
      }
      progress()
    }
    return outcome
  }

  /// One for the model whose words these are, more for another; a count may hold a mark of its own.
  private func tokensPerWord(
    of words: ArraySlice<Int32>, for model: some LanguageModel
  ) throws(LanguageError) -> Double {
    let tokens = try model.tokenCount(of: " " + text(words))
    return max(1, (Double(tokens) / Double(max(1, words.count)) * 2).rounded() / 2)
  }

  private func given(_ example: Example, for piece: GenerationPlan.Piece) -> String {
    let before = text(piece.given.map { example.words[$0] })
    let condition =
      switch example.condition {
      case .label(let label): label
      case .words(let words): text(words[piece.asked])
      }
    return condition.isEmpty || before.isEmpty ? condition + before : "\(condition) \(before)"
  }

  private func text(_ words: some Sequence<Int32>) -> String {
    words.map { vocabulary[$0] }.joined(separator: " ")
  }
}
