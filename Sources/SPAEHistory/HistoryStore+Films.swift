import Foundation
import GRDB
package import SPAEPyramid

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
  /// of a film; `first` is one that no edit changes.
  package func openFilm(
    path: String, first: Pyramid, vocabularyHash: String, label: String
  ) throws(HistoryError) -> DocumentHistory {
    let (path, time) = (absolute(path), clock().microseconds)
    let vocabulary = HistoryDocument.filmMark + vocabularyHash
    let (document, isNew) = try write { db in
      let known = try db.documents(path: path).first {
        $0.vocabulary == vocabulary && $0.grid == first.shape.grid
      }
      if let known { return (known, false) }
      let id = try db.insertDocument(
        path: path, grid: first.shape.grid, vocabulary: vocabulary, label: label, created: time,
        head: 1, saved: 1)
      try db.insertRevision(
        RevisionKey(id, 1), parent: nil, time: time, verb: "open", edit: Edit(changes: []),
        snapshot: Snapshot(first))
      return (try db.existing(id), true)
    }
    return try DocumentHistory(store: self, document: document, opening: isNew ? .new : .same)
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
