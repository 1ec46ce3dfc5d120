import GRDB

/// An open database.
struct Connection: Sendable {
  let queue: DatabaseQueue
  /// What errors call the store.
  let name: String
  /// Whether it outlives the program.
  let isInFile: Bool
  /// Why nothing can be written, of a copy for reading.
  var obstacle: HistoryError?

  /// Changes the database, all or nothing, and returns when that is on the disk.
  func write<Result>(_ body: (Database) throws -> Result) throws(HistoryError) -> Result {
    if let obstacle { throw obstacle }
    return try connected(name) {
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
