import Foundation
import GRDB
import SPAESystem

// How the file of a store is opened, and what is expected of it.

func openOrSalvage(
  _ path: String, lock: StoreLock, fileSystem: String?
) throws(HistoryError) -> (DatabaseQueue, Salvage?) {
  do throws(HistoryError) {
    if StoreFile.isEmptied(path) {
      throw .damaged(path: path, reason: "it is empty, and its log is not")
    }
    return (try openedQueue(path, fileSystem: fileSystem), nil)
  } catch {
    guard case .damaged(_, let reason) = error else { throw error }
    do throws(HistoryError) {
      let saved = try lock.alone { () throws(HistoryError) in try salvaged(path) }
      return (saved.queue, saved.salvage)
    } catch {
      guard case .inUse = error else { throw error }
      throw .damaged(
        path: path, reason: reason + "; another program has it open: close that to have it saved")
    }
  }
}

/// Opens the file and brings its schema up to this version; nothing of another's is touched.
///
/// A log that another file system wrote may need memory that this one cannot share: then the file is
/// held alone until it has a rollback journal instead.
func openedQueue(
  _ path: String, fileSystem: String? = nil
) throws(HistoryError) -> DatabaseQueue {
  let place = place(of: path, fileSystem.map { "vfs=" + $0 })
  do throws(HistoryError) {
    return try openedQueue(path, at: place, isAlone: false)
  } catch {
    guard case .unwritable = error,
      let queue = try? openedQueue(path, at: place, isAlone: true)
    else { throw error }
    return queue
  }
}

/// What SQLite is to open: the path, or a URI where the path alone does not say it.
///
/// GRDB takes a path for UTF-8; a URI names every byte.
private func place(of path: String, _ options: String?) -> String {
  guard options != nil || FileName.bytes(path) != Array(path.utf8) else { return path }
  return "file:" + FileName.percentEncoded(path) + (options.map { "?" + $0 } ?? "")
}

/// A copy in memory of a file that can only be read.
func copiedQueue(_ path: String) throws(HistoryError) -> DatabaseQueue {
  do throws(HistoryError) { return try copiedQueue(path, "mode=ro", isAlone: false) } catch {
    guard case .unwritable = error else { throw error }
    // SQLite wants memory that programs share beside the log: if none can be made, nobody writes.
    let hasLog = StoreFile.size(path + "-wal") > 0
    let options = hasLog ? "mode=ro&vfs=unix-none" : "mode=ro&immutable=1"
    return try copiedQueue(path, options, isAlone: hasLog)
  }
}

private func copiedQueue(
  _ path: String, _ options: String, isAlone: Bool
) throws(HistoryError) -> DatabaseQueue {
  try connected(path) {
    var configuration = configuration(isAlone: isAlone)
    configuration.readonly = true
    let file = try DatabaseQueue(path: place(of: path, options), configuration: configuration)
    let copy = try DatabaseQueue()
    try file.backup(to: copy)
    return try prepared(copy, path)
  }
}

/// Waits for others; alone, it does without memory that is shared with them.
private func configuration(isAlone: Bool) -> Configuration {
  var configuration = Configuration()
  configuration.busyMode = .callback { attempts in
    Waiting.pause(attempts)
    return attempts < Waiting.attempts
  }
  if isAlone {
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
  }
  return configuration
}

private func openedQueue(
  _ path: String, at place: String, isAlone: Bool
) throws(HistoryError) -> DatabaseQueue {
  try connected(path) {
    let queue = try DatabaseQueue(path: place, configuration: configuration(isAlone: isAlone))
    return try prepared(queue, path, isAlone: isAlone)
  }
}

/// An empty store in memory.
func memoryQueue() throws -> DatabaseQueue { try prepared(try DatabaseQueue(), "memory") }

private func prepared(
  _ queue: DatabaseQueue, _ path: String, isAlone: Bool = false
) throws -> DatabaseQueue {
  try queue.inDatabase { db in
    try db.refuseOthers(path)
    try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    try db.keepCommits(byLog: !isAlone)
  }
  do {
    try Migrations.migrator.migrate(queue)
    try queue.read { try $0.expectSchema() }
  } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
    throw HistoryError.damaged(path: path, reason: error.message ?? "a table is missing")
  }
  return queue
}

extension Database {
  /// Throws where the file is of a later version, another program's, or not what it was.
  fileprivate func refuseOthers(_ path: String) throws {
    let tables = Set(
      try rows("SELECT tbl_name FROM sqlite_schema").map { try $0.value(0, as: String.self) })
    let pages: Int = try row("PRAGMA page_count")?.value(0) ?? 0
    // A crash may come between the first table and the first migration, which is some pages later.
    if tables.isSubset(of: ["grdb_migrations"]) {
      guard pages > 8 || (tables.isEmpty && pages > 1) else { return }
      throw HistoryError.damaged(path: path, reason: "its tables are gone")
    }
    let id: Int64 = try row("PRAGMA application_id")?.value(0) ?? 0
    guard id == Migrations.applicationID else {
      guard tables.isSuperset(of: Migrations.tables) else { throw HistoryError.foreign(path: path) }
      throw HistoryError.damaged(path: path, reason: "its mark is gone")
    }
    let known = Set(Migrations.migrator.migrations)
    let unknown = try Migrations.migrator.appliedIdentifiers(self).subtracting(known)
    if !unknown.isEmpty { throw HistoryError.newer(path: path, migrations: unknown.sorted()) }
  }

  /// Makes every commit survive: a log where memory can be shared, else a rollback journal.
  fileprivate func keepCommits(byLog: Bool) throws {
    // Salvage knows pages of this size.
    try execute(sql: "PRAGMA page_size = 4096; PRAGMA synchronous = FULL")
    if byLog, try row("PRAGMA journal_mode = WAL")?.value(0, as: String.self) == "wal" { return }
    try execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL")
    // The lock is given up with the first look after the mode was changed.
    _ = try row("SELECT count(*) FROM sqlite_schema")
  }

  func journal() throws -> HistoryStore.Journal {
    let mode: String = try row("PRAGMA journal_mode")?.value(0) ?? ""
    return HistoryStore.Journal(rawValue: mode) ?? .delete
  }

  /// Throws where a table or a column is gone.
  fileprivate func expectSchema() throws {
    _ = try documents(path: "")
    _ = try revision(0, 0)
    _ = try snapshot(0, 0)
    _ = try favouriteChild(0, 0)
  }
}
