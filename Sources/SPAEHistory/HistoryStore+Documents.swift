package import Foundation
import GRDB
package import SPAEPyramid
import SPAESystem

/// What was found when a document was opened.
package enum Opening: Hashable, Sendable {
  /// The store did not know the document.
  case new
  /// The file holds the head.
  case same
  /// The file is known by its content; it was at another path, where there is no file now.
  case renamed(from: String)
  /// The file was changed outside: this revision holds the change.
  case changedOutside(Revision)
  /// The file holds words of another model than the head: this revision holds them.
  case otherModel(Revision)
  /// The head is not what the file holds: edits were accepted and never saved.
  ///
  /// The file still holds this revision.
  case recovered(saved: Revision)
}

extension HistoryStore {
  /// Opens a document's history, or begins it.
  ///
  /// A document is known by its path, and by its content where nothing is known of the path. What
  /// the file holds becomes a revision if none on the way to the head held it before. Where the
  /// vocabulary's `wordCount` is given, a revision with another word is refused. `model` is whose
  /// words they are.
  package func open(
    documentPath: String, pyramid: Pyramid, vocabularyHash: String, wordCount: Int? = nil,
    label: String, model: RevisionModel? = nil
  ) throws(HistoryError) -> DocumentHistory {
    let found = FoundFile(
      path: absolute(documentPath), pyramid: pyramid, vocabulary: vocabularyHash,
      wordCount: wordCount, label: label, model: model)
    do throws(HistoryError) {
      return try open(found)
    } catch {
      guard case .damaged = error, path != nil else { throw error }
      try setAside()
      return try open(found)
    }
  }

  private func open(_ file: FoundFile) throws(HistoryError) -> DocumentHistory {
    let time = clock().microseconds
    let (document, opening) = try write { try $0.document(of: file, time: time) }
    return try DocumentHistory(
      store: self, document: document, opening: opening, wordCount: file.wordCount)
  }

  /// When a document at a path was changed last, one of the same vocabulary and grid as a pyramid; nil
  /// where nothing is known of it.
  package func latestChange(
    ofPath path: String, like pyramid: Pyramid, vocabularyHash: String
  ) throws(HistoryError) -> Date? {
    let path = absolute(path)
    return try read { db in
      guard
        let document = try db.documents(path: path).first(where: {
          $0.vocabulary == vocabularyHash && $0.grid == pyramid.shape.grid
        })
      else { return nil }
      return try db.revision(document.id, db.lastNumber(document.id))?.time ?? document.created
    }
  }

  /// Every document that the store knows, in the order of their first opening.
  package func documents() throws(HistoryError) -> [HistoryDocument] {
    try read { try $0.documents() }
  }

  /// A document in a few figures.
  package struct Summary: Hashable, Sendable {
    package let document: HistoryDocument
    /// How many revisions there are.
    package let revisions: Int
    /// When the latest revision was made.
    package let latest: Date
  }

  /// Every document with its figures.
  package func summaries() throws(HistoryError) -> [Summary] {
    try read { db in
      try db.documents().map { document in
        let (last, count) = (try db.lastNumber(document.id), try db.revisionCount(document.id))
        let latest = try db.revision(document.id, last)?.time ?? document.created
        return Summary(document: document, revisions: count, latest: latest)
      }
    }
  }

  /// Where the history of a file is that was renamed: the path of a document that held its words and
  /// has no file any more. Nil where the path has a history, or no document is that.
  package func formerPath(
    of path: String, _ pyramid: Pyramid, vocabularyHash: String
  ) throws(HistoryError) -> String? {
    let file = FoundFile(
      path: absolute(path), pyramid: pyramid, vocabulary: vocabularyHash, wordCount: nil, label: "",
      model: nil)
    return try read { db in
      try db.documents(path: file.path).isEmpty ? db.movedDocument(file)?.path : nil
    }
  }

  /// Whether the store has a history by this path.
  package func knows(path: String) throws(HistoryError) -> Bool {
    try read { try !$0.documents(path: absolute(path)).isEmpty }
  }

  /// The history of a document as it is, without its file: the latest where the path has several.
  package func history(ofPath path: String) throws(HistoryError) -> DocumentHistory {
    guard let document = try read({ try $0.documents(path: absolute(path)) }).first else {
      throw .document(path: path)
    }
    return try history(of: document)
  }

  /// The history of a document as it is, without its file.
  package func history(of document: HistoryDocument) throws(HistoryError) -> DocumentHistory {
    try DocumentHistory(store: self, document: document, opening: .same)
  }
}

