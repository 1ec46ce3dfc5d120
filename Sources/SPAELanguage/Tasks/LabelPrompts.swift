/// What a language model is shown to tell labels apart: examples of each, and the question.
package struct LabelPrompts: Hashable, Sendable {
  /// A picture's words and the number of its label.
  package struct Example: Hashable, Sendable {
    package let words: [String]
    package let label: Int

    package init(words: [String], label: Int) { (self.words, self.label) = (words, label) }
  }

  package let labels: [String]
  /// In the order of the context, each once.
  package let examples: [Example]
  /// How often all come again after the first time where the label is asked for.
  package let repeats: Int
  /// Whether a sentence names the labels first (task induction).
  package let isInduced: Bool
  /// What stands between two words.
  package let separator: String

  package init(
    labels: [String], examples: [Example], repeats: Int = 0, isInduced: Bool = true,
    separator: String = " "
  ) {
    (self.labels, self.examples, self.repeats) = (labels, examples, repeats)
    (self.isInduced, self.separator) = (isInduced, separator)
  }

  /// What the model may answer where it is asked for a label.
  var answers: [String] { labels.map { " \($0)" } }

  /// The words are given and the label is asked for, in the words of Frozen and SPAE.
  package func frozen(_ words: [String]) -> Prompt {
    Prompt(
      induction: isInduced ? Prompt.induction(labels: labels) : nil,
      examples: repeated { .init(input: text($0.words), output: labels[$0.label]) },
      input: text(words))
  }

  /// The same for a small model: each word once, the upper layers' first, and a sentence to end.
  package func plain(_ words: [String]) -> Prompt {
    Prompt(
      induction: photos,
      examples: repeated { .init(input: text(once($0.words)), output: labels[$0.label]) },
      input: text(once(words)), form: .words)
  }

  /// The label is given and the words are asked for.
  ///
  /// Each example stands once, however often it is to come again: a model that has seen one twice
  /// copies it (SmolLM2, five labels, three repeats: 59 % right, and 75 % without).
  package func channel(_ label: String) -> Prompt {
    Prompt(
      induction: photos,
      examples: examples.map { .init(input: labels[$0.label], output: text($0.words)) },
      input: label, form: .photo)
  }

  private func repeated(_ pair: (Example) -> Prompt.Pair) -> [Prompt.Pair] {
    let round = examples.map(pair)
    return (0...repeats).flatMap { _ in round }
  }

  private var photos: String? {
    isInduced ? "Photos of: \(labels.joined(separator: ", "))." : nil
  }

  private func once(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  private func text(_ words: [String]) -> String { words.joined(separator: separator) }
}

extension Prompt.Form {
  /// Words, and what they are of.
  static let words = Prompt.Form(opening: "Words:", middle: " Photo of a")
  /// What a photo of a label shows.
  static let photo = Prompt.Form(opening: "A photo of a", middle: " shows:")
}
