/// What can go wrong between us and a language model.
public enum LanguageError: Error, Hashable, Sendable {
  /// Nobody answers at the address.
  case refused(url: String, reason: String)
  /// A prompt that does not fit, said before it is sent; `fitting` examples would.
  case contextTooLong(tokens: Int, limit: Int, fitting: Int?)
}

extension LanguageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let url, let reason):
      "\(url): no language model answers: \(reason)"
    case .contextTooLong(let tokens, let limit, let fitting):
      "the prompt has \(tokens) tokens, and the language model takes \(limit)"
        + (fitting.map { "; \($0) examples would fit" } ?? "")
    }
  }
}
