import Foundation
import GRDB
import SPAEPyramid

// Every statement of the store that more than one operation needs. Values are read by their type:
// a damaged file may hold anything anywhere, and GRDB's own accessors would trap.

extension Row {
  /// A column's value, which a good store never lacks.
  func value<Value: DatabaseValueConvertible>(
    _ column: Int, as type: Value.Type = Value.self
  ) throws -> Value {
    guard column < count, let value = Value.fromDatabaseValue(self[column] as DatabaseValue) else {
      throw HistoryError.damaged(path: "", reason: "a row holds what it cannot hold")
    }
    return value
  }

  func optional<Value: DatabaseValueConvertible>(
    _ column: Int, as type: Value.Type = Value.self
  ) throws -> Value? {
    (self[column] as DatabaseValue).isNull ? nil : try value(column, as: type)
  }

  func bytes(_ column: Int) throws -> [UInt8] { try [UInt8](value(column, as: Data.self)) }
}

extension Database {
  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }

  func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(try cachedStatement(sql: sql), arguments: arguments)
  }

  func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(try cachedStatement(sql: sql), arguments: arguments)
  }

  /// Does something for each row without holding all of them.
  func forEachRow(
    _ sql: String, _ arguments: StatementArguments = [], _ body: (Row) throws -> Void
  ) throws {
    let cursor = try Row.fetchCursor(try makeStatement(sql: sql), arguments: arguments)
    while let row = try cursor.next() { try body(row) }
  }
}

// MARK: Documents

extension Database {
  private static let documentColumns =
    "SELECT id, path, grid, vocabulary, label, created, head, saved FROM document"

  func documents() throws -> [HistoryDocument] {
    try rows(Self.documentColumns + " ORDER BY id").map(HistoryDocument.init(row:))
  }

  func document(id: Int) throws -> HistoryDocument? {
    try row(Self.documentColumns + " WHERE id = ?", [id]).map(HistoryDocument.init(row:))
  }

  func documents(path: String) throws -> [HistoryDocument] {
    try rows(Self.documentColumns + " WHERE path = ? ORDER BY id DESC", [path])
      .map(HistoryDocument.init(row:))
  }