/// What a file holds that is being opened.
private struct FoundFile {
  let path: String
  let pyramid: Pyramid
  let vocabulary: String
  let wordCount: Int?
  let label: String
  let model: RevisionModel?

  var snapshot: Snapshot { Snapshot(pyramid) }
  var grid: GridSize { pyramid.shape.grid }
}

extension Database {
  fileprivate func document(
    of file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    let known = try documents(path: file.path).first {
      $0.vocabulary == file.vocabulary && $0.grid == file.grid
    }
    if let known { return try compare(known, with: file, time: time) }
    if let moved = try movedDocument(file) { return try move(moved, to: file, time: time) }
    let document = try begin(file, time: time)
    if let model = file.model { try note(model, of: document.id, at: 1, isNew: true) }
    return (document, .new)
  }

  private func begin(_ file: FoundFile, time: Int64) throws -> HistoryDocument {
    let id = try insertDocument(
      path: file.path, grid: file.grid, vocabulary: file.vocabulary, label: file.label,
      created: time, head: 1, saved: 1)
    try insertRevision(
      RevisionKey(id, 1), parent: nil, time: time, verb: "open", edit: Edit(changes: []),
      snapshot: file.snapshot)
    return try existing(id)
  }

  /// A document that held this content at a path where there is no file any more.
  fileprivate func movedDocument(_ file: FoundFile) throws -> HistoryDocument? {
    for key in try keys(content: file.snapshot.content) {
      guard let document = try document(id: key.document), document.grid == file.grid,
        [file.vocabulary, ""].contains(document.vocabulary), !FileSystem.exists(document.path)
      else { continue }
      return document
    }
    return nil
  }

  private func move(
    _ document: HistoryDocument, to file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    try run(
      "UPDATE document SET path = ?, vocabulary = ? WHERE id = ?",
      [file.path, file.vocabulary, document.id])
    let (moved, opening) = try compare(try existing(document.id), with: file, time: time)
    return (moved, opening == .same ? .renamed(from: document.path) : opening)
  }

  /// Tells whether the file holds the head, an earlier state, or something new.
  private func compare(
    _ document: HistoryDocument, with file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    let content = file.snapshot.content
    let marked = try [document.head, document.saved].first {
      try holds(document.id, $0, content)
    }
    let held = try marked ?? latestAncestor(document.id, of: document.head, holding: content)
    guard let held else { return try takeOutsideChange(document, file, time: time) }
    if held != document.saved { try setSaved(held, of: document.id) }
    if let model = file.model { try note(model, of: document.id, at: held, isNew: false) }
    let opening: Opening =
      held == document.head ? .same : .recovered(saved: try existing(document.id, held))
    return (try existing(document.id), opening)
  }

  private func takeOutsideChange(
    _ document: HistoryDocument, _ file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    guard let head = try snapshot(document.id, document.head) else {
      throw HistoryError.damaged(path: "", reason: "the head of \(document.path) is missing")
    }
    let before = try model(document.id, document.head)
    let isOther = if let before, let now = file.model { !now.isSame(as: before) } else { false }
    let number = try append(
      to: document.id, parent: document.head, time: time,
      verb: isOther ? "another model" : "outside change",
      edit: Edit(from: head, to: file.pyramid), snapshot: file.snapshot)
    try setSaved(number, of: document.id)
    if let model = file.model { try note(model, of: document.id, at: number, isNew: true) }
    let revision = try existing(document.id, number)
    return (try existing(document.id), isOther ? .otherModel(revision) : .changedOutside(revision))
  }

  /// Adds a revision as its document's latest, and moves the head to it; gives its number.
  func append(
    to document: Int, parent: Int, time: Int64, verb: String, edit: Edit, snapshot: Snapshot
  ) throws -> Int {
    let number = try lastNumber(document) + 1
    try insertRevision(
      RevisionKey(document, number), parent: parent, time: time, verb: verb, edit: edit,
      snapshot: snapshot)
    try setFavouriteChild(document, parent, to: number)
    try setHead(number, of: document)
    return number
  }

  func existing(_ id: Int) throws -> HistoryDocument {
    guard let document = try document(id: id) else {
      throw HistoryError.damaged(path: "", reason: "document \(id) is missing")
    }
    return document
  }

  /// A revision that must be there.
  func existing(_ document: Int, _ number: Int) throws -> Revision {
    guard let revision = try revision(document, number) else {
      throw HistoryError.damaged(path: "", reason: "revision \(number) is missing")
    }
    return revision
  }
}
