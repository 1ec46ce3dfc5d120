import GRDB
import Glibc
import SPAESystem

/// The index of pictures: one SQLite file with the words of every indexed picture.
///
/// It holds paths, words and mean colours, and nothing of a picture's metadata. All of it can be made
/// again from the pictures, so a commit may be lost with the power, never with the program.
package final class LibraryStore: Sendable {
  package let path: String
  private let queue: DatabaseQueue
  /// Why it is a copy in memory; nil where it is the file.
  package let obstacle: LibraryError?

  /// Opens the index, or makes it with its folders, for its owner alone. For `asking` it need not be
  /// writable: what is indexed then is forgotten again.
  package init(path: String, forAsking asking: Bool = false) throws(LibraryError) {
    self.path = path
    do throws(LibraryError) {
      queue = try Self.kept(path)
      obstacle = nil
    } catch {
      guard asking, error.isOfWriting else { throw error }
      queue = try connected(path) { try Self.copied(path) }
      obstacle = error
    }
  }

  /// Where the index is: beside the history, in $XDG_STATE_HOME or ~/.local/state.
  package static func defaultPath(
    environment: [String: String] = SystemEnvironment.variables
  ) -> String {
    UserFolders(environment: environment).state + "/spae/index.db"
  }

  /// Where the index of the bundled pictures is, which can be made again at any time: in
  /// $XDG_CACHE_HOME or ~/.cache.
  package static func bundledPath(
    environment: [String: String] = SystemEnvironment.variables
  ) -> String {
    UserFolders(environment: environment).cache + "/spae/bundled.db"
  }

  func write<Result>(_ body: (Database) throws -> Result) throws(LibraryError) -> Result {
    try connected(path) {
      var result: Result?
      try queue.inTransaction(.immediate) { db in
        result = try body(db)
        return .commit
      }
      guard let result else { throw LibraryError.busy(path: path) }
      return result
    }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(LibraryError) -> Result {
    try connected(path) { try queue.read(body) }
  }

  // MARK: Opening

  private static func kept(_ path: String) throws(LibraryError) -> DatabaseQueue {
    guard FileName.bytes(path) == Array(path.utf8) else {
      throw .unwritable(path: path, reason: "its name must be UTF-8; set XDG_STATE_HOME")
    }
    try prepare(path)
    return try connected(path) { try opened(path) }
  }

  /// What there is of an index that cannot be written.
  private static func copied(_ path: String) throws -> DatabaseQueue {
    let copy = try DatabaseQueue()
    if FileSystem.exists(path) {
      // Without its log, where that cannot be read: all can be made again.
      do { try copy.fetch(path, "mode=ro") } catch {
        try copy.fetch(path, "mode=ro&immutable=1")
      }
    }
    return try prepared(copy, path)
  }

  private static func prepare(_ path: String) throws(LibraryError) {
    do throws(SystemError) {
      try FileSystem.makeFolder(FileName.folder(of: path), mode: 0o700)
      let descriptor = FileSystem.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
      guard descriptor >= 0 || errno == EEXIST else { throw .last }
      if descriptor >= 0 { close(descriptor) }
    } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
    guard let status = FileSystem.status(of: path), status.st_mode & S_IFMT == S_IFREG else {
      throw .unwritable(path: path, reason: "it is no regular file")
    }
  }

  private static func opened(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    return try prepared(queue, path)
  }

  private static func prepared(_ queue: DatabaseQueue, _ path: String) throws -> DatabaseQueue {
    try queue.inDatabase { db in
      try refuseOthers(db, path)
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
          PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL
          """)
    }
    try LibraryMigrations.migrator.migrate(queue)
    return queue
  }

  /// Throws where the file is of a later version or another program's.
  private static func refuseOthers(_ db: Database, _ path: String) throws {
    let tables = try String.fetchSet(db, sql: "SELECT tbl_name FROM sqlite_schema")
    if tables.isSubset(of: ["grdb_migrations"]) { return }
    let id = try Int64.fetchOne(db, sql: "PRAGMA application_id")
    guard id == LibraryMigrations.applicationID else { throw LibraryError.foreign(path: path) }
    let migrator = LibraryMigrations.migrator
    let unknown = try migrator.appliedIdentifiers(db).subtracting(migrator.migrations)
    if !unknown.isEmpty { throw LibraryError.newer(path: path) }
  }
}

extension DatabaseQueue {
  /// Takes over what a file holds that can be read alone.
  fileprivate func fetch(_ path: String, _ options: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    let file = try DatabaseQueue(
      path: "file:\(FileName.percentEncoded(path))?\(options)", configuration: configuration)
    try file.backup(to: self)
  }
}

/// Does what SQLite does, and names its errors as this module does.
private func connected<Result>(
  _ path: String, _ body: () throws -> Result
) throws(LibraryError) -> Result {
  do { return try body() } catch { throw LibraryError(error, path: path) }
}
