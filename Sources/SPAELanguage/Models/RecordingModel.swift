/// A language model whose questions and answers are kept in a folder.
package struct RecordingModel: RelayingModel {
  private let model: any LanguageModel
  private let folder: RunFolder

  /// Notes which model answers, and the command line.
  package init(
    _ model: any LanguageModel, in folder: RunFolder, command: [String]
  ) throws(LanguageError) {
    self.model = model
    self.folder = folder
    try folder.append(
      .model(name: model.name, contextLength: model.contextLength, command: command))
  }

  package var name: String { model.name }
  package var contextLength: Int? { model.contextLength }
  package var remarks: [String] { model.remarks }

  package func tokenCount(of text: String) throws(LanguageError) -> Int {
    let count = try model.tokenCount(of: text)
    try folder.append(.tokens(text: text, answer: count))
    return count
  }

  package func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    let answer = try relay([request.prompt]) { model throws(LanguageError) in
      try model.complete(request)
    }
    try folder.append(.completion(request, answer))
    return answer
  }

  package func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    let answer = try relay([prompt]) { model throws(LanguageError) in
      try model.logProbabilities(of: continuations, after: prompt)
    }
    try folder.append(.scores(prompt: prompt, continuations: continuations, answer: answer))
    return answer
  }

  package func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    let answer = try relay([prompt]) { model throws(LanguageError) in
      try model.distinctions(of: answers, after: prompt)
    }
    try folder.append(.distinctions(prompt: prompt, answers: answers, answer: answer))
    return answer
  }

  package func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    let answer = try relay([prompt]) { model throws(LanguageError) in
      try model.choice(among: answers, offsets: offsets, after: prompt)
    }
    try folder.append(
      .choice(prompt: prompt, answers: answers, offsets: offsets, answer: answer))
    return answer
  }

  package func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    let answer = try relay([prompt]) { model throws(LanguageError) in
      try model.likeliest(of: words, after: prompt)
    }
    try folder.append(.likeliest(prompt: prompt, answer: answer))
    return answer
  }

  /// Notes a failure, too, before it goes on.
  package func relay<Answer>(
    _ prompts: [String], _ question: (any LanguageModel) throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer {
    do throws(LanguageError) {
      return try question(model)
    } catch {
      for prompt in prompts.prefix(1) {
        try folder.append(.failure(prompt: prompt, message: "\(error)"))
      }
      throw error
    }
  }
}
