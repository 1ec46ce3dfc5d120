import GRDB

/// What can be wrong with the index of pictures.
package enum LibraryError: Error, Hashable, Sendable {
  /// The file or its folder cannot be made or written.
  case unwritable(path: String, reason: String)
  case full(path: String)
  /// Another process wrote for longer than anybody waits.
  case busy(path: String)
  /// A later version of this program has written the index.
  case newer(path: String)
  /// The file is a database of another program.
  case foreign(path: String)
  case damaged(path: String, reason: String)
  case database(path: String, reason: String)
  /// A folder of pictures that cannot be listed.
  case folder(path: String, reason: String)
  /// More words than 16 bits can number.
  case vocabulary(count: Int)
}

extension LibraryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): the index cannot be written: \(reason); $XDG_STATE_HOME is where it may be"
    case .full(let path):
      "\(path): the index cannot be written: there is no space left on the device; free some"
    case .busy(let path):
      "\(path): another program has been writing to the index for ten seconds; try again"
    case .newer(let path):
      "\(path): the index was written by a newer version of this program; it is left as it is"
    case .foreign(let path):
      "\(path): this is a database, but not an index of this program; it is left as it is"
    case .damaged(let path, let reason):
      "\(path): the index is damaged: \(reason); remove the file, and 'spae index' makes it again"
    case .database(let path, let reason): "\(path): \(reason)"
    case .folder(let path, let reason): "\(path): \(reason)"
    case .vocabulary(let count):
      "the model has \(count) words; the index can number \(UpperLayers.greatestVocabulary)"
    }
  }
}

extension LibraryError {
  /// Whether reading may be possible all the same.
  var isOfWriting: Bool {
    switch self {
    case .unwritable, .full: true
    default: false
    }
  }

  /// Every error of the database becomes one of this module's here.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as LibraryError: self = error
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
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_ERROR:
      self = .damaged(path: path, reason: reason)
    default: self = .database(path: path, reason: reason)
    }
  }
}
