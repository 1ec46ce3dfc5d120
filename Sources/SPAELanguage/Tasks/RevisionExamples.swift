/// Examples of wishes for photographs, which a language model reads before it changes words.
///
///     heading: Each photograph is changed as somebody wishes.
///
///     words: car, street, tree
///     wish: in spring
///     shows: flower, blossom, green
///     changes: car -> car, tree -> blossom, street -> street
///
/// `shows` has what such a photograph shows, and `changes` every word: one that stays becomes itself.
package struct RevisionExamples: Hashable, Sendable {
  /// One word and what it becomes.
  package struct Change: Hashable, Sendable {
    package var old: String
    package var new: String
  }

  package struct Example: Hashable, Sendable {
    package var words: [String]
    package var wish: String
    package var shows: [String]
    package var changes: [Change]
  }

  /// The prompt's first line; empty where there is none.
  package var heading: String
  package var examples: [Example]

  /// Reads a file's text.
  package init(text: String, path: String) throws(LanguageError) {
    let read = try ExampleFields(
      text: text, path: path, names: ["words", "wish", "shows", "changes"])
    heading = read.heading
    examples = []
    for example in read.examples {
      let words = example.fields["words"]?.listedWords ?? []
      let changes = Self.changes(in: example.fields["changes"] ?? "")
      guard !words.isEmpty, let changes, Set(changes.map(\.old)) == Set(words) else {
        throw .line(
          path: path, line: example.line,
          problem: "'changes' must be 'OLD -> NEW, ...' with each of the example's words once")
      }
      examples.append(
        Example(
          words: words, wish: example.fields["wish"] ?? "",
          shows: example.fields["shows"]?.listedWords ?? [], changes: changes))
    }
  }

  /// Reads "car -> car, tree -> blossom"; nil where a part is something else.
  static func changes(in text: some StringProtocol) -> [Change]? {
    var changes: [Change] = []
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "->", omittingEmptySubsequences: false)
        .map { String(Substring($0).trimmed) }
      guard sides.count == 2, !sides.contains("") else { return nil }
      changes.append(Change(old: sides[0], new: sides[1]))
    }
    return changes
  }
}

// MARK: Prompts

extension RevisionExamples {
  /// Asks for what a photograph shows that is as the wish has it.
  func showingPrompt(_ wish: String) -> String {
    let lines = examples.map { "A photograph \($0.wish) shows: \(list($0.shows))\n" }
    return lines.joined() + (wish.isEmpty ? "A photograph shows:" : "A photograph \(wish) shows:")
  }

  /// Asks for the changes of a photograph's words; the answer is a line for each.
  func changesPrompt(words: [String], wish: String) -> String {
    let blocks = examples.map { example in
      opening(example.words, example.wish)
        + example.changes.map { "\($0.old) -> \($0.new)\n" }.joined() + "\n"
    }
    return (heading.isEmpty ? "" : heading + "\n\n") + blocks.joined() + opening(words, wish)
  }

  private func opening(_ words: [String], _ wish: String) -> String {
    "Photograph: \(list(words))\nWish: \(wish)\n"
  }

  private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}
