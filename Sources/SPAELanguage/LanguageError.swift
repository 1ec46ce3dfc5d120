/// What can go wrong between us and a language model.
public enum LanguageError: Error, Hashable, Sendable {
  /// Nobody answers at the address.
  case refused(url: String, reason: String)
  /// A prompt that does not fit, said before it is sent; `fitting` examples would.
  case contextTooLong(tokens: Int, limit: Int, fitting: Int?)
  case tooFewLabels(found: Int, wanted: Int)
  case tooFewExamples(label: String, found: Int, wanted: Int)
  /// A question's own words stand among the examples.
  case leak(words: String)
}

extension LanguageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let url, let reason):
      "\(url): no language model answers: \(reason)"
    case .contextTooLong(let tokens, let limit, let fitting):
      "the prompt has \(tokens) tokens, and the language model takes \(limit)"
        + (fitting.map { "; \($0) examples would fit" } ?? "")
    case .tooFewLabels(let found, let wanted):
      "\(found) labels, and each task needs \(wanted)"
    case .tooFewExamples(let label, let found, let wanted):
      "\(label): \(found) pictures of use, and each task needs \(wanted)"
    case .leak(let words):
      "the question '\(words)' stands among its own examples"
    }
  }
}
