/// A language model that lets another answer, and adds something to that: each kind of question goes
/// through `relay`, but those that the type answers itself.
package protocol RelayingModel: LanguageModel {
  /// Puts a question to the other model; `prompts` are what it reads, none where it only counts.
  func relay<Answer>(
    _ prompts: [String], _ question: (any LanguageModel) throws(LanguageError) -> Answer
  ) throws(LanguageError) -> Answer
}

extension RelayingModel {
  package func tokenCount(of text: String) throws(LanguageError) -> Int {
    try relay([]) { model throws(LanguageError) in try model.tokenCount(of: text) }
  }

  package func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
    try relay([request.prompt]) { model throws(LanguageError) in try model.complete(request) }
  }

  package func logProbabilities(
    of continuations: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try relay(continuations.map { prompt + $0 }) { model throws(LanguageError) in
      try model.logProbabilities(of: continuations, after: prompt)
    }
  }

  package func distinctions(
    of answers: [String], after prompt: String
  ) throws(LanguageError) -> [Double] {
    try relay(answers.map { prompt + $0 }) { model throws(LanguageError) in
      try model.distinctions(of: answers, after: prompt)
    }
  }

  package func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    try relay([prompt]) { model throws(LanguageError) in
      try model.choice(among: answers, offsets: offsets, after: prompt)
    }
  }

  package func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    try relay([prompt]) { model throws(LanguageError) in
      try model.likeliest(of: words, after: prompt)
    }
  }
}
