import GRDB
package import SPAEPyramid
import Synchronization

// Where the file of the store cannot be written, a window goes on with a copy of its document.

extension DocumentHistory {
  /// Where a window's revisions go.
  struct Place {
    var connection: Connection
    /// The file that is to have what is in memory, once it can be written again.
    var waiting: Waiting?

    struct Waiting {
      let file: Connection
      /// The greatest number in the file when the copy was made; those after it wait.
      let last: Int
      let head: Int
      let known: Known
    }
  }

  /// What the file says of revisions besides what they are.
  struct Known: Hashable {
    var saved: Int
    var names: [Int: String]
  }

  /// Goes on with a copy of the document in memory, where the store's file cannot be written.
  ///
  /// The file stays as it is. What is changed from here on ends with this window, or waits for
  /// `keepWaiting` if `isWaiting`.
  package func goOnInMemory(isWaiting: Bool = false) throws(HistoryError) {
    let now = state.withLock { $0 }
    try place.withLock { place throws(HistoryError) in
      guard place.connection.isInFile else { return }
      let file = place.connection
      let memory = try copy(of: file, now)
      place.connection = memory
      guard isWaiting else { return }
      place.waiting = try memory.read { db in
        Place.Waiting(
          file: file, last: try db.lastNumber(document.id), head: now.head.id,
          known: try db.known(document.id))
      }
    }
  }

  /// The document in a database in memory. Where even reading must wait, only the head of a picture
  /// is in it.
  private func copy(
    of file: Connection, _ now: State
  ) throws(HistoryError) -> Connection {
    var tables: [Database.TableRows] = []
    do throws(HistoryError) {
      tables = try file.waiting(milliseconds: 100) { () throws(HistoryError) in
        try file.read { try $0.allRows(of: document.id) }
      }
    } catch {
      guard case .busy = error, !document.isFilm else { throw error }
    }
    let memory = try connected(file.name) { try memoryQueue() }
    let connection = Connection(queue: memory, name: file.name, isInFile: false)
    try connection.write { db in
      for table in tables { try db.insert(table) }
      if tables.isEmpty { try db.insert(document, at: now) }
    }
    return connection
  }

  /// Whether changes outlive the program.
  package var isInFile: Bool { connection.isInFile }

  /// How many revisions wait until the store's file can be written; nil where nothing waits, 0 where
  /// only the head was moved.
  package var waiting: Int? {
    guard let last = place.withLock({ $0.waiting?.last }) else { return nil }
    return (try? connection.read { try $0.revisions(document.id, from: last + 1).count }) ?? 0
  }

  /// The words of the file's head, while others wait to be put there.
  package var wordsInFile: Pyramid? {
    guard let head = place.withLock({ $0.waiting?.head }) else { return nil }
    return try? pyramid(of: head)
  }

  /// Whether another process holds the store's file, and goes on to for that long.
  package func isHeld(forMilliseconds time: Int) -> Bool {
    guard isInFile else { return false }
    do throws(HistoryError) {
      try connection.waiting(milliseconds: time) { () throws(HistoryError) in
        try connection.write { _ in }
      }
      return false
    } catch {
      if case .busy = error { return true }
      return false
    }
  }

  /// Puts what waits into the store's file, and goes on there; gives nil where nothing waits.
  ///
  /// Another process may have added revisions: then those that waited get the numbers after them.
  /// What fails leaves all as it was.
  @discardableResult
  package func keepWaiting(milliseconds: Int) throws(HistoryError) -> Renumbering? {
    try state.withLock { state throws(HistoryError) in
      guard let waiting = place.withLock({ $0.waiting }) else { return nil }
      let moved = try kept(waiting, milliseconds, state)
      let head = try waiting.file.read { try $0.existing(document.id, moved.number(state.head.id)) }
      state.head = head
      state.trail = Dictionary(
        state.trail.map { (moved.number($0), moved.number($1)) }, uniquingKeysWith: { $1 })
      state.own = Set(state.own.map(moved.number))
      state.saved = moved.number(state.saved)
      state.last = max(moved.number(state.last), moved.last)
      place.withLock { $0 = Place(connection: waiting.file) }
      return moved
    }
  }

  /// The numbers that revisions which waited got in the file.
  package struct Renumbering: Sendable {
    fileprivate var numbers: [Int: Int] = [:]
    fileprivate var last = 0

    package func number(_ number: Int) -> Int { numbers[number] ?? number }
  }

