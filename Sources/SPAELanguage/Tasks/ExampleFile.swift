/// Examples that a language model reads before its question: what is known of a picture, and what to
/// say of it.
///
///     heading: Facts of photographs.
///
///     facts: main thing: boat; boat: in the middle, white, 1; lake: at the bottom, blue
///     question: Where was it taken?
///     answer: On a lake.
///
/// A blank line ends an example, a line that begins with `#` is a comment, and the question is left out
/// where none is asked. `words: boat, sail, lake` gives a picture's words, alone or beside the facts;
/// whatever the examples have the model is told of the picture too.
package struct ExampleFile: Hashable, Sendable {
  /// One example; `question` is nil where none is asked.
  package struct Example: Hashable, Sendable {
    package var words: [String]
    package var facts: [String]
    package var question: String?
    package var answer: String

    package init(words: [String], facts: [String] = [], question: String?, answer: String) {
      self.words = words
      self.facts = facts
      self.question = question
      self.answer = answer
    }
  }

  /// The prompt's first line; empty where there is none.
  package var heading: String
  package var examples: [Example]

  /// Whether any example states words, or facts.
  var hasWords: Bool { examples.contains { !$0.words.isEmpty } }
  var hasFacts: Bool { examples.contains { !$0.facts.isEmpty } }

  /// Reads a file's text; every example must have a question where `asks`, and none must otherwise.
  package init(text: String, path: String, asks: Bool) throws(LanguageError) {
    let read = try ExampleFields(
      text: text, path: path, names: asks ? ["question", "answer"] : ["answer"],
      either: ["words", "facts"])
    heading = read.heading
    examples = []
    for example in read.examples {
      let words = (example.fields["words"] ?? "").listedWords
      let facts = (example.fields["facts"] ?? "").split(separator: ";").map { String($0.trimmed) }
        .filter { !$0.isEmpty }
      guard !words.isEmpty || !facts.isEmpty else {
        throw .line(path: path, line: example.line, problem: "this example has no word")
      }
      examples.append(
        Example(
          words: words, facts: facts, question: example.fields["question"],
          answer: example.fields["answer"] ?? ""))
    }
  }
}
