/// A prompt to go on with, and how.
package struct CompletionRequest: Hashable, Sendable, Codable {
  package var prompt: String
  package var maximumTokens: Int
  /// The answer ends before the first of these.
  package var stop: [String]
  /// 0 takes the likeliest token each time.
  package var temperature: Double
  package var seed: UInt64
  /// The only words the answer may hold, each with a space before it; nil leaves it free.
  package var allowedWords: [String]?

  package init(
    prompt: String, maximumTokens: Int, stop: [String] = [], temperature: Double = 0,
    seed: UInt64 = 1, allowedWords: [String]? = nil
  ) {
    self.prompt = prompt
    self.maximumTokens = maximumTokens
    self.stop = stop
    self.temperature = temperature
    self.seed = seed
    self.allowedWords = allowedWords
  }
}

/// What a language model answered.
package struct Completion: Hashable, Sendable, Codable {
  package var text: String
  /// The tokens of the prompt and of the answer, where the server counts them.
  package var promptTokens: Int?
  package var answerTokens: Int?
  /// What the model thought to itself before it answered; no part of the text.
  package var reasoning: String?
  /// Whether the answer ended with its budget of tokens; nil where the server does not tell.
  package var isCut: Bool?

  package init(
    text: String, promptTokens: Int? = nil, answerTokens: Int? = nil, reasoning: String? = nil,
    isCut: Bool? = nil
  ) {
    self.text = text
    self.promptTokens = promptTokens
    self.answerTokens = answerTokens
    self.reasoning = reasoning
    self.isCut = isCut
  }
}
