/// A film's states as a person counts them: one for each edit, whatever was painted ahead for it, and
/// whenever that was kept.
package struct FilmStates: Sendable {
  private let tree: RevisionTree
  /// The revisions that a person made; the first is state 1.
  private let edits: [Revision]
  private let numbers: [Revision.ID: Int]

  init(_ tree: RevisionTree) {
    self.tree = tree
    edits = tree.revisions.filter { !$0.isPaintedAhead }
    numbers = Dictionary(uniqueKeysWithValues: edits.enumerated().map { ($1.id, $0 + 1) })
  }

  /// The greatest number.
  package var count: Int { edits.count }

  /// The number of the state that a revision belongs to; 0 where it is none of the film's.
  package func number(of id: Revision.ID) -> Int {
    tree[id].flatMap { numbers[$0.edited] } ?? 0
  }

  /// The revision that a person made in a state; nil where there is no such state.
  package func edit(_ number: Int) -> Revision.ID? {
    edits.indices.contains(number - 1) ? edits[number - 1].id : nil
  }

  /// The revision that has all of a state: what was painted ahead, where that is kept.
  package func whole(_ number: Int) -> Revision.ID? {
    edit(number).map { id in paintedAhead(of: id).last?.id ?? id }
  }

  private func paintedAhead(of id: Revision.ID) -> [Revision] {
    tree.children(of: id).compactMap { tree[$0] }.filter(\.isPaintedAhead)
  }

  /// What a person calls a state.
  package func name(_ number: Int) -> String? {
    edit(number).flatMap { id in
      tree[id]?.name ?? paintedAhead(of: id).lazy.compactMap(\.name).last
    }
  }

  /// The tree of the states, with their numbers in place of the revisions'.
  package var counted: RevisionTree {
    RevisionTree(
      revisions: edits.indices.compactMap { counted($0 + 1) }, head: number(of: tree.head),
      saved: number(of: tree.saved))
  }

  /// A state by its number, with what a person did.
  package func counted(_ number: Int) -> Revision? {
    guard let id = edit(number), let edit = tree[id] else { return nil }
    return Revision(
      id: number, parent: edit.parent.map { self.number(of: $0) }, time: edit.time,
      verb: edit.verb, name: name(number), edit: edit.edit)
  }

  /// What was painted ahead in a state, as it is in the history; nil where nothing was.
  package func painted(_ number: Int) -> Revision? {
    edit(number).flatMap { paintedAhead(of: $0).last }
  }
}

extension DocumentHistory {
  /// The states of a film as they are counted.
  package func filmStates() throws(HistoryError) -> FilmStates { FilmStates(try tree()) }
}
