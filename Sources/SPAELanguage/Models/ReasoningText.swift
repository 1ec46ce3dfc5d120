/// An answer taken apart: what the model thinks to itself, and what it says.
///
/// Servers without a parser for a model's reasoning leave it in the text, between marks of the
/// model's own. Some templates write the opening mark themselves, so that only the closing one is
/// in the answer.
struct ReasoningText: Equatable {
  /// nil where there is none.
  var reasoning: String?
  var answer: String
  /// Whether the reasoning has no end, so that the answer is still to come.
  var isOpen = false

  /// DeepSeek's, Qwen's and many others', then those of Mistral, ByteDance and Moonshot.
  private static let marks = [
    (open: "<think>", close: "</think>"), ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"), ("<seed:think>", "</seed:think>"), ("◁think▷", "◁/think▷"),
  ]

  init(_ text: String) {
    answer = text
    for (open, close) in Self.marks {
      let begins = text.drop(while: \.isWhitespace).hasPrefix(open)
      guard let end = text.firstRange(of: close) else {
        guard begins else { continue }
        (reasoning, answer, isOpen) = (Self.inner(text[...], without: open), "", true)
        return
      }
      reasoning = Self.inner(text[..<end.lowerBound], without: open)
      answer = String(text[end.upperBound...])
      return
    }
  }

  private static func inner(_ text: Substring, without open: String) -> String? {
    let text = text.trimmed
    let inner = (text.hasPrefix(open) ? text.dropFirst(open.count) : text).trimmed
    return inner.isEmpty ? nil : String(inner)
  }
}
