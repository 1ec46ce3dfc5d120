/// The examples of a text file, each as fields with a name.
///
///     heading: The first line of the prompt.
///
///     words: boat, sail, lake
///     answer: On a lake.
///
/// A blank line ends an example, and a line that begins with `#` is a comment.
struct ExampleFields {
  /// One example: what its fields say, and the line where it begins, from 1.
  struct Example {
    var fields: [String: String]
    var line: Int
  }

  /// Empty where there is none.
  var heading = ""
  var examples: [Example] = []

  /// Reads a text of which every example must have all of these fields, and one of `either`.
  init(
    text: String, path: String, names: [String], either: [String] = []
  ) throws(LanguageError) {
    var reader = Reader(path: path, names: names, either: either)
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

extension ExampleFields {
  /// What was read so far.
  private struct Reader {
    let path: String
    let names: [String]
    let either: [String]
    var heading: String?
    var examples: [Example] = []

    private var fields: [String: String] = [:]
    /// The line where the example begins.
    private var first = 0

    init(path: String, names: [String], either: [String]) {
      (self.path, self.names, self.either) = (path, names, either)
    }

    mutating func take(_ line: Substring, number: Int) throws(LanguageError) {
      let line = line.trimmed
      if line.hasPrefix("#") { return }
      if line.isEmpty { return try endExample() }
      guard let colon = line.firstIndex(of: ":") else {
        throw problem(number, "expected \(list), then a colon; got '\(excerpt(line, count: 40))'")
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
      guard (either + names).contains(name) else {
        throw problem(number, "expected \(list), got '\(excerpt(name, count: 40))'")
      }
      if fields.isEmpty { first = number }
      guard fields.updateValue(value, forKey: name) == nil else {
        throw problem(number, "this example has '\(name)' already; a blank line ends an example")
      }
    }

    mutating func endExample() throws(LanguageError) {
      guard !fields.isEmpty else { return }
      for name in names where fields[name] == nil {
        throw problem(first, "the example that begins here has no '\(name)'")
      }
      guard either.isEmpty || either.contains(where: { fields[$0] != nil }) else {
        let list = either.map { "'\($0)'" }.joined(separator: " or ")
        throw problem(first, "the example that begins here has no \(list)")
      }
      examples.append(Example(fields: fields, line: first))
      fields = [:]
    }

    /// "words, question or answer".
    private var list: String {
      let all = either + names
      return all.dropLast().joined(separator: ", ") + " or \(all.last ?? "")"
    }

    private func problem(_ line: Int, _ text: String) -> LanguageError {
      .line(path: path, line: line, problem: text)
    }
  }
}

extension String {
  /// The words of a list, between commas or white space.
  var listedWords: [String] {
    split { $0 == "," || $0.isWhitespace }.map(String.init)
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
