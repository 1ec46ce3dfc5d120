/// A language model whose answers may have more tokens than a question would allow them.
///
/// Models that reason need room for that before their answer.
package struct BudgetModel: LanguageModel {
  private let model: any LanguageModel
  private let tokens: Int

  /// Takes the least budget of every answer, in tokens.
  package init(_ model: any LanguageModel, tokens: Int) {
    self.model = model
    self.tokens = tokens
  }

  package var name: String { model.name }
  package var contextLength: Int? { model.contextLength }
  package var remarks: [String] { model.remarks }

  package func tokenCount(of text: String) throws(LanguageError) -> Int {
    try model.tokenCount(of: text)
  }

  package func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    var request = request
    request.maximumTokens = max(request.maximumTokens, tokens)
    return try model.complete(request)
  }

  package func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try model.logProbabilities(of: continuations, after: prompt)
  }

  package func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try model.distinctions(of: answers, after: prompt)
  }

  package func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    try model.choice(among: answers, offsets: offsets, after: prompt)
  }

  package func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    try model.likeliest(of: words, after: prompt)
  }
}
