/// A prompt to go on with, and how.
public struct CompletionRequest: Hashable, Sendable, Codable {
  public var prompt: String
  public var maximumTokens: Int
  /// The answer ends before the first of these.
  public var stop: [String]
  /// 0 takes the likeliest token each time.
  public var temperature: Double
  public var seed: UInt64
  /// The only words the answer may hold, each with a space before it; nil leaves it free.
  public var allowedWords: [String]?

  public init(
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
public struct Completion: Hashable, Sendable, Codable {
  public var text: String
  /// The tokens of the prompt and of the answer, where the server counts them.
  public var promptTokens: Int?
  public var answerTokens: Int?
  /// What the model thought to itself before it answered; no part of the text.
  public var reasoning: String?
  /// Whether the answer ended with its budget of tokens; nil where the server does not tell.
  public var isCut: Bool?

  public init(
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
