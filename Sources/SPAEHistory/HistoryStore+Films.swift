import Foundation
import GRDB
package import SPAEPyramid
import SPAESystem

extension HistoryDocument {
  /// What stands before the vocabulary of a film, so that no picture's words are taken for its own.
  static let filmMark = "film "

  /// Whether its revisions are a film's: what each does is told by its verb, and all of them hold
  /// the film's first words.
  package var isFilm: Bool { vocabulary.hasPrefix(Self.filmMark) }
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
    for document in try read({ try $0.documents().reversed().filter(film.mayHaveBeen) }) {
      // What is wrong with another document's history is told when that one is opened.
      let history = try? DocumentHistory(store: self, document: document, opening: .same)
      if let saved = try history.flatMap(held) {
        return try move(document, to: film.path, saved: saved)
      }
    }
    let time = clock().microseconds
    let document = try write { try $0.begin(film, time: time) }
    return try DocumentHistory(store: self, document: document, opening: .new)
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

  /// Whether it is perhaps a film that was elsewhere, where there is no file any more.
  func mayHaveBeen(_ document: HistoryDocument) -> Bool {
    isLike(document) && document.label == label && !FileSystem.exists(document.path)
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
  /// Adds a film's edit, as text, below the head and moves the head to it.
  @discardableResult
  package func commit(filmEdit text: String) throws(HistoryError) -> Revision {
    try append(pyramid, verb: text, edit: Edit(changes: []))
  }

  /// What the revisions do that lead from what the file holds to one of them, the head without
  /// another: first those that are taken back, the latest first, then those that are done.
  package func way(
    to revision: Revision.ID? = nil
  ) throws(HistoryError) -> (back: [Revision], forth: [Revision]) {
    let tree = try tree()
    let from = tree.way(to: tree.saved)
    let to = tree.way(to: revision ?? head.id)
    let common = zip(from, to).prefix { $0 == $1 }.count
    let back = from[common...].reversed().compactMap { tree[$0] }
    return (back, to[common...].compactMap { tree[$0] })
  }
}
