import SPAEPyramid

extension Explorer {
  /// Asks the store to keep an edit; nothing is accepted before the answer.
  mutating func commit(_ edited: Pyramid, verb: String) -> [Effect] {
    guard edited != pyramid else {
      say("nothing changed")
      return []
    }
    if film != nil { return [.session(.film(.edit(from: pyramid, to: edited, verb: verb)))] }
    return [.session(.commit(edited, verb: verb))]
  }

  /// Takes words over that the store holds.
  mutating func accept(_ words: Pyramid, _ facts: HistoryFacts) -> [Effect] {
    rememberEdit(from: pyramid, to: words)
    pyramid = words
    history = facts
    return []
  }

  mutating func replace(_ cells: [CellAddress], by word: Int32, verb: String) -> [Effect] {
    var edited = pyramid
    for cell in cells { edited[cell] = word }
    if mode.context == .block { mode = .browsing }
    return commit(edited, verb: verb)
  }

  // MARK: The picker

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
      picker.explain(Self.noRoom)
      return []
    }
    let query = query(of: picker)
    awaitsCandidates = true
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
    guard awaitsCandidates else { return [] }
    awaitsCandidates = false
    return [.session(.forgetCandidates)]
  }

  mutating func nextMethod() -> [Effect] {
    guard case .picking(var picker) = mode else { return [] }
    picker.nextMethod()
    return show(picker)
  }

  mutating func take(
    _ candidates: [WordPicker.Candidate], for query: WordPicker.Query
  ) -> [Effect] {
    guard case .picking(var picker) = mode, self.query(of: picker) == query else { return [] }
    picker.take(candidates)
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

  /// Says why there are no candidates, or what they wait for.
  mutating func explain(_ note: String, for query: WordPicker.Query) -> [Effect] {
    guard case .picking(var picker) = mode, self.query(of: picker) == query else { return [] }
    picker.explain(note)
    mode = .picking(picker)
    return []
  }

  mutating func accept(_ picker: WordPicker) -> [Effect] {
    let text = picker.line.text.lowercased()
    if picker.method == .library {
      guard let part = picker.highlightedPart else {
        say(picker.note ?? "the library is being looked through", .warning)
        return []
      }
      mode = .browsing
      return bring(part, into: picker.cells)
    }
    guard let word = picker.highlighted else {
      let near = vocabulary.nearestInSpelling(to: text).joined(separator: ", ")
      say(
        "'\(text)' is not in the vocabulary" + (near.isEmpty ? "" : "; like it: \(near)"), .error)
      return []
    }
    mode = .browsing
    lastChange = .word(word)
    return edit(picker.cells, to: word, verb: "edit")
  }

  // MARK: Other changes

  mutating func replaceByMean() -> [Effect] {
    let cells = target
    lastChange = .meanWord
    return [.session(.findMeanWord(cells: cells, of: pyramid))]
  }

  mutating func yank() -> [Effect] {
    let cells = target
    let columns = Set(cells.map(\.column)).count
    let words = cells.map { pyramid[$0] }
    let block = Block(
      rows: stride(from: 0, to: words.count, by: columns).map {
        Array(words[$0..<$0 + columns])
      })
    register = block
    if let first = cells.first, mode.context == .block { cursor = first }
    mode = .browsing
    say(cells.count == 1 ? "yanked '\(vocabulary[words[0]])'" : "yanked \(cells.count) words")
    return copied(block)
  }

  /// Puts the yanked words at the cursor, or all over the marked block.
  mutating func paste() -> [Effect] {
    guard let register else {
      say("nothing was yanked yet", .warning)
      return []
    }
    lastChange = .block(register)
    var edited = pyramid
    if case .block = mode, let first = target.first {
      for cell in target {
        let row = register.rows[(cell.row - first.row) % register.rows.count]
        edited[cell] = row[(cell.column - first.column) % row.count]
      }
      mode = .browsing
    } else {
      place(register, in: &edited)
    }
    return commit(edited, verb: "paste")
  }

  /// Writes a block from the cursor on; what would lie outside the layer is left out.
  private func place(_ block: Block, in pyramid: inout Pyramid) {
    let size = shape.size(ofLayer: cursor.layer)
    for (y, row) in block.rows.enumerated() where cursor.row + y < size.rows {
      for (x, word) in row.enumerated() where cursor.column + x < size.columns {
        let cell = CellAddress(
          layer: cursor.layer, row: cursor.row + y, column: cursor.column + x)
        pyramid[cell] = word
      }
    }
  }

  mutating func repeatChange() -> [Effect] {
    switch lastChange {
    case .none:
      say("nothing was changed yet", .warning)
      return []
    case .word(let word): return edit(target, to: word, verb: "edit")
    case .meanWord: return replaceByMean()
    case .part(let part): return bring(part, into: target)
    case .block(let block):
      var edited = pyramid
      place(block, in: &edited)
      return commit(edited, verb: "paste")
    }
  }
}
