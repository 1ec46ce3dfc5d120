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
    var reader = Reader(path: path, asks: asks)
    // A line's end of Windows is one character, and a newline too.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() { try reader.take(line, number: index + 1) }
    try reader.endExample()
    guard !reader.examples.isEmpty else {
      throw .line(path: path, line: lines.count, problem: "there is no example in it")
    }
    (heading, examples) = (reader.heading ?? "", reader.examples)
  }
}

extension ExampleFile {
  /// What was read so far.
  private struct Reader {
    let path: String
    let asks: Bool
    var heading: String?
    var examples: [Example] = []

    private var fields: [String: String] = [:]
    /// The line where the example begins.
    private var first = 0

    init(path: String, asks: Bool) {
      self.path = path
      self.asks = asks
    }

    mutating func take(_ line: Substring, number: Int) throws(LanguageError) {
      let line = line.trimmed
      if line.hasPrefix("#") { return }
      if line.isEmpty { return try endExample() }
      guard let colon = line.firstIndex(of: ":") else {
        throw problem(number, "expected \(names), then a colon; got '\(excerpt(line, count: 40))'")
      }
      let name = String(line[..<colon].trimmed)
      let value = String(line[line.index(after: colon)...].trimmed)
      guard !value.isEmpty else { throw problem(number, "'\(excerpt(name, count: 40))' is empty") }
      try take(name, value, number)
    }

    private mutating func take(
      _ name: String, _ value: String, _ number: Int
    ) throws(LanguageError) {
      guard name != "heading" else {
        guard heading == nil, examples.isEmpty, fields.isEmpty else {
          throw problem(number, "the heading stands once, before the examples")
        }
        return heading = value
      }
      guard ["words", "answer"].contains(name) || asks && name == "question" else {
        throw problem(number, "expected \(names), got '\(excerpt(name, count: 40))'")
      }
      if fields.isEmpty { first = number }
      guard fields.updateValue(value, forKey: name) == nil else {
        throw problem(number, "this example has '\(name)' already; a blank line ends an example")
      }
    }

    mutating func endExample() throws(LanguageError) {
      guard !fields.isEmpty else { return }
      for name in asks ? ["words", "question", "answer"] : ["words", "answer"]
      where fields[name] == nil {
        throw problem(first, "the example that begins here has no '\(name)'")
      }
      let words = (fields["words"] ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
      guard !words.isEmpty else { throw problem(first, "this example has no word") }
      examples.append(
        Example(words: words, question: fields["question"], answer: fields["answer"] ?? ""))
      fields = [:]
    }

    private var names: String { asks ? "words, question or answer" : "words or answer" }

    private func problem(_ line: Int, _ text: String) -> LanguageError {
      .line(path: path, line: line, problem: text)
    }
  }
}

extension Substring {
  /// Without white space at both ends.
  var trimmed: Substring {
    var text = drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
