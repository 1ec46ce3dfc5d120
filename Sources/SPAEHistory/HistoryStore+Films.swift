import Foundation
import GRDB
package import SPAEPyramid
import SPAESystem
import Synchronization

extension HistoryDocument {
  /// What stands before the vocabulary of a film, so that no picture's words are taken for its own.
  static let filmMark = "film "

  /// Whether its revisions are a film's: what each does is told by its verb, and all of them hold
  /// the film's first words.
  package var isFilm: Bool { vocabulary.hasPrefix(Self.filmMark) }
}

extension Revision {
  /// The verb of what was painted ahead for the edit before it.
  package static let paintedAhead = "painted ahead"

  static func isPaintedAhead(_ verb: String) -> Bool { verb.hasPrefix(paintedAhead + ":") }

  /// Whether it is what was painted ahead for its parent, of which it is a part: both are one state.
  package var isPaintedAhead: Bool { Self.isPaintedAhead(verb) }

  /// The revision that a person made: this one, or the one for which it was painted.
  package var edited: Revision.ID { isPaintedAhead ? parent ?? id : id }
}

extension Database {
  func isPaintedAhead(_ document: Int, _ number: Int) throws -> Bool {
    let sql = "SELECT verb FROM revision WHERE key = ?"
    let verb: String? = try row(sql, [RevisionKey(document, number).raw])?.value(0)
    return verb.map(Revision.isPaintedAhead) ?? false
  }

  /// The revision that a person made.
  func edited(_ document: Int, _ number: Int) throws -> Int {
    guard try isPaintedAhead(document, number) else { return number }
    return try parent(document, number) ?? number
  }

  func paintedAhead(_ document: Int, of number: Int) throws -> Int? {
    try row(
      "SELECT max(key) FROM revision WHERE parent = ? AND verb LIKE ?",
      [RevisionKey(document, number).raw, Revision.paintedAhead + ":%"])?
      .optional(0, as: Int64.self).map { RevisionKey(raw: $0).number }
  }

  /// Where redo goes from a revision, unless only to what was painted ahead for it.
  func nextEdit(_ document: Int, after number: Int) throws -> Int? {
    try favouriteChild(document, number).flatMap {
      try isPaintedAhead(document, $0) ? nil : $0
    }
  }
}

extension HistoryStore {
  /// Opens a film's history, or begins it.
  ///
  /// A film's edits are kept as text in the verbs of its revisions, for a frame's pyramid is not all
  /// of a film; `first` is one that no edit changes. Where nothing is known of the path, the film may
  /// be one of the same source that was renamed: `held` says which of its revisions the file holds,
  /// nil where it is another film.
  package func openFilm(
    path: String, first: Pyramid, vocabularyHash: String, label: String,
    held: (DocumentHistory) throws -> Revision.ID?
  ) throws -> DocumentHistory {
    let film = FoundFilm(
      path: absolute(path), first: first, vocabulary: HistoryDocument.filmMark + vocabularyHash,
      label: label)
    if let known = try read({ try $0.documents(path: film.path).first(where: film.isLike) }) {
      return try DocumentHistory(store: self, document: known, opening: .same)
    }
    if let former = try former(film, held) {
      return try former.isCopied
        ? copy(former.document, to: film, at: former.held)
        : move(former.document, to: film.path, saved: former.held)
    }
    let time = clock().microseconds
    let document = try write { try $0.begin(film, time: time) }
    return try DocumentHistory(store: self, document: document, opening: .new)
  }

  /// Whose history the one of a film goes on from, as of a file of words.
  package func formerHistory(
    ofFilm path: String, first: Pyramid, vocabularyHash: String, label: String,
    held: (DocumentHistory) throws -> Revision.ID?
  ) throws -> FormerHistory? {
    let film = FoundFilm(
      path: absolute(path), first: first, vocabulary: HistoryDocument.filmMark + vocabularyHash,
      label: label)
    return try knows(path: path) ? nil : former(film, held)?.history
  }

  /// A film's history that another film goes on from.
  private struct Former {
    let document: HistoryDocument
    /// The revision that the other film holds.
    let held: Revision.ID
    let isCopied: Bool

    var history: FormerHistory { FormerHistory(path: document.path, isCopied: isCopied) }
  }

  private func former(
    _ film: FoundFilm, _ held: (DocumentHistory) throws -> Revision.ID?
  ) throws -> Former? {
    let alike = try read { try $0.documents().reversed().filter(film.mayHaveBeen) }
    // A film that is gone was renamed; one that is still there was copied.
    for isCopied in [false, true] {
      for document in alike where FileSystem.exists(document.path) == isCopied {
        // What is wrong with another document's history is told when that one is opened.
        let history = try? DocumentHistory(store: self, document: document, opening: .same)
        guard let history, let number = try held(history) else { continue }
        if isCopied, try history.revision(number).isFound { continue }
        return Former(document: document, held: number, isCopied: isCopied)
      }
    }
    return nil
  }

