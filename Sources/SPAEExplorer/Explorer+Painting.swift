package import SPAEPyramid
import SPAESystem

/// An edit that paints: what is to change, and in which words.
package struct Painting: Hashable, Sendable {
  package var pyramid: Pyramid
  package var change: WordEdit.Change

  /// Flat indices of words that were typed before, and stay.
  package var held: Set<Int>

  /// What the history calls it.
  package var verb: String

  /// What the new word brings from the library; nil steers what is there.
  package var bringing: LibraryChoice?

  package init(
    pyramid: Pyramid, change: WordEdit.Change, held: Set<Int> = [], verb: String = "edit",
    bringing: LibraryChoice? = nil
  ) {
    (self.pyramid, self.change, self.held, self.verb) = (pyramid, change, held, verb)
    self.bringing = bringing
  }
}

/// What became of an edit that paints.
package enum Painted: Hashable, Sendable {
  /// The words after it, those that were edited themselves, and how many others were rewritten.
  case words(Pyramid, edited: [Int], steered: Int)
  /// The same where something was brought, with the file that it came from.
  case brought(Pyramid, edited: [Int], others: Int, from: String)
  /// The upper words have nothing of what it would replace.
  case nothing
  case failed(String)

  /// The words after it.
  package var pyramid: Pyramid? {
    switch self {
    case .words(let words, _, _), .brought(let words, _, _, _): words
    case .nothing, .failed: nil
    }
  }
}

extension Explorer {
  /// Makes a typed word of some cells, and lets the picture follow unless edits are exact.
  mutating func edit(_ cells: [CellAddress], to word: Int32, verb: String) -> [Effect] {
    if mode.context == .block { mode = .browsing }
    guard let painting = painting(of: cells, to: word, verb: verb) else {
      return replace(cells, by: word, verb: verb)
    }
    return [.session(.paint(painting))]
  }

  /// The painted edit of some cells; nil where only the words themselves change.
  func painting(of cells: [CellAddress], to word: Int32, verb: String = "edit") -> Painting? {
    guard edits == .paint, let layer = cells.first?.layer, shape.paints(layer),
      cells.contains(where: { pyramid[$0] != word })
    else { return nil }
    return painting(.put(cells, word: word), verb: verb)
  }

  func painting(_ change: WordEdit.Change, verb: String) -> Painting {
    Painting(pyramid: pyramid, change: change, held: held, verb: verb)
  }

  /// Flat indices of the words that were typed, and are still there.
  var held: Set<Int> { Set(typed.filter { pyramid.words[$0.key] == $0.value }.keys) }

  /// What the picker's word would paint.
  var previewed: Painting? {
    guard case .picking(let picker) = mode, let word = picker.highlighted else { return nil }
    if let part = picker.highlightedPart { return painting(part, into: picker.cells) }
    return painting(of: picker.cells, to: word)
  }

  /// The picture of what is shown: of the words, or of those that would follow a word in the picker.
  package var request: DecodeRequest {
    DecodeRequest(
      pyramid: shown, depth: depth, painting: previewed, frame: film?.frame,
      version: film?.version ?? 0)
  }

  /// What is decoded once these words are accepted.
  package func request(for words: Pyramid) -> DecodeRequest {
    var next = self
    next.pyramid = words
    return next.request
  }

  /// Keeps what was painted, and says what was done.
  mutating func take(_ painted: Painted, of painting: Painting) -> [Effect] {
    guard painting.pyramid == pyramid else {
      say("not edited: the words changed meanwhile", .warning)
      return []
    }
    switch painted {
    case .words(let words, let edited, let steered):
      for index in edited { typed[index] = words.words[index] }
      say("steered \(steered) word\(steered == 1 ? "" : "s")")
      return commit(words, verb: film == nil ? record(of: painting) : "paint")
    case .brought(let words, let edited, let others, let path):
      for index in edited { typed[index] = words.words[index] }
      say("brought \((edited.count + others).counted("word")) from \(path)")
      return commit(words, verb: film == nil ? record(of: painting) : painting.verb)
    case .nothing:
      guard case .replace(let old, let new) = painting.change else { return [] }
      return substituteExactly(old, by: new)
    case .failed(let reason):
      tell(Notice(reason, kind: .error))
      return []
    }
  }

  /// What the history calls an edit, with what later edits must know of it.
  private func record(of painting: Painting) -> String {
    "\(painting.verb): \(painting.change.text(vocabulary))"
  }

  /// Changes between edits that paint and exact ones.
  mutating func toggleEdits() -> [Effect] {
    setEdits(edits == .paint ? .exact : .paint)
  }

  mutating func setEdits(_ style: EditStyle) -> [Effect] {
    edits = style
    say(
      style == .paint
        ? "edits paint: the words beneath follow a typed one"
        : "edits are exact: only the typed word changes")
    return []
  }
}