  private func kept(
    _ waiting: Place.Waiting, _ milliseconds: Int, _ state: State
  ) throws(HistoryError) -> Renumbering {
    let (revisions, known) = try connection.read { db in
      let revisions = try db.revisions(document.id, from: waiting.last + 1)
      return (
        try revisions.map { ($0, try db.snapshotBytes(document.id, $0.id)) },
        try db.known(document.id)
      )
    }
    return try waiting.file.waiting(milliseconds: milliseconds) { () throws(HistoryError) in
      try waiting.file.write { db in
        var moved = try db.add(revisions, to: document.id, below: waiting.head)
        try db.change(document.id, from: waiting.known, to: known, moved.number)
        try db.setHead(
          moved.number(state.head.id), of: document.id, ifSaved: moved.number(state.saved))
        moved.last = try db.lastNumber(document.id)
        return moved
      }
    }
  }
}

extension Database {
  /// Rows of a table.
  struct TableRows {
    let table: String
    let rows: [Row]
  }

  /// All that is known of a document, in an order in which it can be inserted.
  fileprivate func allRows(of document: Int) throws -> [TableRows] {
    let keys = [RevisionKey(document, 0).raw, RevisionKey(document + 1, 0).raw - 1]
    let tables = [("revision", "key"), ("name", "key"), ("model", "key"), ("trail", "parent")]
    return [
      TableRows(
        table: "document", rows: try rows("SELECT * FROM document WHERE id = ?", [document]))
    ]
      + (try tables.map { table, key in
        let sql = "SELECT * FROM \(table) WHERE \(key) BETWEEN ? AND ? ORDER BY \(key)"
        return TableRows(table: table, rows: try rows(sql, StatementArguments(keys)))
      })
  }

  fileprivate func insert(_ table: TableRows) throws {
    for row in table.rows {
      let marks = repeatElement("?", count: row.count).joined(separator: ", ")
      let columns = row.columnNames.joined(separator: ", ")
      try run(
        "INSERT INTO \(table.table) (\(columns)) VALUES (\(marks))",
        StatementArguments(row.databaseValues))
    }
  }

  /// Adds revisions of a document that another database has.
  fileprivate func add(
    _ revisions: [(revision: Revision, snapshot: Snapshot)], to document: Int, below head: Int
  ) throws -> DocumentHistory.Renumbering {
    var moved = DocumentHistory.Renumbering()
    for (revision, snapshot) in revisions {
      moved.numbers[revision.id] = try append(
        to: document, parent: moved.number(revision.parent ?? head),
        time: revision.time.microseconds, verb: revision.verb, edit: revision.edit,
        snapshot: snapshot)
    }
    return moved
  }

  /// A document of which only one revision is at hand.
  fileprivate func insert(
    _ document: HistoryDocument, at now: DocumentHistory.State
  ) throws {
    let head = now.head
    try run(
      """
      INSERT INTO document (id, path, grid, vocabulary, label, created, head, saved)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        document.id, document.path, document.grid.number, document.vocabulary, document.label,
        document.created.microseconds, head.id, now.saved,
      ])
    try insertRevision(
      RevisionKey(document.id, head.id), parent: nil, time: head.time.microseconds,
      verb: head.verb, edit: Edit(changes: []), snapshot: Snapshot(now.pyramid))
  }

  fileprivate func known(_ document: Int) throws -> DocumentHistory.Known {
    let names = try rows("SELECT key, name FROM name WHERE document = ?", [document]).map {
      (RevisionKey(raw: try $0.value(0)).number, try $0.value(1, as: String.self))
    }
    return DocumentHistory.Known(
      saved: try existing(document).saved,
      names: Dictionary(names, uniquingKeysWith: { first, _ in first }))
  }

  /// Does what changed in memory to the names and the mark of what is saved.
  fileprivate func change(
    _ document: Int, from old: DocumentHistory.Known, to new: DocumentHistory.Known,
    _ number: (Int) -> Int
  ) throws {
    if new.saved != old.saved { try setSaved(number(new.saved), of: document) }
    for revision in Set(old.names.keys).union(new.names.keys)
    where old.names[revision] != new.names[revision] {
      try name(document, number(revision), new.names[revision])
    }
  }

  fileprivate func snapshotBytes(_ document: Int, _ number: Int) throws -> Snapshot {
    guard let pyramid = try snapshot(document, number) else {
      throw HistoryError.damaged(path: "", reason: "revision \(number) is missing")
    }
    return Snapshot(pyramid)
  }
}
