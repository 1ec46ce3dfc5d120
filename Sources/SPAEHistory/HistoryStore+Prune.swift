package import Foundation
import GRDB
import SPAEPyramid

/// What pruning removes, or would.
package struct Pruning: Hashable, Sendable {
  package struct Document: Hashable, Sendable {
    package let document: HistoryDocument
    package let removed: [Revision.ID]
    package let kept: Int
  }

  /// The documents that revisions go from.
  package var documents: [Document] = []

  package var removed: Int { documents.reduce(0) { $0 + $1.removed.count } }
}

extension HistoryStore {
  /// Removes old revisions, which nothing else ever does; with `isDryRun` only tells which.
  ///
  /// What is kept: the first of each document, leaves, named ones, what the file and the head hold,
  /// the first of each model, and all since `date`. What follows a removed revision becomes a child of the one before it, by
  /// an edit that leads there. Films keep all. No other process may have the store open.
  package func prune(
    before date: Date, path: String? = nil, isDryRun: Bool
  ) throws(HistoryError) -> Pruning {
    if isDryRun { return try read { try $0.pruning(before: date, path: path.map(absolute)) } }
    return try alone { () throws(HistoryError) in
      let pruning = try write { db in
        let pruning = try db.pruning(before: date, path: path.map(absolute))
        for each in pruning.documents { try db.remove(each.removed, of: each.document.id) }
        return pruning
      }
      if pruning.removed > 0 { try connected(name) { try connection.queue.vacuum() } }
      return pruning
    }
  }
}

extension Database {
  fileprivate func pruning(before date: Date, path: String?) throws -> Pruning {
    var pruning = Pruning()
    let documents = try path.map { try self.documents(path: $0) } ?? documents()
    if let path, documents.isEmpty { throw HistoryError.document(path: path) }
    // What a revision of a film does follows from all those before it.
    for document in documents where !document.isFilm {
      let numbers = try removable(document, before: date)
      let count = try revisionCount(document.id)
      if numbers.isEmpty { continue }
      pruning.documents.append(
        Pruning.Document(document: document, removed: numbers, kept: count - numbers.count))
    }
    return pruning
  }

  private func removable(_ document: HistoryDocument, before date: Date) throws -> [Int] {
    let marks = [document.head, document.saved].map { RevisionKey(document.id, $0).raw }
    let range = [RevisionKey(document.id, 0).raw, RevisionKey(document.id + 1, 0).raw - 1]
    return try rows(
      """
      SELECT key FROM revision WHERE key BETWEEN ? AND ? AND time < ? AND key NOT IN (?, ?)
      AND parent IS NOT NULL AND key NOT IN (SELECT key FROM name UNION SELECT key FROM model)
      AND EXISTS (SELECT 1 FROM revision AS child WHERE child.parent = revision.key)
      ORDER BY key
      """, StatementArguments(range + [date.microseconds] + marks)
    ).map { RevisionKey(raw: try $0.value(0)).number }
  }

  /// Hands each removed revision's children to its parent, from the latest down.
  fileprivate func remove(_ numbers: [Int], of document: Int) throws {
    for number in numbers.reversed() {
      let key = RevisionKey(document, number).raw
      guard let parent = try parent(document, number) else { continue }
      // Redo goes on leading to where it led.
      let inner = try favouriteChild(document, number)
      let outer = try favouriteChild(document, parent)
      for child in try rows("SELECT key FROM revision WHERE parent = ?", [key]) {
        try reparent(RevisionKey(raw: try child.value(0)), to: parent)
      }
      try run("DELETE FROM trail WHERE parent = ? OR child = ?", [key, key])
      try run("DELETE FROM revision WHERE key = ?", [key])
      let child = outer == number ? inner : outer
      if let child { try setFavouriteChild(document, parent, to: child) }
    }
  }

  private func reparent(_ key: RevisionKey, to parent: Int) throws {
    guard let origin = try snapshot(key.document, parent),
      let pyramid = try snapshot(key.document, key.number)
    else { throw HistoryError.damaged(path: "", reason: "revision \(parent) is missing") }
    try run(
      "UPDATE revision SET parent = ?, changes = ? WHERE key = ?",
      [
        RevisionKey(key.document, parent).raw, Data(Edit(from: origin, to: pyramid).bytes),
        key.raw,
      ])
  }
}
