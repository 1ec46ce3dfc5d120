/// A language model whose prompts are shown before they are sent, or instead.
public struct PromptLoggingModel: LanguageModel {
  /// nil where nothing is sent.
  private let model: (any LanguageModel)?
  private let show: (@Sendable (String) -> Void)?

  /// Takes what to send to, nil to send nothing, and how to show, nil to show nothing.
  public init(_ model: (any LanguageModel)?, show: (@Sendable (String) -> Void)?) {
    self.model = model
    self.show = show
  }

  public var name: String { model?.name ?? "nobody" }
  public var contextLength: Int? { model?.contextLength }
  public var remarks: [String] { model?.remarks ?? [] }

  /// Without a model, as many as there are words.
  public func tokenCount(of text: String) throws(LanguageError) -> Int {
    try model?.tokenCount(of: text) ?? text.split(whereSeparator: \.isWhitespace).count
  }

  public func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    show?(request.prompt)
    return try sendable().complete(request)
  }

  public func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    for continuation in continuations { show?(prompt + continuation) }
    return try sendable().logProbabilities(of: continuations, after: prompt)
  }

  private func sendable() throws(LanguageError) -> any LanguageModel {
    guard let model else { throw .dryRun }
    return model
  }
}
