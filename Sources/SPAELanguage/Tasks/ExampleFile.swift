/// Examples that a language model reads before its question: words of a picture, and what to say of it.
///
///     heading: Each list of words was taken from a photograph.
///
///     words: boat, sail, lake
///     question: Where was it taken?
///     answer: On a lake.
///
/// A blank line ends an example, a line that begins with `#` is a comment, and the question is left out
/// where none is asked.
package struct ExampleFile: Hashable, Sendable {
  /// One example; `question` is nil where none is asked.
  package struct Example: Hashable, Sendable {
    package var words: [String]
    package var question: String?
    package var answer: String

    package init(words: [String], question: String?, answer: String) {
      self.words = words
      self.question = question
      self.answer = answer
    }
  }

  /// The prompt's first line; empty where there is none.
  package var heading: String
  package var examples: [Example]

  /// Reads a file's text; every example must have a question where `asks`, and none must otherwise.
  package init(text: String, path: String, asks: Bool) throws(LanguageError) {
    let names = asks ? ["words", "question", "answer"] : ["words", "answer"]
    let read = try ExampleFields(text: text, path: path, names: names)
    heading = read.heading
    examples = []
    for example in read.examples {
      let words = (example.fields["words"] ?? "").listedWords
      guard !words.isEmpty else {
        throw .line(path: path, line: example.line, problem: "this example has no word")
      }
      examples.append(
        Example(
          words: words, question: example.fields["question"],
          answer: example.fields["answer"] ?? ""))
    }
  }
}
