/// What a server takes of the questions that OpenAI's has; learnt from its errors, once a run.
struct OpenAIDialect: Hashable, Sendable {
  /// A part of a question without which it can be asked, too.
  enum Option: String, CaseIterable {
    case temperature, seed, stop
  }

  /// What limits an answer's tokens; newer models of OpenAI's take only the second name.
  enum Limit: String {
    case tokens = "max_tokens"
    case completionTokens = "max_completion_tokens"
  }

  /// Whether it has completions; where it has none, chat answers.
  var hasCompletions = true
  var limit = Limit.tokens
  /// Whether a chat may begin with instructions of its own.
  var hasSystemRole = true
  var omitted: Set<Option> = []

  /// Learns from an error what not to send; whether there was anything to learn.
  mutating func learn(from text: String, parameter: String?) -> Bool {
    let before = self
    guard Self.complaints.contains(where: text.lowercased().contains) else { return false }
    let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    let named = parameter.map { [$0] } ?? words
    if named.contains(Limit.tokens.rawValue) { limit = .completionTokens }
    if named.isDisjoint(with: [Limit.tokens.rawValue, Limit.completionTokens.rawValue]) {
      omitted.formUnion(Option.allCases.filter { named.contains($0.rawValue) })
    }
    if text.lowercased().contains("system"), words.contains("role") { hasSystemRole = false }
    return self != before
  }

  /// Learns that an answer is not to end at a line, for the first line is none of the answer.
  mutating func learnToStopAlone() -> Bool { omitted.insert(.stop).inserted }

  /// How servers say that they do not take something.
  private static let complaints = [
    "unsupported", "not support", "not permitted", "not allowed", "unknown", "unrecognized",
    "unexpected", "deprecated",
  ]

  /// Whether an error says that there is nothing but chat.
  static func isOnlyForChat(_ text: String) -> Bool {
    text.contains("chat/completions") || text.lowercased().contains("chat completions")
  }

  /// Whether an error says that the answer did not fit, which OpenAI says of reasoning without end.
  static func isCut(_ text: String) -> Bool { text.contains("output limit was reached") }
}
