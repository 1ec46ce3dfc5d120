import Foundation
import GRDB
import SPAEPyramid
import SPAESystem

// The rows of pictures. Values are read by their type: a damaged file may hold anything anywhere.

extension Row {
  func value<Value: DatabaseValueConvertible>(
    _ column: Int, as type: Value.Type = Value.self
  ) throws -> Value {
    guard column < count, let value = Value.fromDatabaseValue(self[column] as DatabaseValue) else {
      throw LibraryError.damaged(path: "", reason: "a row holds what it cannot hold")
    }
    return value
  }

  func bytes(_ column: Int) throws -> [UInt8] { try [UInt8](value(column, as: Data.self)) }

  func upper(_ column: Int) throws -> UpperLayers {
    guard let upper = UpperLayers(bytes: try bytes(column)) else {
      throw LibraryError.damaged(path: "", reason: "the words of a picture are not whole")
    }
    return upper
  }
}

/// Everything below a folder, as a range of the bytes of paths.
struct PathRange {
  let first: Data
  let end: Data

  init(below folder: String) {
    let bytes = folder == "/" ? [] : FileName.bytes(folder)
    first = Data(bytes + [UInt8(ascii: "/")])
    end = Data(bytes + [UInt8(ascii: "/") + 1])
  }
}

extension Database {
  /// The number of an encoding, which is made where there is none.
  func number(of encoding: PictureEncoding) throws -> Int64 {
    let sql = "SELECT id FROM encoding WHERE model = ? AND form = ?"
    let key: StatementArguments = [encoding.model, encoding.form]
    if let id = try Int64.fetchOne(self, sql: sql, arguments: key) { return id }
    try execute(
      sql: "INSERT INTO encoding (model, form, name) VALUES (?, ?, ?)",
      arguments: [encoding.model, encoding.form, encoding.name])
    return lastInsertedRowID
  }

  /// The states of the files below a folder that have words, and of those that cannot be read.
  func states(_ encoding: Int64, below folder: String) throws -> FileStates {
    let range = PathRange(below: folder)
    let below = "WHERE encoding = ? AND path >= ? AND path < ?"
    let arguments: StatementArguments = [encoding, range.first, range.end]
    var states = FileStates()
    let pictures = try Row.fetchCursor(
      self, sql: "SELECT path, size, time FROM picture \(below)", arguments: arguments)
    while let row = try pictures.next() {
      states.known[try row.value(0)] = FileState(
        size: try row.value(1), time: try row.value(2))
    }
    states.unreadable = try Data.fetchSet(
      self, sql: "SELECT path FROM unreadable \(below)", arguments: arguments)
    return states
  }

  /// The same for single files.
  func states(_ encoding: Int64, of paths: [String]) throws -> FileStates {
    let pictures = try cachedStatement(
      sql: "SELECT size, time FROM picture WHERE encoding = ? AND path = ?")
    let unreadable = try cachedStatement(
      sql: "SELECT EXISTS (SELECT 1 FROM unreadable WHERE encoding = ? AND path = ?)")
    var states = FileStates()
    for path in paths {
      let name = Data(FileName.bytes(path))
      if let row = try Row.fetchOne(pictures, arguments: [encoding, name]) {
        states.known[name] = FileState(size: try row.value(0), time: try row.value(1))
      }
      if try Bool.fetchOne(unreadable, arguments: [encoding, name]) == true {
        states.unreadable.insert(name)
      }
    }
    return states
  }

  /// What a picture with the same bytes has become, wherever it is.
  func picture(_ encoding: Int64, content: Data) throws -> EncodedPicture? {
    let row = try Row.fetchOne(
      try cachedStatement(
        sql: """
          SELECT upper, words, vector FROM picture JOIN pyramid ON pyramid.picture = picture.id
          JOIN meaning ON meaning.picture = picture.id WHERE encoding = ? AND content = ? LIMIT 1
          """), arguments: [encoding, content])
    guard let row else { return nil }
    guard let pyramid = Snapshot(bytes: try row.bytes(1)).pyramid else { return nil }
    return EncodedPicture(
      pyramid: pyramid, upper: try row.upper(0),
      meaning: try row.bytes(2).map { Int8(bitPattern: $0) })
  }

  /// Puts a picture's words in the place of what its path had.
  func put(
    _ picture: EncodedPicture, at path: Data, _ state: FileState, content: Data,
    _ encoding: Int64, _ vocabulary: Vocabulary
  ) throws {
    try remove(path, encoding)
    try cachedStatement(
      sql: """
        INSERT INTO picture (encoding, path, size, time, content, upper) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        encoding, path, state.size, state.time, content, Data(picture.upper.bytes),
      ])
    let id = lastInsertedRowID
    try cachedStatement(sql: "INSERT INTO pyramid (picture, words) VALUES (?, ?)")
      .execute(arguments: [id, Data(Snapshot(picture.pyramid).bytes)])
    try cachedStatement(sql: "INSERT INTO meaning (picture, vector) VALUES (?, ?)")
      .execute(arguments: [id, Data(picture.meaning.map { UInt8(bitPattern: $0) })])
    let words = (1...UpperLayers.depth).map { layer in
      picture.upper.words(ofLayer: layer).map { vocabulary[$0] }.joined(separator: " ")
    }
    try cachedStatement(sql: "INSERT INTO word (rowid, layer1, layer2, layer3) VALUES (?, ?, ?, ?)")
      .execute(arguments: [id, words[0], words[1], words[2]])
  }

  /// Keeps why a file has no words.
  func put(unreadable path: Data, _ state: FileState, reason: String, _ encoding: Int64) throws {
    try remove(path, encoding)
    try cachedStatement(
      sql: "INSERT INTO unreadable (encoding, path, size, time, reason) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [encoding, path, state.size, state.time, reason])
  }

  /// Removes what is known of one path.
  func remove(_ path: Data, _ encoding: Int64) throws {
    let arguments: StatementArguments = [encoding, path]
    try cachedStatement(
      sql: """
        DELETE FROM word WHERE rowid IN (SELECT id FROM picture WHERE encoding = ? AND path = ?)
        """
    ).execute(arguments: arguments)
    try cachedStatement(sql: "DELETE FROM picture WHERE encoding = ? AND path = ?")
      .execute(arguments: arguments)
    try cachedStatement(sql: "DELETE FROM unreadable WHERE encoding = ? AND path = ?")
      .execute(arguments: arguments)
  }

  /// Removes everything below a folder, of every encoding; gives the number of pictures.
  func forget(_ folder: String) throws -> Int {
    let range = PathRange(below: folder)
    let below: StatementArguments = [range.first, range.end]
    try execute(
      sql: """
        DELETE FROM word WHERE rowid IN (SELECT id FROM picture WHERE path >= ? AND path < ?)
        """, arguments: below)
    try execute(sql: "DELETE FROM picture WHERE path >= ? AND path < ?", arguments: below)
    let count = changesCount
    try execute(sql: "DELETE FROM unreadable WHERE path >= ? AND path < ?", arguments: below)
    try execute(
      sql: "DELETE FROM folder WHERE path = ? OR (path >= ? AND path < ?)",
      arguments: [Data(FileName.bytes(folder)), range.first, range.end])
    return count
  }
}
