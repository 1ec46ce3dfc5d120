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
      say("nothing to repeat: no word was changed yet", .warning)
      return []
    case .word(let word): return edit(target, to: word, verb: "edit")
    case .replacement(let old, let new): return substitute(old, by: new)
    case .brought(let word): return bring(vocabulary[word], into: target)
    case .beneath: return [.session(.findYanked)]
    case .wish(let text): return revise(text)
    case .meanWord: return replaceByMean()
    case .part(let part): return bring(part, into: target)
    case .block(let block):
      var edited = pyramid
      place(block, in: &edited)
      return commit(edited, verb: "paste")
    }
  }
}
