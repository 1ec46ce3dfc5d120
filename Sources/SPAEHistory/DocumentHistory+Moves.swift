import GRDB
import SPAEPyramid
import Synchronization

// Where the head of a window goes.

extension DocumentHistory {
  /// Moves the head to its parent; nil at the first revision.
  @discardableResult
  package func undo() throws(HistoryError) -> Revision? {
    try state.withLock { state throws(HistoryError) in
      guard let parent = state.head.parent else { return nil }
      return try move(to: parent, &state)
    }
  }

  /// Moves the head to the child that this window made or visited last, else any did; nil at a leaf.
  @discardableResult
  package func redo() throws(HistoryError) -> Revision? {
    try state.withLock { state throws(HistoryError) in
      let head = state.head.id
      let known = state.trail[head]
      let child = try connection.read { try known ?? $0.favouriteChild(document.id, head) }
      guard let child else { return nil }
      return try move(to: child, &state)
    }
  }

  /// The same of a film, where what was painted ahead is one state with its edit.
  @discardableResult
  package func redoFilm() throws(HistoryError) -> Revision? {
    try state.withLock { state throws(HistoryError) in
      let (head, known) = (state.head, state.trail[state.head.edited])
      let child = try connection.read { db in
        try known ?? db.nextEdit(document.id, after: head.id)
          ?? db.nextEdit(document.id, after: head.edited)
      }
      guard let child else { return nil }
      return try move(to: child, &state)
    }
  }

  /// Moves the head to any revision.
  @discardableResult
  package func jump(to id: Revision.ID) throws(HistoryError) -> Revision {
    try state.withLock { state throws(HistoryError) in try move(to: id, &state) }
  }

  /// How far to go through time.
  package enum Distance: Hashable, Sendable {
    case count(Int)
    case seconds(Double)
  }

  /// Moves the head to a revision made earlier, on whatever branch; nil at the first.
  ///
  /// Revisions are earlier by their number. Seconds lead to the latest revision before the head
  /// whose time lies that far before the head's, or to the first.
  @discardableResult
  package func earlier(_ distance: Distance) throws(HistoryError) -> Revision? {
    try travel(distance) { db, head in try db.earlier(document.id, head, distance) }
  }

  /// Moves the head to a revision made later, on whatever branch; nil at the last.
  @discardableResult
  package func later(_ distance: Distance) throws(HistoryError) -> Revision? {
    try travel(distance) { db, head in try db.later(document.id, head, distance) }
  }

  private func travel(
    _ distance: Distance, _ destination: (Database, Revision) throws -> Int?
  ) throws(HistoryError) -> Revision? {
    try state.withLock { state throws(HistoryError) in
      let head = state.head
      guard let target = try connection.read({ try destination($0, head) }), target != head.id
      else {
        return nil
      }
      return try move(to: target, &state)
    }
  }

  /// Moves this window's head and the stored one, and marks the way for redo.
  private func move(to id: Int, _ state: inout State) throws(HistoryError) -> Revision {
    let (from, saved) = (state.head.id, state.saved)
    if id == from { return state.head }
    let (revision, pyramid, way) = try connection.write { db in
      guard let revision = try db.revision(document.id, id),
        let pyramid = try db.snapshot(document.id, id)
      else { throw HistoryError.revision(id, document: document.path) }
      let way = try db.way(document.id, from: from, to: id).filter {
        try !db.isPaintedAhead(document.id, $0.child)
      }
      try check(words: pyramid.words, count: wordCount)
      for step in way { try db.setFavouriteChild(document.id, step.parent, to: step.child) }
      try db.setHead(id, of: document.id, ifSaved: saved)
      let trail = try way.map { (try db.edited(document.id, $0.parent), $0.child) }
      return (revision, pyramid, trail)
    }
    for (parent, child) in way { state.trail[parent] = child }
    (state.head, state.pyramid) = (revision, pyramid)
    state.last = max(state.last, id)
    return revision
  }
}