  /// Makes a document whose revisions are to come; gives its number.
  func insertDocument(
    path: String, grid: GridSize, vocabulary: String, label: String, created: Int64, head: Int,
    saved: Int
  ) throws -> Int {
    try run(
      """
      INSERT INTO document (path, grid, vocabulary, label, created, head, saved)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [path, grid.number, vocabulary, label, created, head, saved])
    return Int(lastInsertedRowID)
  }

  func setHead(_ head: Int, of document: Int) throws {
    try run("UPDATE document SET head = ? WHERE id = ?", [head, document])
  }

  /// The same by a window that knows which revision the file holds. Where another window has written the
  /// file since, the head stays: the next opening shows what is in the file.
  func setHead(_ head: Int, of document: Int, ifSaved saved: Int) throws {
    try run(
      "UPDATE document SET head = ? WHERE id = ? AND saved = ?", [head, document, saved])
  }

  func setSaved(_ saved: Int, of document: Int) throws {
    try run("UPDATE document SET saved = ? WHERE id = ?", [saved, document])
  }
}

extension HistoryDocument {
  fileprivate init(row: Row) throws {
    try self.init(
      id: row.value(0), path: row.value(1), grid: GridSize(number: row.value(2)),
      vocabulary: row.value(3), label: row.value(4), created: Date(microseconds: row.value(5)),
      head: row.value(6),
      saved: row.value(7))
  }
}

// MARK: Revisions

extension Database {
  private static let revisionColumns = """
    SELECT revision.key, parent, time, verb, changes, name.name
    FROM revision LEFT JOIN name ON name.key = revision.key
    """

  private static let ofDocument = " WHERE revision.key BETWEEN ? AND ? ORDER BY revision.key"

  private func range(_ document: Int, from number: Int = 0) -> StatementArguments {
    [RevisionKey(document, number).raw, RevisionKey(document + 1, 0).raw - 1]
  }

  func revision(_ document: Int, _ number: Int) throws -> Revision? {
    try row(
      Self.revisionColumns + " WHERE revision.key = ?", [RevisionKey(document, number).raw]
    ).map(Revision.init(row:))
  }

  /// The document's revisions from a number on, in order.
  func revisions(_ document: Int, from number: Int = 0) throws -> [Revision] {
    try rows(Self.revisionColumns + Self.ofDocument, range(document, from: number))
      .map(Revision.init(row:))
  }

  /// The document's revisions that meet a condition, in order.
  func revisions(_ document: Int, where condition: String) throws -> [Revision] {
    try rows(
      Self.revisionColumns + " WHERE revision.key BETWEEN ? AND ? AND \(condition)"
        + " ORDER BY revision.key", range(document)
    ).map(Revision.init(row:))
  }

  func snapshot(_ document: Int, _ number: Int) throws -> Pyramid? {
    let row = try row(
      "SELECT snapshot, content FROM revision WHERE key = ?", [RevisionKey(document, number).raw])
    guard let row else { return nil }
    let snapshot = Snapshot(bytes: try row.bytes(0))
    guard snapshot.content == (try row.bytes(1)), let pyramid = snapshot.pyramid else {
      throw HistoryError.damaged(
        path: "", reason: "the snapshot of revision \(number) is not whole")
    }
    return pyramid
  }

  /// Names a revision, which takes the name from another, or takes its name away.
  func name(_ document: Int, _ number: Int, _ name: String?) throws {
    let key = RevisionKey(document, number).raw
    try run(
      "DELETE FROM name WHERE key = ? OR (document = ? AND name = ?)", [key, document, name])
    guard let name else { return }
    try run("INSERT INTO name (key, document, name) VALUES (?, ?, ?)", [key, document, name])
  }

  func lastNumber(_ document: Int) throws -> Int {
    let row = try row("SELECT max(key) FROM revision WHERE key BETWEEN ? AND ?", range(document))
    return try row?.optional(0, as: Int64.self).map { RevisionKey(raw: $0).number } ?? 0
  }

  func revisionCount(_ document: Int) throws -> Int {
    let sql = "SELECT count(*) FROM revision WHERE key BETWEEN ? AND ?"
    return try row(sql, range(document))?.value(0) ?? 0
  }

  func parent(_ document: Int, _ number: Int) throws -> Int? {
    try row("SELECT parent FROM revision WHERE key = ?", [RevisionKey(document, number).raw])?
      .optional(0, as: Int64.self).map { RevisionKey(raw: $0).number }
  }

  /// The revisions of any document that hold this content, newest first.
  func keys(content: [UInt8]) throws -> [RevisionKey] {
    try rows("SELECT key FROM revision WHERE content = ? ORDER BY key DESC", [Data(content)])
      .map { RevisionKey(raw: try $0.value(0)) }
  }

  func holds(_ document: Int, _ number: Int, _ content: [UInt8]) throws -> Bool {
    let key = RevisionKey(document, number).raw
    return try row("SELECT 1 FROM revision WHERE key = ? AND content = ?", [key, Data(content)])
      != nil
  }

  /// Adds a revision; its edit and its snapshot belong together.
  func insertRevision(
    _ key: RevisionKey, parent: Int?, time: Int64, verb: String, edit: Edit, snapshot: Snapshot
  ) throws {
    try run(
      """
      INSERT INTO revision (key, parent, time, verb, changes, snapshot, content)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        key.raw, parent.map { RevisionKey(key.document, $0).raw }, time, verb, Data(edit.bytes),
        Data(snapshot.bytes), Data(snapshot.content),
      ])
  }
}

extension Revision {
  fileprivate init(row: Row) throws {
    let key = RevisionKey(raw: try row.value(0))
    guard let edit = Edit(bytes: try row.bytes(4)) else {
      throw HistoryError.damaged(
        path: "", reason: "the edit of revision \(key.number) is not whole")
    }
    try self.init(
      id: key.number, parent: row.optional(1, as: Int64.self).map { RevisionKey(raw: $0).number },
      time: Date(microseconds: row.value(2)), verb: row.value(3), name: row.optional(5),
      edit: edit)
  }
}

// MARK: Trails: which child redo goes to

extension Database {
  /// The child that was made or visited last: the newest one where no trail says otherwise.
  func favouriteChild(_ document: Int, _ number: Int) throws -> Int? {
    let parent = RevisionKey(document, number).raw
    let trail = try row("SELECT child FROM trail WHERE parent = ?", [parent])
    return try trail.map { RevisionKey(raw: try $0.value(0)).number }
      ?? newestChild(document, number)
  }

  private func newestChild(_ document: Int, _ number: Int) throws -> Int? {
    let parent = RevisionKey(document, number).raw
    return try row("SELECT max(key) FROM revision WHERE parent = ?", [parent])?
      .optional(0, as: Int64.self).map { RevisionKey(raw: $0).number }
  }

  /// Notes that redo from a revision goes to one of its children.
  func setFavouriteChild(_ document: Int, _ number: Int, to child: Int) throws {
    let parent = RevisionKey(document, number).raw
    if try newestChild(document, number) == child {
      try run("DELETE FROM trail WHERE parent = ?", [parent])
    } else {
      try run(
        "INSERT OR REPLACE INTO trail (parent, child) VALUES (?, ?)",
        [parent, RevisionKey(document, child).raw])
    }
  }
}
