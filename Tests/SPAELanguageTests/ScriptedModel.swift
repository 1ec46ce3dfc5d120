import SPAELanguage
import Synchronization

/// A language model that answers as a test tells it, and remembers what it was asked.
final class ScriptedModel: LanguageModel {
  let name = "scripted"
  let contextLength: Int?
  /// What every text counts, or nil for its words.
  private let tokens: Int?
  private let answer: @Sendable (CompletionRequest) -> String
  private let score: @Sendable (String, String) -> Double
  private let likely: (@Sendable (String) -> [String: Double])?
  /// Whether it can be made to write one of some answers.
  private let isRestricted: Bool
  private let asked = Mutex<[String]>([])

  init(
    contextLength: Int? = nil, tokens: Int? = nil,
    answer: @escaping @Sendable (CompletionRequest) -> String = { _ in "" },
    score: @escaping @Sendable (_ continuation: String, _ prompt: String) -> Double = { _, _ in 0 },
    likely: (@Sendable (_ prompt: String) -> [String: Double])? = nil, isRestricted: Bool = true
  ) {
    self.isRestricted = isRestricted
    self.likely = likely
    (self.contextLength, self.tokens) = (contextLength, tokens)
    (self.answer, self.score) = (answer, score)
  }

  /// Every prompt, in order.
  var prompts: [String] { asked.withLock { $0 } }

  /// A token is what stands between spaces and line ends, where the test says nothing else.
  func tokenCount(of text: String) -> Int {
    tokens ?? text.split(whereSeparator: \.isWhitespace).count
  }

  func complete(_ request: CompletionRequest) -> Completion {
    asked.withLock { $0.append(request.prompt) }
    return Completion(text: answer(request))
  }

  func logProbabilities(of continuations: [String], after prompt: String) -> [Double] {
    asked.withLock { $0.append(prompt) }
    return continuations.map { score($0, prompt) }
  }

  func choice(
    among answers: [String], offsets: [Double], after prompt: String
  ) throws(LanguageError) -> Int {
    guard isRestricted else { throw .noRestriction(url: name, reason: "as its test has it") }
    let scores = logProbabilities(of: answers, after: prompt)
    return greatest(zip(scores, offsets).map { $0 + $1 })
  }

  func likeliest(
    of words: [String], after prompt: String
  ) throws(LanguageError) -> LikelyWords {
    guard let likely else { throw .noLogProbabilities(url: name, reason: "as its test has it") }
    asked.withLock { $0.append(prompt) }
    let scores = likely(prompt).filter { words.contains($0.key) }
    return LikelyWords(scores: scores, least: -20)
  }
}

/// What the last line but one of a prompt asks about.
func question(of prompt: String) -> String {
  let lines = prompt.split(separator: "\n")
  return String(lines[lines.count - 2].dropFirst("Input: ".count))
}
