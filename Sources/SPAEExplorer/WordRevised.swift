package import SPAEPyramid

/// What is to be otherwise in a picture.
package struct Wish: Hashable, Sendable {
  package var text: String
  /// Flat indices of words that were typed before, and stay.
  package var held: Set<Int>
  package var style: EditStyle

  package init(text: String, held: Set<Int> = [], style: EditStyle = .paint) {
    (self.text, self.held, self.style) = (text, held, style)
  }
}

/// The words after a wish; nothing changes before they are accepted.
package struct WordRevised: Hashable, Sendable {
  package var pyramid: Pyramid
  /// Flat indices of the words that the language model changed; the others were steered.
  package var edited: [Int]
  /// The changes as edits are written: "grass -> snow".
  package var edits: [String]
  /// What a person should know besides.
  package var notices: [String]

  package init(
    pyramid: Pyramid, edited: [Int] = [], edits: [String] = [], notices: [String] = []
  ) {
    (self.pyramid, self.edited) = (pyramid, edited)
    (self.edits, self.notices) = (edits, notices)
  }

  /// "grass -> snow, sky -> night; ..."
  var summary: String { ([edits.joined(separator: ", ")] + notices).joined(separator: "; ") }
}

extension Explorer {
  /// Asks the language model to change words as a wish says.
  mutating func revise(_ text: String) -> [Effect] {
    let held = typed.filter { pyramid.words[$0.key] == $0.value }
    return consult(.revise(Wish(text: text, held: Set(held.keys), style: edits)))
  }

  /// Shows the words after a wish, to be accepted or not.
  mutating func show(_ revised: WordRevised, for wish: Wish, of words: Pyramid) {
    guard words == pyramid else {
      return say("the words have changed since then; \(dialect.command(.revise)) again", .warning)
    }
    let cells = Edit(from: words, to: revised.pyramid).changes.map { shape.cell(at: $0.index) }
    guard !cells.isEmpty else { return say("'\(wish.text)' changes nothing here", .warning) }
    var fill = WordFill(
      cells: cells, proposals: [cells.map { revised.pyramid[$0] }], origin: cursor)
    fill.revision = WordFill.Revision(
      wish: wish.text, edited: revised.edited, summary: revised.summary,
      verb: EditRecord.verb(
        granting: wish.text, revised.edits, wish.style == .paint ? .painted : .exact))
    mode = .filling(fill)
  }

  /// Keeps the words after a wish as one revision.
  mutating func accept(_ fill: WordFill, _ revision: WordFill.Revision) -> [Effect] {
    let words = fill.preview(on: pyramid)
    for index in revision.edited { typed[index] = words.words[index] }
    lastChange = .wish(revision.wish)
    say(revision.summary)
    return commit(words, verb: film == nil ? revision.verb : "paint")
  }
}
