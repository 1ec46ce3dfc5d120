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
  /// The file was set back outside to a state before the one that was saved: the head is at it.
  case setBack(from: Revision)
  /// The file is a copy of another, whose history was copied to it.
  case copied(from: String)
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
    label: String, model: RevisionModel? = nil, origin: DocumentOrigin = .file
  ) throws(HistoryError) -> DocumentHistory {
    let found = FoundFile(
      path: absolute(documentPath), pyramid: pyramid, vocabulary: vocabularyHash,
      wordCount: wordCount, label: label, model: model, origin: origin)
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

  /// When a document at a path was changed last, one of the same vocabulary and grid as a picture's
  /// pyramid, whose first words are those of the same picture; nil where nothing is known of it.
  package func latestChange(
    ofPath path: String, like pyramid: Pyramid, vocabularyHash: String
  ) throws(HistoryError) -> Date? {
    let path = absolute(path)
    return try read { db in
      guard
        let document = try db.documents(path: path).first(where: {
          $0.vocabulary == vocabularyHash && $0.grid == pyramid.shape.grid
        }),
        let first = try db.snapshot(document.id, 1), first.isOfSamePicture(as: pyramid)
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

extension Pyramid {
  /// Whether so many words agree that both are of one picture: those of one by former rules agree by
  /// four fifths, those of two by a few.
  fileprivate func isOfSamePicture(as other: Pyramid) -> Bool {
    guard shape == other.shape else { return false }
    return 3 * zip(words, other.words).count { $0 == $1 } >= words.count
  }
}
