import Foundation
import GRDB
package import SPAEPyramid
import Synchronization

/// The history of one document as one window sees it: its own head over revisions that all share.
///
/// Another process on the same document has a head of its own; an edit of each on the same revision
/// makes two branches. The store remembers the head that was moved last, for the next opening; once a
/// window has written the file, that is its head until another one writes.
/// What fails leaves the head, the pyramid and the store as they were.
package final class DocumentHistory: Sendable {
  /// The document as it was when it was opened.
  package let document: HistoryDocument
  /// What was found when the document was opened.
  package let opening: Opening

  private let clock: @Sendable () -> Date
  let place: Mutex<Place>
  let wordCount: Int?
  let state: Mutex<State>

  struct State {
    var head: Revision
    var pyramid: Pyramid
    /// The revision that the file holds, if no other window has written it since.
    var saved: Int
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
    let saved = document.saved
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
    state = Mutex(State(head: head, pyramid: pyramid, saved: saved, seen: last, last: last))
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
        let saved = state.saved
        try connection.write {
          try $0.setHead(before.head.id, of: document.id, ifSaved: saved)
        }
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
    let (snapshot, parent, saved) = (Snapshot(pyramid), state.head.id, state.saved)
    let time = clock().microseconds
    let isAhead = Revision.isPaintedAhead(verb)
    let revision = try connection.write { db in
      let next = isAhead ? try db.favouriteChild(document.id, parent) : nil
      let number = try db.append(
        to: document.id, parent: parent, time: time, verb: verb, edit: edit, snapshot: snapshot)
      try db.setHead(number, of: document.id, ifSaved: saved)
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

  /// Notes that this window has written the head to the file, or another revision: the next opening is
  /// at its head.
  package func markSaved(_ revision: Revision.ID? = nil) throws(HistoryError) {
    try state.withLock { state throws(HistoryError) in
      let head = state.head.id
      let saved = revision ?? head
      try connection.write { db in
        try db.setSaved(saved, of: document.id)
        try db.setHead(head, of: document.id)
      }
      state.saved = saved
    }
  }
}

/// Throws where the vocabulary lacks a word: an imported history may hold any number.
func check(words: [Int32], count: Int?) throws(HistoryError) {
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
