package import SPAEExplorer
package import SPAEHistory

extension HistoryMove {
  /// What a single step did, to be told; where several were made the state tells enough.
  func done(
    from before: Revision, to after: Revision
  ) -> (verb: String, revision: Revision)? {
    switch self {
    case .undo(1): ("undid", before)
    case .redo(1): ("redid", after)
    default: nil
    }
  }

  var isBack: Bool {
    switch self {
    case .undo, .earlier, .earlierBy: true
    case .redo, .later, .laterBy, .to, .named: false
    }
  }
}

extension DocumentHistory {
  /// Where the head stands, for the status line.
  package var facts: HistoryFacts {
    if document.isFilm, let states = try? filmStates() {
      let number = states.number(of: head.id)
      return HistoryFacts(
        state: number, last: states.count, name: states.name(number), isKept: isInFile,
        waiting: waiting)
    }
    return HistoryFacts(
      state: position.number, last: position.last, name: head.name, isKept: isInFile,
      waiting: waiting)
  }
}
