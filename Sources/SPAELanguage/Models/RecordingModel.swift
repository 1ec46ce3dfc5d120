/// A language model whose questions and answers are kept in a folder.
public struct RecordingModel: LanguageModel {
  private let model: any LanguageModel
  private let folder: RunFolder

  /// Notes which model answers, and the command line.
  public init(
    _ model: any LanguageModel, in folder: RunFolder, command: [String]
  ) throws(LanguageError) {
    self.model = model
    self.folder = folder
    try folder.append(
      .model(name: model.name, contextLength: model.contextLength, command: command))
  }

  public var name: String { model.name }
  public var contextLength: Int? { model.contextLength }
  public var remarks: [String] { model.remarks }

  public func tokenCount(of text: String) throws(LanguageError) -> Int {
    let count = try model.tokenCount(of: text)
    try folder.append(.tokens(text: text, answer: count))
    return count
  }

  public func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    let answer = try noting(request.prompt) { () throws(LanguageError) in
      try model.complete(request)
    }
    try folder.append(.completion(request, answer))
    return answer
  }

  public func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    let answer = try noting(prompt) { () throws(LanguageError) in
      try model.logProbabilities(of: continuations, after: prompt)
    }
    try folder.append(.scores(prompt: prompt, continuations: continuations, answer: answer))
    return answer
  }

  /// Notes a failure, too, before it goes on.
  private func noting<Answer>(
    _ prompt: String, _ ask: () throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer {
    do throws(LanguageError) {
      return try ask()
    } catch {
      try folder.append(.failure(prompt: prompt, message: "\(error)"))
      throw error
    }
  }
}
