/// A language model behind a server: llama.cpp's own, or any that is compatible with OpenAI's.
package struct CompletionClient: RelayingModel {
  private let model: any LanguageModel

  /// Asks the server what it is; `modelName` chooses where it has several models.
  ///
  /// `keepsPrompts` lets llama.cpp's server go on from what it has read before.
  package init(
    endpoint: Endpoint, modelName: String? = nil, keepsPrompts: Bool = false,
    retryPolicy: RetryPolicy = RetryPolicy()
  ) throws(LanguageError) {
    let service = try JSONService(endpoint, retryPolicy: retryPolicy)
    if let properties = try Self.properties(service) {
      model = LlamaClient(
        service, properties: properties, name: modelName, keepsPrompts: keepsPrompts)
    } else {
      model = try OpenAIClient(service, name: modelName)
    }
  }

  /// What llama.cpp's server says of itself; nil where another answers.
  private static func properties(
    _ service: JSONService
  ) throws(LanguageError) -> LlamaClient.Properties? {
    do throws(LanguageError) {
      return try service.get("/props", LlamaClient.Properties.self)
    } catch {
      switch error {
      case .notFound, .notJSON, .wrongJSON, .rejected, .unauthorised, .redirected: return nil
      default: throw error
      }
    }
  }

  package var name: String { model.name }
  package var contextLength: Int? { model.contextLength }
  package var remarks: [String] { model.remarks }

  package func relay<Answer>(
    _ prompts: [String], _ question: (any LanguageModel) throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer { try question(model) }
}
