/// Examples of one task in context, then the question: what a frozen model is to go on with.
///
/// ```
/// For each of the following input output pairs, output is one of ['wolf' or 'goose']
/// Input: dog hound animal
/// Output: wolf
/// Input: bird feather water
/// Output:
/// ```
///
/// The examples stand first and the question last, so that a server that keeps what it has read
/// reads the examples once. Every list of words begins with a space: without it most of our words
/// would be several tokens.
package struct Prompt: Hashable, Sendable {
  /// One example: what is given, and the answer to it.
  package struct Pair: Hashable, Sendable {
    package let input: String
    package let output: String

    package init(input: String, output: String) {
      (self.input, self.output) = (input, output)
    }
  }

  /// What stands before an input, and between it and its output.
  package struct Form: Hashable, Sendable {
    package var opening: String
    package var middle: String

    package init(opening: String, middle: String) {
      (self.opening, self.middle) = (opening, middle)
    }

    /// As Frozen and SPAE put it.
    package static let inputOutput = Form(opening: "Input:", middle: "\nOutput:")

    fileprivate func text(_ pair: Pair) -> String { "\(text(pair.input))\(spaced(pair.output))\n" }

    fileprivate func text(_ input: String) -> String { "\(opening)\(spaced(input))\(middle)" }
  }

  /// A sentence that says what is asked for (task induction), or none.
  package var induction: String?
  package var examples: [Pair]
  package var input: String
  package var form: Form
  /// How the answer begins, where it does.
  package var written = ""

  package init(
    induction: String? = nil, examples: [Pair], input: String, form: Form = .inputOutput
  ) {
    (self.induction, self.examples) = (induction, examples)
    (self.input, self.form) = (input, form)
  }

  /// The prompt as it is sent; the answer begins with a space.
  package var text: String { text(withLast: examples.count) }

  private func text(withLast count: Int) -> String {
    (induction.map { $0 + "\n" } ?? "") + examples.suffix(count).map(form.text).joined()
      + form.text(input) + spaced(written)
  }

  /// Refuses a prompt that is too long for a model together with an answer of some tokens; the error
  /// says how many examples would fit.
  package func check(
    for model: some LanguageModel, answer: Int
  ) throws(LanguageError) {
    guard let limit = model.contextLength else { return }
    let tokens = try model.tokenCount(of: text) + answer
    guard tokens > limit else { return }
    var (fitting, beyond) = (0, examples.count)
    while beyond - fitting > 1 {
      let middle = (fitting + beyond) / 2
      let fits = try model.tokenCount(of: text(withLast: middle)) + answer <= limit
      if fits { fitting = middle } else { beyond = middle }
    }
    throw .contextTooLong(tokens: tokens, limit: limit, fitting: fitting)
  }

  /// Enough for any label's name.
  package static var labelTokens: Int { 12 }

  /// The sentence that names the labels, as Frozen and SPAE put it.
  package static func induction(labels: [String]) -> String {
    let named = labels.map { "'\($0)'" }.joined(separator: " or ")
    return "For each of the following input output pairs, output is one of [\(named)]"
  }
}

/// A text with a space before it, or nothing.
private func spaced(_ text: String) -> String { text.isEmpty ? "" : " \(text)" }
