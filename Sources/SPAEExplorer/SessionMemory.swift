import SPAEPyramid

/// What outlives a picture that is left for another: what was yanked, done, searched for, typed, set
/// and said.
package struct SessionMemory: Sendable {
  /// What was said since the program began.
  package var messages: [Notice] = []

  /// Nil before a picture was left.
  fileprivate var document: Document?

  fileprivate struct Document: Sendable {
    let vocabulary: Vocabulary
    let register: Block?
    let lastChange: Change?
    let lastSearch: String?
    let commandHistory: [String]
    let isTinted: Bool
    let showsInset: Bool
    let edits: EditStyle
    let copiesToClipboard: Bool
  }

  /// Nothing yet.
  package init() {}
}

extension Explorer {
  /// What the next picture is to know.
  package var memory: SessionMemory {
    var memory = SessionMemory()
    memory.messages = messages
    memory.document = .init(
      vocabulary: vocabulary, register: register, lastChange: lastChange, lastSearch: lastSearch,
      commandHistory: commandHistory, isTinted: isTinted, showsInset: showsInset, edits: edits,
      copiesToClipboard: copiesToClipboard)
    return memory
  }

  /// Goes on with what was known when another picture was left.
  package mutating func recall(_ memory: SessionMemory) {
    messages = messages.reduce(into: memory.messages) { $0.log($1) }
    guard let former = memory.document else { return }
    let isSame = former.vocabulary.words == vocabulary.words
    register = isSame ? former.register : former.register.flatMap { translated($0, former) }
    lastChange = isSame ? former.lastChange : nil
    (lastSearch, commandHistory) = (former.lastSearch, former.commandHistory)
    (isTinted, showsInset) = (former.isTinted, former.showsInset)
    (edits, copiesToClipboard) = (former.edits, former.copiesToClipboard)
  }

  /// A block of the words of another model; nil where this one lacks one of them.
  private func translated(_ block: Block, _ former: SessionMemory.Document) -> Block? {
    let rows = block.rows.map { row in
      row.compactMap { vocabulary.number(of: former.vocabulary[$0]) }
    }
    return rows.map(\.count) == block.rows.map(\.count) ? Block(rows: rows) : nil
  }
}
