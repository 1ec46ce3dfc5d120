/// A frozen language model: words in, words out.
///
/// What asks it knows no server: a scripted model stands in for it in tests. Every call blocks until
/// the answer is there.
package protocol LanguageModel: Sendable {
  /// The name it goes by, for reports.
  var name: String { get }

  /// The tokens that a prompt and its answer may have together; nil where the server does not tell.
  var contextLength: Int? { get }

  /// What was not done as it was asked for, each to follow "answered by NAME"; mostly nothing.
  var remarks: [String] { get }

  /// Counts the tokens of a text.
  func tokenCount(of text: String) throws(LanguageError) -> Int

  /// Goes on with a prompt.
  func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion

  /// Scores what may follow a prompt: natural log-probabilities, each summed over its tokens.
  func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double]

  /// The same of the tokens by which some answers differ alone, where the model's tokens are known: how
  /// an answer ends that no other begins like says nothing.
  func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double]

  /// Lets the model write one of some answers and nothing else, the likeliest token each time; the
  /// answer's number.
  ///
  /// `offsets` are added to the log-probability of each answer's tokens: what is taken off an answer
  /// that the model likes anyway, [answer].
  func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int

  /// Scores the words that are among the two thousand tokens which follow a prompt most likely; each
  /// word has a space before it in the text.
  func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords
}

/// The words that are likely to follow a prompt: natural log-probabilities.
package struct LikelyWords: Hashable, Sendable, Codable {
  package var scores: [String: Double]
  /// What no other word's score is greater than, if it is one token.
  package var least: Double

  package init(scores: [String: Double], least: Double) {
    (self.scores, self.least) = (scores, least)
  }
}

extension LanguageModel {
  package var remarks: [String] { [] }

  package func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try logProbabilities(of: answers, after: prompt)
  }

  package func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    throw .noRestriction(url: name, reason: "it does not take the tokens that are allowed")
  }

  package func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    throw .noLogProbabilities(url: name, reason: "it does not say which tokens are likely")
  }
}

/// What a model goes on with, where nothing at all is an answer, too.
package func answer(
  to request: CompletionRequest, by model: some LanguageModel
) throws(LanguageError) -> String {
  do throws(LanguageError) {
    return try model.complete(request).text
  } catch .emptyAnswer {
    return ""
  } catch {
    throw error
  }
}
