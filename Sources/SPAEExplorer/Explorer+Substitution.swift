import SPAEPyramid
import SPAESystem

// Edits that are typed after a colon: of a word wherever it is, and of cells by their numbers.

extension Explorer {
  mutating func substitute(_ substitution: Substitution) -> [Effect] {
    let (old, new) = (substitution.old, substitution.new)
    guard let oldWord = number(of: old), let newWord = number(of: new) else { return [] }
    return substitute(oldWord, by: newWord)
  }

  mutating func substitute(_ old: Int32, by new: Int32) -> [Effect] {
    lastChange = .replacement(old: old, new: new)
    guard edits == .paint else { return substituteExactly(old, by: new) }
    let change = WordEdit.Change.replace(old: old, new: new)
    return [.session(.paint(painting(change, verb: "substitute")))]
  }

  /// Replaces a word wherever it stands, and no other.
  mutating func substituteExactly(_ old: Int32, by new: Int32) -> [Effect] {
    var edited = pyramid
    let places = pyramid.words.indices.filter { pyramid.words[$0] == old }
    for place in places { edited[shape.cell(at: place)] = new }
    guard !places.isEmpty else {
      say("'\(vocabulary[old])' not found", .warning)
      return []
    }
    say("\(places.count) word\(places.count == 1 ? "" : "s") changed")
    return commit(edited, verb: "substitute")
  }

  /// Does what a line says that begins with no command's name.
  mutating func perform(_ edit: TypedEdit) -> [Effect] {
    switch edit {
    case .replacement(let substitution): return substitute(substitution)
    case .put(let text): return put(text)
    case .cell(let text): return goTo(cell: text)
    case .several(let edits):
      let lines = edits.map { dialect == .keys ? ":\($0)" : $0 }
      say("one edit a line: \(lines.joined(separator: ", then "))", .error)
    case .incomplete(let remedy):
      say(remedy(dialect == .keys ? ":" : ""), .error)
    }
    return []
  }

  private mutating func put(_ text: String) -> [Effect] {
    do throws(WordEditError) {
      let edit = try WordEdit(line: text, number: 1, shape: shape, vocabulary: vocabulary)
      guard case .put(let cells, let word)? = edit?.change else { return [] }
      lastChange = .word(word)
      return self.edit(cells, to: word, verb: "edit")
    } catch {
      say("\(error.problem)", .error)
      return []
    }
  }

  private mutating func goTo(cell text: String) -> [Effect] {
    switch TypedCell(text, in: shape) {
    case .refused(let reason): say(reason, .error)
    case .cell(cursor): say("this is the word at \(text)")
    case .cell(let cell):
      cursor = cell
      if case .block = mode { mode = .browsing }
    }
    return []
  }
}

/// s/OLD/NEW/, with or without the last stroke, or % before it; or OLD -> NEW, as `spae edit` has it.
struct Substitution {
  let old: String
  let new: String

  init?(_ text: Substring) {
    let sides = text.split(separator: "->", omittingEmptySubsequences: false).map(\.trimmingSpaces)
    if sides.count == 2, sides.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isLetter) }) {
      (old, new) = (sides[0], sides[1])
      return
    }
    let text = text.hasPrefix("%") ? text.dropFirst() : text
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.first == "s", (3...4).contains(parts.count), !parts[1].isEmpty, !parts[2].isEmpty
    else { return nil }
    (old, new) = (String(parts[1]), String(parts[2]))
  }
}
