package import Foundation
import GRDB
import SPAESystem
import Synchronization

/// The undo history of every document, in one file that survives crashes.
///
/// A call that changes something returns when the change is on the disk: SQLite's log is synced with
/// every commit. Calls may come from any thread; each takes its turn. In memory, where there is no
/// path, nothing outlives the store.
package final class HistoryStore: Sendable {
  /// How SQLite keeps a commit whole.
  package enum Journal: String, Hashable, Sendable {
    /// A log beside the file that is written ahead of it.
    case wal
    /// A copy of what is overwritten: where the file system cannot share memory.
    case delete
    case memory
  }

  /// The file, or nil for a store in memory.
  package let path: String?

  /// What the clock says; times are kept for people, never for order.
  let clock: @Sendable () -> Date

  private let lock: StoreLock?
  private let state: Mutex<State>

  private struct State {
    var queue: DatabaseQueue
    var journal: Journal
    var salvage: Salvage?
  }

  /// Opens a store, or makes it with its folders; nil or "none" keeps it in memory.
  ///
  /// A damaged file is set aside and what can be read of it goes into a new store: `salvage` tells.
  package convenience init(
    path: String?, clock: @escaping @Sendable () -> Date
  ) throws(HistoryError) {
    try self.init(path: path, clock: clock, fileSystem: nil)
  }

  /// Opens a store by one of SQLite's ways to a file system, such as "unix-dotfile".
  package init(
    path: String?, clock: @escaping @Sendable () -> Date, fileSystem: String?
  ) throws(HistoryError) {
    let path = path == "none" ? nil : path.map(absolute)
    self.path = path
    self.clock = clock
    guard let path else {
      lock = nil
      let queue = try connected("memory") { try memoryQueue() }
      state = Mutex(State(queue: queue, journal: .memory))
      return
    }
    try StoreFile.prepare(path)
    let lock = try StoreLock(beside: path)
    self.lock = lock
    let (queue, salvage) = try openOrSalvage(path, lock: lock, fileSystem: fileSystem)
    try lock.finishOpening()
    let journal = try connected(path) { try queue.inDatabase { try $0.journal() } }
    state = Mutex(State(queue: queue, journal: journal, salvage: salvage))
  }

  /// Where the store is when nobody says otherwise: in $XDG_STATE_HOME or ~/.local/state.
  package static func defaultPath(environment: [String: String]) -> String {
    UserFolders(environment: environment).state + "/spae/history.db"
  }

  package var journal: Journal { state.withLock { $0.journal } }

  /// What was saved of a damaged file, where one was found.
  package var salvage: Salvage? { state.withLock { $0.salvage } }

  /// Sets a file aside that proved damaged while it was open, and goes on with what can be saved.
  ///
  /// Histories of documents that are open must be opened again.
  @discardableResult
  package func setAside() throws(HistoryError) -> Salvage? {
    guard let path, let lock else { return nil }
    return try state.withLock { state throws(HistoryError) in
      let saved = try lock.alone { () throws(HistoryError) in
        try? state.queue.close()
        return try salvaged(path)
      }
      state.queue = saved.queue
      state.salvage = saved.salvage
      return saved.salvage
    }
  }

  var name: String { path ?? "memory" }

  // MARK: Turns

  /// The way to the database until it is set aside: then whoever kept this is refused.
  var connection: Connection {
    Connection(queue: state.withLock { $0.queue }, name: name, isInFile: path != nil)
  }

  func write<Result>(_ body: (Database) throws -> Result) throws(HistoryError) -> Result {
    try connection.write(body)
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(HistoryError) -> Result {
    try connection.read(body)
  }

  /// Does something while nobody else has the store open.
  func alone<Result>(_ body: () throws(HistoryError) -> Result) throws(HistoryError) -> Result {
    guard let lock else { return try body() }
    return try lock.alone(body)
  }
}

/// An open database.
struct Connection: Sendable {
  let queue: DatabaseQueue
  /// What errors call the store.
  let name: String
  /// Whether it outlives the program.
  let isInFile: Bool

  /// Changes the database, all or nothing, and returns when that is on the disk.
  func write<Result>(_ body: (Database) throws -> Result) throws(HistoryError) -> Result {
    try connected(name) {
      var result: Result?
      try queue.inTransaction(.immediate) { db in
        result = try body(db)
        return .commit
      }
      guard let result else { throw HistoryError.busy(path: name) }
      return result
    }
  }

  /// Does something that waits for another process no longer than that.
  func waiting<Result>(
    milliseconds: Int, _ body: () throws(HistoryError) -> Result
  ) throws(HistoryError) -> Result {
    func wait(_ milliseconds: Int) throws(HistoryError) {
      try connected(name) {
        try queue.inDatabase { try $0.execute(sql: "PRAGMA busy_timeout = \(milliseconds)") }
      }
    }
    try wait(milliseconds)
    defer { try? wait(Waiting.attempts) }
    return try body()
  }

  /// Reads one state of the database.
  func read<Result>(_ body: (Database) throws -> Result) throws(HistoryError) -> Result {
    try connected(name) { try queue.read(body) }
  }
}

/// Gives a whole path from the root, with links resolved where the file exists.
func absolute(_ path: String) -> String {
  let whole = FileSystem.absolute(path)
  return FileSystem.resolved(whole) ?? whole
}

// MARK: Opening

/// Does what SQLite does, and names its errors as this module does.
func connected<Result>(
  _ path: String, _ body: () throws -> Result
) throws(HistoryError) -> Result {
  do { return try body() } catch {
    let error = HistoryError(error, path: path)
    guard case .damaged(let place, let reason) = error, place.isEmpty else { throw error }
    throw .damaged(path: path, reason: reason)
  }
}

private func openOrSalvage(
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
  let place = place(of: path, fileSystem: fileSystem)
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
private func place(of path: String, fileSystem: String?) -> String {
  guard fileSystem != nil || FileName.bytes(path) != Array(path.utf8) else { return path }
  return "file:" + FileName.percentEncoded(path) + (fileSystem.map { "?vfs=" + $0 } ?? "")
}

private func openedQueue(
  _ path: String, at place: String, isAlone: Bool
) throws(HistoryError) -> DatabaseQueue {
  try connected(path) {
    var configuration = Configuration()
    configuration.busyMode = .callback { attempts in
      usleep(Waiting.microseconds)
      return attempts < Waiting.attempts
    }
    if isAlone {
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
    }
    let queue = try DatabaseQueue(path: place, configuration: configuration)
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

  fileprivate func journal() throws -> HistoryStore.Journal {
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
