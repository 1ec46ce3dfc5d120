import GRDB
package import SPAEPyramid

/// What can be wrong with a history store, or with what is asked of it.
package enum HistoryError: Error, Hashable, Sendable {
  /// The file or its folder cannot be made or written.
  case unwritable(path: String, reason: String)
  case full(path: String)
  /// Another process wrote for longer than anybody waits.
  case busy(path: String)
  /// Another process holds the store, and what is asked needs it alone.
  case inUse(path: String)
  /// A later version of this program has written the store.
  case newer(path: String, migrations: [String])
  /// The file is a database of another program.
  case foreign(path: String)
  case damaged(path: String, reason: String)
  case database(path: String, reason: String)
  case document(path: String)
  case revision(Int, document: String)
  case name(String)
  /// A pyramid of another shape than its document's.
  case grid(GridSize, expected: GridSize)
  /// A word that the vocabulary does not have.
  case word(Int32, vocabulary: Int)
  /// A line of an exported history, counted from 1.
  case exchange(line: Int, problem: String)
}

extension HistoryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): the history cannot be written: \(reason); \(Self.remedy)"
    case .full(let path):
      "\(path): the history cannot be written: there is no space left on the device;"
        + " free some, or \(Self.remedy)"
    case .busy(let path):
      "\(path): another program has been writing to the history for ten seconds; try again"
    case .inUse(let path):
      "\(path): another program has the history open; close it first"
    case .newer(let path, let migrations):
      "\(path): the history was written by a newer version of this program"
        + " (it knows \(migrations.joined(separator: ", "))); it is left as it is"
    case .foreign(let path):
      "\(path): this is a database, but not a history of this program; it is left as it is"
    case .damaged(let path, let reason):
      "\(path): the history is damaged: \(reason)"
    case .database(let path, let reason):
      "\(path): \(reason)"
    case .document(let path):
      "\(path): the history knows no such document; spae history list tells which it knows"
    case .revision(let id, let document):
      "\(document): there is no revision \(id); spae history tree tells which there are"
    case .name(let name):
      "'\(name)' cannot name a revision; a name has 1 to 80 characters, and not digits alone"
    case .grid(let grid, let expected):
      "a pyramid over a grid of \(grid.text) cells cannot follow one over \(expected.text)"
    case .word(let word, let vocabulary):
      "the history holds word number \(word), and the vocabulary has \(vocabulary) words"
    case .exchange(let line, let problem):
      "line \(line): \(problem)"
    }
  }
}

extension HistoryError {
  private static let remedy = "name another file, or none, with --history"

  /// Why nothing can be written; nil for an error of another kind.
  package var obstacle: String? {
    switch self {
    case .unwritable(let path, let reason): "\(path): \(reason)"
    case .full(let path): "\(path): no space is left on the device"
    default: nil
    }
  }

  /// Every error of the database becomes one of this module's here.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as HistoryError: self = error
    case let error as DatabaseError: self.init(error, path: path)
    case is RowDecodingError: self = .damaged(path: path, reason: "a row holds what it cannot hold")
    default: self = .database(path: path, reason: "\(error)")
    }
  }

  private init(_ error: DatabaseError, path: String) {
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    case .SQLITE_IOERR:
      self = .unwritable(path: path, reason: "the device or a limit on files refused (\(reason))")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      self = .unwritable(path: path, reason: reason)
    // No statement of ours breaks a rule of the schema, unless an index is not what it was.
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT:
      self = .damaged(path: path, reason: reason)
    default: self = .database(path: path, reason: reason)
    }
  }
}
