import GRDB
package import SPAEPyramid
import Synchronization

// What a history tells.

extension DocumentHistory {
  /// The words that an undo leads to; nil at the first revision, or where they cannot be read.
  package var before: Pyramid? {
    state.withLock { $0.head.parent }.flatMap { try? pyramid(of: $0) }
  }

  /// The words that a redo leads to, as far as this window has been there.
  package var after: Pyramid? {
    state.withLock { $0.trail[$0.head.id] }.flatMap { try? pyramid(of: $0) }
  }
}

extension DocumentHistory {
  /// The latest revision that holds these words; nil when none does.
  package func revision(holding pyramid: Pyramid) throws(HistoryError) -> Revision? {
    let content = Snapshot(pyramid).content
    return try connection.read { db in
      let numbers = try db.keys(content: content)
        .filter { $0.document == document.id }.map(\.number)
      return try numbers.max().flatMap { try db.revision(document.id, $0) }
    }
  }

  /// A revision of the document.
  package func revision(_ id: Revision.ID) throws(HistoryError) -> Revision {
    guard let revision = try connection.read({ try $0.revision(document.id, id) }) else {
      throw .revision(id, document: document.path)
    }
    return revision
  }

  /// The revision that a person named.
  package func revision(named name: String) throws(HistoryError) -> Revision? {
    try connection.read { db in
      let sql = "SELECT key FROM name WHERE document = ? AND name = ?"
      let key = try db.row(sql, [document.id, name])?.value(0, as: Int64.self)
      return try key.flatMap { try db.revision(document.id, RevisionKey(raw: $0).number) }
    }
  }

  /// The pyramid of a revision.
  package func pyramid(of id: Revision.ID) throws(HistoryError) -> Pyramid {
    guard let pyramid = try connection.read({ try $0.snapshot(document.id, id) }) else {
      throw .revision(id, document: document.path)
    }
    try check(words: pyramid.words, count: wordCount)
    return pyramid
  }

  /// How the latest revision that holds some words came about, from the first on, or from where the
  /// file was changed outside; empty where none holds them.
  package func states(
    to pyramid: Pyramid
  ) throws(HistoryError) -> [(verb: String, pyramid: Pyramid)] {
    guard pyramid.shape == self.pyramid.shape else { return [] }
    var next = try pyramid == self.pyramid ? head : revision(holding: pyramid)
    var way: [Revision] = []
    while let each = next {
      way.append(each)
      guard let parent = each.parent, !each.isFound else { break }
      next = try revision(parent)
    }
    return try way.reversed().map { each throws(HistoryError) in
      (each.verb, try self.pyramid(of: each.id))
    }
  }

  /// The revision that the file holds, as far as this window knows.
  package func saved() throws(HistoryError) -> Revision {
    try revision(state.withLock { $0.saved })
  }

  /// The latest revision, where another window made it after it lost the file to what that holds now:
  /// it is on another branch, and newer. Nil where there is none, or where the head is elsewhere.
  package func latestElsewhere() throws(HistoryError) -> Revision? {
    let (head, saved) = state.withLock { ($0.head.id, $0.saved) }
    guard head == saved else { return nil }
    return try connection.read { db in
      let last = try db.lastNumber(document.id)
      guard last > head, try db.commonAncestor(document.id, last, head) != head else { return nil }
      return try db.revision(document.id, last)
    }
  }

  /// All revisions with their branches; its cost grows with their number.
  package func tree() throws(HistoryError) -> RevisionTree {
    let (revisions, saved) = try connection.read { db in
      (try db.revisions(document.id), try db.existing(document.id).saved)
    }
    return RevisionTree(revisions: revisions, head: head.id, saved: saved)
  }

  /// The revisions that nothing was made from: the end of each branch, the latest last.
  package func leaves() throws(HistoryError) -> [Revision] {
    try connection.read { try $0.leaves(document.id) }
  }

  /// What leads from one revision to another.
  package func diff(_ a: Revision.ID, _ b: Revision.ID) throws(HistoryError) -> Edit {
    Edit(from: try pyramid(of: a), to: try pyramid(of: b))
  }

  /// The latest revision that both were made from; one of them where it is the other's ancestor.
  package func commonAncestor(
    _ a: Revision.ID, _ b: Revision.ID
  ) throws(HistoryError) -> Revision {
    (_, _) = (try revision(a), try revision(b))
    let common = try connection.read { try $0.commonAncestor(document.id, a, b) }
    return try revision(common)
  }

  /// The revisions that other windows added since this was asked last, in their order.
  package func newRevisions() throws(HistoryError) -> [Revision] {
    try state.withLock { state throws(HistoryError) in
      let seen = state.seen
      let added = try connection.read { try $0.revisions(document.id, from: seen + 1) }
      let own = state.own
      state.own = []
      state.seen = added.last?.id ?? seen
      state.last = max(state.last, state.seen)
      return added.filter { !own.contains($0.id) }
    }
  }
}
