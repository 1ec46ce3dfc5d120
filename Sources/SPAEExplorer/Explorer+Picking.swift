import SPAEPyramid
package import SPAEScreen

/// The picker: the list of candidates for a word.
extension Explorer {
  mutating func pick(by method: WordPicker.Method) -> [Effect] {
    show(WordPicker(cells: target, method: method))
  }

  /// Lists the candidates for what was typed: spelling here, the rest where the model is.
  mutating func show(_ picker: WordPicker) -> [Effect] {
    var picker = picker
    defer { mode = .picking(picker) }
    if picker.method == .spelling {
      picker.complete(from: vocabulary, word: pyramid[picker.cells[0]])
      return []
    }
    if picker.method == .library, !shape.paints(picker.cells[0].layer) {
      picker.explain(Self.noRoom, isLast: true)
      return []
    }
    let query = query(of: picker)
    asked = query
    return [.session(.findCandidates(query))]
  }

  /// What candidates the picker wants.
  private func query(of picker: WordPicker) -> WordPicker.Query {
    var query = picker.query(on: pyramid)
    if picker.method == .effect, edits == .paint, shape.paints(query.cell.layer) {
      query.held = held
    }
    return query
  }

  /// Ends the search for candidates that nobody waits for any more.
  mutating func forgetCandidates() -> [Effect] {
    if case .picking = mode { return [] }
    guard asked != nil else { return [] }
    asked = nil
    return [.session(.forgetCandidates)]
  }

  /// Asks once more where the words have changed since: an answer would be for words that are gone.
  mutating func askAgain() -> [Effect] {
    guard case .picking(let picker) = mode, !picker.isListed, shape.contains(picker.cells[0]),
      asked != query(of: picker)
    else { return [] }
    return show(picker)
  }

  mutating func nextMethod() -> [Effect] {
    guard case .picking(var picker) = mode else { return [] }
    picker.nextMethod()
    return show(picker)
  }

  mutating func take(
    _ candidates: [WordPicker.Candidate], for query: WordPicker.Query
  ) -> [Effect] {
    guard case .picking(var picker) = mode, self.query(of: picker) == query,
      !picker.isListed || picker.candidates.isEmpty
    else { return [] }
    picker.take(candidates)
    release(&picker)
    mode = .picking(picker)
    return []
  }

  /// Takes one candidate that was drawn as it would be painted.
  mutating func take(
    _ candidate: WordPicker.Candidate, for query: WordPicker.Query
  ) -> [Effect] {
    guard case .picking(var picker) = mode, self.query(of: picker) == query else { return [] }
    picker.replace(candidate)
    mode = .picking(picker)
    return []
  }

  /// Says why there are no candidates, or what they wait for as long as a list is to come.
  mutating func explain(
    _ note: String, for query: WordPicker.Query, isLast: Bool
  ) -> [Effect] {
    guard case .picking(var picker) = mode, self.query(of: picker) == query else { return [] }
    picker.explain(note, isLast: isLast)
    release(&picker)
    mode = .picking(picker)
    return []
  }

  mutating func accept(_ picker: WordPicker) -> [Effect] {
    if picker.method == .library { return acceptPart(picker) }
    let text = picker.line.text.lowercased()
    // While the list is an earlier one, what is typed holds, never a row of that list.
    let word = picker.isListed ? picker.highlighted : vocabulary.number(of: text)
    guard let word else { return refuse(picker, text) }
    mode = .browsing
    lastChange = .word(word)
    return edit(picker.cells, to: word, verb: "edit")
  }
  private mutating func acceptPart(_ picker: WordPicker) -> [Effect] {
    guard picker.isListed, let part = picker.highlightedPart else {
      released = []
      say(picker.note ?? "the library is being looked through", .warning)
      return []
    }
    mode = .browsing
    return bring(part, into: picker.cells)
  }

  /// Says why Enter accepts nothing; what was typed after it was meant for what comes then.
  private mutating func refuse(_ picker: WordPicker, _ text: String) -> [Effect] {
    released = []
    guard !text.isEmpty else {
      say(picker.note ?? "looking for words ...", .warning)
      return []
    }
    let near = vocabulary.nearestInSpelling(to: text).joined(separator: ", ")
    say(
      "'\(text)' is not in the vocabulary" + (near.isEmpty ? "" : "; like it: \(near)"), .error)
    return []
  }

  // MARK: Keys before the list

  /// The most keys that wait for a list.
  private static let mostAhead = 100

  /// Keeps a key that the list is to answer when it comes; false where it is answered at once.
  mutating func keepAhead(_ key: Key) -> Bool {
    guard case .picking(var picker) = mode, waits(key, for: picker) else { return false }
    guard picker.ahead.count < Self.mostAhead else {
      say("\(Self.mostAhead) keys wait for the list, and no more; Esc drops them", .warning)
      return true
    }
    picker.keep(key, accepts: keymap.answer(to: [key], in: .picking) == .action(.accept))
    mode = .picking(picker)
    let count = picker.ahead.count
    let waiting = count == 1 ? "1 key waits" : "\(count) keys wait"
    say("\(waiting) for the list; Esc drops \(count == 1 ? "it" : "them")")
    return true
  }

  /// Whether a key is for a list that is still to come: one that moves in it, Enter where no word
  /// is typed, and all that follows such an Enter.
  private func waits(_ key: Key, for picker: WordPicker) -> Bool {
    guard !picker.isListed, pendingKeys.isEmpty else { return false }
    switch keymap.answer(to: [key], in: .picking) {
    case .action(.cancel), .action(.redraw), .action(.suspend): return false
    case .action(.nextItem), .action(.previousItem): return true
    case .action(.accept):
      return !picker.ahead.isEmpty || picker.method == .library
        || vocabulary.number(of: picker.line.text.lowercased()) == nil
    default: return picker.isAcceptedAhead
    }
  }

  private mutating func release(_ picker: inout WordPicker) {
    released += picker.releaseKeys()
  }

  /// The next key that waited for a list; it is pressed when all that came before is done.
  package mutating func takeReleasedKey() -> Key? {
    released.isEmpty ? nil : released.removeFirst()
  }
}
