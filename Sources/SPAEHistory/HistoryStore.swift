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

  /// Why nothing can be written, of a copy for reading.
  private let obstacle: HistoryError?
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
    obstacle = nil
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

  /// A copy in memory of what a file holds, which takes changes unless there is an obstacle.
  init(
    copy: DatabaseQueue, of path: String?, obstacle: HistoryError?,
    clock: @escaping @Sendable () -> Date
  ) {
    (self.path, self.clock, self.obstacle, lock) = (path, clock, obstacle, nil)
    state = Mutex(State(queue: copy, journal: .memory))
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
    Connection(
      queue: state.withLock { $0.queue }, name: name, isInFile: path != nil, obstacle: obstacle)
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

/// Gives a whole path from the root, with links resolved where the file exists.
func absolute(_ path: String) -> String {
  let whole = FileSystem.absolute(path)
  return FileSystem.resolved(whole) ?? whole
}