  /// Begins a film's history with that of the film of which it is a copy.
  private func copy(
    _ document: HistoryDocument, to film: FoundFilm, at number: Revision.ID
  ) throws(HistoryError) -> DocumentHistory {
    let time = clock().microseconds
    let copy = try write { db in
      let id = try db.insertDocument(
        path: film.path, grid: document.grid, vocabulary: film.vocabulary, label: film.label,
        created: time, head: number, saved: number)
      try db.copyRevisions(of: document.id, to: id)
      return try db.existing(id)
    }
    return try DocumentHistory(
      store: self, document: copy, opening: .copied(from: document.path))
  }

  /// Continues a history where its film is now, which holds one of the revisions.
  private func move(
    _ document: HistoryDocument, to path: String, saved: Revision.ID
  ) throws(HistoryError) -> DocumentHistory {
    let moved = try write { db in
      try db.run("UPDATE document SET path = ? WHERE id = ?", [path, document.id])
      if saved != document.saved { try db.setSaved(saved, of: document.id) }
      return try db.existing(document.id)
    }
    return try DocumentHistory(
      store: self, document: moved, opening: .renamed(from: document.path))
  }
}

/// A film that is being opened.
private struct FoundFilm {
  let path: String
  let first: Pyramid
  let vocabulary: String
  let label: String

  func isLike(_ document: HistoryDocument) -> Bool {
    document.vocabulary == vocabulary && document.grid == first.shape.grid
  }

  /// Whether it is perhaps a film that was elsewhere, or is a copy of it.
  func mayHaveBeen(_ document: HistoryDocument) -> Bool {
    isLike(document) && document.label == label
  }
}

extension Database {
  fileprivate func begin(_ film: FoundFilm, time: Int64) throws -> HistoryDocument {
    // Another process may have begun it meanwhile.
    if let known = try documents(path: film.path).first(where: film.isLike) { return known }
    let id = try insertDocument(
      path: film.path, grid: film.first.shape.grid, vocabulary: film.vocabulary,
      label: film.label, created: time, head: 1, saved: 1)
    try insertRevision(
      RevisionKey(id, 1), parent: nil, time: time, verb: "open", edit: Edit(changes: []),
      snapshot: Snapshot(film.first))
    return try existing(id)
  }
}

extension DocumentHistory {
  /// Adds a film's edit, as text, below the head or another revision; the head moves with it if it
  /// is that one.
  @discardableResult
  package func commit(
    filmEdit text: String, below parent: Revision.ID? = nil
  ) throws(HistoryError) -> Revision {
    try append(pyramid, verb: text, edit: Edit(changes: []), below: parent ?? head.id)
  }

  /// Moves the head to the state before; nil at the first.
  @discardableResult
  package func undoFilm() throws(HistoryError) -> Revision? {
    let edited = head.edited
    guard let parent = try revision(edited).parent else { return nil }
    return try jump(to: parent)
  }

  /// What was painted ahead for an edit, if that is kept.
  package func paintedAhead(of id: Revision.ID) throws(HistoryError) -> Revision? {
    try connection.read { db in
      try db.paintedAhead(document.id, of: id).flatMap { try db.revision(document.id, $0) }
    }
  }

  /// Moves the head on to what was painted ahead for it, if that is kept.
  @discardableResult
  package func goToPaintedAhead() throws(HistoryError) -> Revision? {
    try paintedAhead(of: head.id).flatMap { revision throws(HistoryError) in
      try jump(to: revision.id)
    }
  }

  /// The edit that was made that far before or after the head's, on whatever branch; nil where there
  /// is none. Seconds are counted as `earlier` and `later` do.
  package func filmEdit(
    _ distance: Distance, isBack: Bool
  ) throws(HistoryError) -> Revision.ID? {
    let edits = try tree().revisions.filter { !$0.isPaintedAhead }
    guard let here = edits.firstIndex(where: { $0.id == head.edited }) else { return nil }
    let found: Int
    switch distance {
    case .count(let count): found = isBack ? here - count : here + count
    case .seconds(let seconds) where isBack:
      let time = edits[here].time.addingTimeInterval(-seconds)
      found = edits[..<here].lastIndex { $0.time <= time } ?? 0
    case .seconds(let seconds):
      let time = edits[here].time.addingTimeInterval(seconds)
      found = (edits[here...].dropFirst().firstIndex { $0.time > time } ?? edits.count) - 1
    }
    let id = edits[min(max(0, found), edits.count - 1)].id
    return id == head.edited ? nil : id
  }

  /// The film's revisions from the first to one of them, the head without another.
  package func path(to revision: Revision.ID? = nil) throws(HistoryError) -> [Revision] {
    let tree = try tree()
    return tree.way(to: revision ?? head.id).compactMap { tree[$0] }
  }

  /// What the revisions do that lead from what the file held that this window knows to one of
  /// them, the head without another: first those that are taken back, the latest first, then those that are done.
  package func way(
    to revision: Revision.ID? = nil
  ) throws(HistoryError) -> (back: [Revision], forth: [Revision]) {
    let tree = try tree()
    let from = tree.way(to: state.withLock { $0.saved })
    let to = tree.way(to: revision ?? head.id)
    let common = zip(from, to).prefix { $0 == $1 }.count
    let back = from[common...].reversed().compactMap { tree[$0] }
    return (back, to[common...].compactMap { tree[$0] })
  }
}
