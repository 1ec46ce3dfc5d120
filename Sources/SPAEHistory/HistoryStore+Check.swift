import GRDB
import SPAEPyramid
import SPAESystem

/// What a check of the store found.
package struct HistoryCheck: Hashable, Sendable {
  package var documents: Int
  package var revisions: Int
  /// A line for each thing that is wrong; none where all is well.
  package var problems: [String]

  package init(documents: Int = 0, revisions: Int = 0, problems: [String] = []) {
    self.documents = documents
    self.revisions = revisions
    self.problems = problems
  }
}

extension HistoryStore {
  /// Checks SQLite's own integrity, and every snapshot against its content and its chain of edits.
  package func check() throws(HistoryError) -> HistoryCheck {
    try read { db in
      var check = HistoryCheck()
      for row in try db.rows("PRAGMA integrity_check(100)") {
        let line: String = try row.value(0)
        if line != "ok" { check.problems.append("the database: \(line)") }
      }
      for row in try db.rows("PRAGMA foreign_key_check") {
        check.problems.append("the database: a row of \(try row.value(0, as: String.self)) is lost")
      }
      let orphans = "SELECT count(*) FROM revision WHERE key >> 32 NOT IN (SELECT id FROM document)"
      if let count: Int = try db.row(orphans)?.value(0), count > 0 {
        check.problems.append("the documents of \(count.counted("revision")) are missing")
      }
      for document in try db.documents() {
        check.documents += 1
        try db.check(document, &check)
      }
      return check
    }
  }
}

extension Database {
  fileprivate func check(_ document: HistoryDocument, _ check: inout HistoryCheck) throws {
    var numbers: Set<Int> = []
    let keys = [RevisionKey(document.id, 0).raw, RevisionKey(document.id + 1, 0).raw - 1]
    try forEachRow(
      "SELECT key FROM revision WHERE key BETWEEN ? AND ? ORDER BY key", StatementArguments(keys)
    ) { row in
      let number = RevisionKey(raw: try row.value(0)).number
      numbers.insert(number)
      check.revisions += 1
      do {
        let fault = try fault(document, number, isFirst: numbers.count == 1)
        if let fault { check.problems.append("\(document.path), revision \(number): \(fault)") }
      } catch let error as HistoryError {
        check.problems.append("\(document.path), revision \(number): \(error)")
      }
    }
    for (mark, number) in [("head", document.head), ("saved revision", document.saved)]
    where !numbers.contains(number) {
      check.problems.append("\(document.path): its \(mark) \(number) is missing")
    }
  }

  private func fault(_ document: HistoryDocument, _ number: Int, isFirst: Bool) throws -> String? {
    guard let revision = try revision(document.id, number),
      let pyramid = try snapshot(document.id, number), pyramid.shape.grid == document.grid
    else { return "its snapshot is of another shape" }
    guard let parent = revision.parent else {
      return isFirst && revision.edit.isEmpty ? nil : "it has no parent"
    }
    guard parent < number, let origin = try snapshot(document.id, parent) else {
      return "its parent \(parent) is missing"
    }
    return revision.edit.applied(to: origin) == pyramid
      ? nil : "its edit does not lead from revision \(parent) to its snapshot"
  }
}
