/// A language model whose prompts are shown before they are sent, or instead.
package struct PromptLoggingModel: RelayingModel {
  /// nil where nothing is sent.
  private let model: (any LanguageModel)?
  private let show: (@Sendable (String) -> Void)?

  /// Takes what to send to, nil to send nothing, and how to show, nil to show nothing.
  package init(_ model: (any LanguageModel)?, show: (@Sendable (String) -> Void)?) {
    self.model = model
    self.show = show
  }

  package var name: String { model?.name ?? "nobody" }
  package var contextLength: Int? { model?.contextLength }
  package var remarks: [String] { model?.remarks ?? [] }

  /// Without a model, as many as there are words.
  package func tokenCount(of text: String) throws(LanguageError) -> Int {
    try model?.tokenCount(of: text) ?? text.split(whereSeparator: \.isWhitespace).count
  }

  package func relay<Answer>(
    _ prompts: [String], _ question: (any LanguageModel) throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer {
    for prompt in prompts { show?(prompt) }
    guard let model else { throw .dryRun }
    return try question(model)
  }
}
