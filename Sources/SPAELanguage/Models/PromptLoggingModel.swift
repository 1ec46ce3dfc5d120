/// A language model whose prompts are shown before they are sent, or instead.
package struct PromptLoggingModel: LanguageModel {
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

  package func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    show?(request.prompt)
    return try sendable().complete(request)
  }

  package func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    for continuation in continuations { show?(prompt + continuation) }
    return try sendable().logProbabilities(of: continuations, after: prompt)
  }

  package func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    for answer in answers { show?(prompt + answer) }
    return try sendable().distinctions(of: answers, after: prompt)
  }

  package func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    show?(prompt)
    return try sendable().choice(among: answers, offsets: offsets, after: prompt)
  }

  package func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    show?(prompt)
    return try sendable().likeliest(of: words, after: prompt)
  }

  private func sendable() throws(LanguageError) -> any LanguageModel {
    guard let model else { throw .dryRun }
    return model
  }
}
