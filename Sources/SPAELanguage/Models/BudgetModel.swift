/// A language model whose answers may have more tokens than a question would allow them.
///
/// Models that reason need room for that before their answer.
package struct BudgetModel: RelayingModel {
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

  package func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    var request = request
    request.maximumTokens = max(request.maximumTokens, tokens)
    return try model.complete(request)
  }

  package func relay<Answer>(
    _ prompts: [String], _ question: (any LanguageModel) throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer { try question(model) }
}
