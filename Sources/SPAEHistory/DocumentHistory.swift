import Foundation
import GRDB
package import SPAEPyramid
import Synchronization

/// The history of one document as one window sees it: its own head over revisions that all share.
///
/// Another process on the same document has a head of its own; an edit of each on the same revision
/// makes two branches. The store remembers the head that was moved last, for the next opening.
/// What fails leaves the head, the pyramid and the store as they were.
package final class DocumentHistory: Sendable {
  /// The document as it was when it was opened.
  package let document: HistoryDocument
  /// What was found when the document was opened.
  package let opening: Opening

  private let clock: @Sendable () -> Date
  let place: Mutex<Place>
  private let wordCount: Int?
  let state: Mutex<State>

  struct State {
    var head: Revision
    var pyramid: Pyramid
    /// Which child this window went to last, by parent; what was painted ahead is one with its edit.
    var trail: [Int: Int] = [:]
    /// The last revision that was told of, and this window's own after it.
    var seen: Int
    var own: Set<Int> = []
    /// The greatest number this window knows.
    var last: Int
  }

  init(
    store: HistoryStore, document: HistoryDocument, opening: Opening, wordCount: Int? = nil
  ) throws(HistoryError) {
    // Another process may have moved the head since the document was read.
    let connection = store.connection
    let (document, head, pyramid, last) = try connection.read { db in
      let document = try db.existing(document.id)
      guard let pyramid = try db.snapshot(document.id, document.head),
        pyramid.shape.grid == document.grid
      else {
        throw HistoryError.damaged(path: "", reason: "the head of \(document.path) is missing")
      }
      let head = try db.existing(document.id, document.head)
      return (document, head, pyramid, try db.lastNumber(document.id))
    }
    clock = store.clock
    place = Mutex(Place(connection: connection))
    self.wordCount = wordCount
    try check(words: pyramid.words, count: wordCount)
    self.document = document
    self.opening = opening
    state = Mutex(State(head: head, pyramid: pyramid, seen: last, last: last))
  }

  /// The way to the database.
  var connection: Connection { place.withLock { $0.connection } }

  /// The revision that this window shows.
  package var head: Revision { state.withLock { $0.head } }

  /// The pyramid of the head.
  package var pyramid: Pyramid { state.withLock { $0.pyramid } }

  /// The revision that the file holds where the head is ahead of it: edits that were never saved.
  package var recovered: Revision? {
    guard case .recovered(let saved) = opening else { return nil }
    return saved
  }

  /// The head's number, and the greatest one this window knows: "3 of 7".
  package var position: (number: Int, last: Int) {
    state.withLock { ($0.head.id, $0.last) }
  }
}

// MARK: What is near

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

// MARK: Changes

extension DocumentHistory {
  /// Adds a revision below the head and moves the head to it; a pyramid like the head's adds none.
  @discardableResult
  package func commit(_ pyramid: Pyramid, verb: String) throws(HistoryError) -> Revision {
    try state.withLock { state throws(HistoryError) in
      guard pyramid.shape == state.pyramid.shape else {
        throw .grid(pyramid.shape.grid, expected: state.pyramid.shape.grid)
      }
      let edit = Edit(from: state.pyramid, to: pyramid)
      if edit.isEmpty { return state.head }
      return try append(pyramid, verb, edit, &state)
    }
  }

  /// Adds a revision below the head, whatever its edit is, and moves the head to it.
  func append(_ pyramid: Pyramid, verb: String, edit: Edit) throws(HistoryError) -> Revision {
    try state.withLock { state throws(HistoryError) in try append(pyramid, verb, edit, &state) }
  }

  /// The same below any revision; the head moves if it is that one.
  func append(
    _ pyramid: Pyramid, verb: String, edit: Edit, below parent: Revision.ID
  ) throws(HistoryError) -> Revision {
    try state.withLock { state throws(HistoryError) in
      let before = (head: state.head, pyramid: state.pyramid)
      if before.head.id != parent { state.head = try revision(parent) }
      do throws(HistoryError) {
        let added = try append(pyramid, verb, edit, &state)
        guard before.head.id != parent else { return added }
        (state.head, state.pyramid) = before
        try connection.write { try $0.setHead(before.head.id, of: document.id) }
        return added
      } catch {
        (state.head, state.pyramid) = before
        throw error
      }
    }
  }

  private func append(
    _ pyramid: Pyramid, _ verb: String, _ edit: Edit, _ state: inout State
  ) throws(HistoryError) -> Revision {
    let (snapshot, parent) = (Snapshot(pyramid), state.head.id)
    let time = clock().microseconds
    let isAhead = Revision.isPaintedAhead(verb)
    let revision = try connection.write { db in
      let next = isAhead ? try db.favouriteChild(document.id, parent) : nil
      let number = try db.append(
        to: document.id, parent: parent, time: time, verb: verb, edit: edit, snapshot: snapshot)
      // Redo goes on leading to where it led.
      if let next { try db.setFavouriteChild(document.id, parent, to: next) }
      return try db.existing(document.id, number)
    }
    if !isAhead { state.trail[state.head.edited] = revision.id }
    state.own.insert(revision.id)
    state.last = max(state.last, revision.id)
    (state.head, state.pyramid) = (revision, pyramid)
    return revision
  }

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
    let from = state.head.id
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
      try db.setHead(id, of: document.id)
      let trail = try way.map { (try db.edited(document.id, $0.parent), $0.child) }
      return (revision, pyramid, trail)
    }
    for (parent, child) in way { state.trail[parent] = child }
    (state.head, state.pyramid) = (revision, pyramid)
    state.last = max(state.last, id)
    return revision
  }

  /// Names a revision, or takes its name away; a name that another revision had moves to this one.
  package func name(_ id: Revision.ID, _ name: String?) throws(HistoryError) {
    if let name { try check(name: name) }
    try connection.write { db in
      guard try db.revision(document.id, id) != nil else {
        throw HistoryError.revision(id, document: document.path)
      }
      try db.name(document.id, id, name)
    }
    state.withLock { if $0.head.id == id { $0.head.name = name } }
  }

  /// Notes that the file holds the head now, or another revision.
  package func markSaved(_ revision: Revision.ID? = nil) throws(HistoryError) {
    let saved = revision ?? head.id
    try connection.write { try $0.setSaved(saved, of: document.id) }
  }
}

/// Throws where the vocabulary lacks a word: an imported history may hold any number.
private func check(words: [Int32], count: Int?) throws(HistoryError) {
  guard let count, let wrong = words.first(where: { !(0..<count).contains(Int($0)) }) else {
    return
  }
  throw .word(wrong, vocabulary: count)
}

/// A name is short, shows as one line, and cannot be taken for a number.
func check(name: String) throws(HistoryError) {
  let isNumber = name.allSatisfy(\.isNumber)
  let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  guard (1...80).contains(name.count), !isNumber, isPlain else { throw .name(name) }
}

// MARK: Questions

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
      guard let parent = each.parent, !["outside change", "another model"].contains(each.verb)
      else { break }
      next = try revision(parent)
    }
    return try way.reversed().map { each throws(HistoryError) in
      (each.verb, try self.pyramid(of: each.id))
    }
  }

  /// The revision that the file holds, as far as the store was told.
  package func saved() throws(HistoryError) -> Revision {
    try connection.read { try $0.existing(document.id, try $0.existing(document.id).saved) }
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
