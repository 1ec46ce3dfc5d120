import Foundation
import GRDB
package import SPAEPyramid
import SPAESystem

/// A picture of the index without its lower layers.
package struct IndexedPicture: Hashable, Sendable {
  package let path: String
  /// When the file was changed, in nanoseconds since 1970.
  package let time: Int64
  package let upper: UpperLayers
}

extension LibraryStore {
  /// The pictures below a folder, in no order.
  package func pictures(
    below folder: String, encoding: PictureEncoding
  ) throws(LibraryError) -> [IndexedPicture] {
    try read { db in
      guard let number = try db.knownNumber(of: encoding) else { return [] }
      let range = PathRange(below: folder)
      let rows = try Row.fetchCursor(
        db,
        sql: "SELECT path, time, upper FROM picture WHERE encoding = ? AND path >= ? AND path < ?",
        arguments: [number, range.first, range.end])
      var pictures: [IndexedPicture] = []
      while let row = try rows.next() { pictures.append(try IndexedPicture(row)) }
      return pictures
    }
  }

  /// Those of some files that the index has.
  package func pictures(
    at paths: [String], encoding: PictureEncoding
  ) throws(LibraryError) -> [IndexedPicture] {
    try read { db in
      guard let number = try db.knownNumber(of: encoding) else { return [] }
      let statement = try db.cachedStatement(
        sql: "SELECT path, time, upper FROM picture WHERE encoding = ? AND path = ?")
      return try paths.compactMap { path in
        try Row.fetchOne(statement, arguments: [number, Data(FileName.bytes(path))])
          .map { try IndexedPicture($0) }
      }
    }
  }

  /// The files below a folder that could not be read, and why.
  package func unreadable(
    below folder: String, encoding: PictureEncoding
  ) throws(LibraryError) -> [(path: String, reason: String)] {
    try read { db in
      guard let number = try db.knownNumber(of: encoding) else { return [] }
      let range = PathRange(below: folder)
      return try Row.fetchAll(
        db,
        sql: "SELECT path, reason FROM unreadable WHERE encoding = ? AND path >= ? AND path < ?",
        arguments: [number, range.first, range.end]
      ).map { (FileName.text(try $0.bytes(0)), try $0.value(1)) }
    }
  }

  /// All words of a picture; nil where the index does not have it.
  package func pyramid(
    at path: String, encoding: PictureEncoding
  ) throws(LibraryError) -> Pyramid? {
    try read { db in
      guard let row = try db.row(of: path, "pyramid", "words", encoding) else { return nil }
      guard let pyramid = Snapshot(bytes: try row.bytes(0)).pyramid,
        pyramid.words.allSatisfy({ $0 >= 0 && $0 < encoding.vocabulary.count })
      else {
        throw LibraryError.damaged(path: self.path, reason: "the words of a picture are not whole")
      }
      return pyramid
    }
  }

  /// The direction of a picture's meaning; nil where the index does not have it.
  package func meaning(
    at path: String, encoding: PictureEncoding
  ) throws(LibraryError) -> [Int8]? {
    try read { db in
      try db.row(of: path, "meaning", "vector", encoding).map {
        try $0.bytes(0).map { Int8(bitPattern: $0) }
      }
    }
  }
}

extension IndexedPicture {
  fileprivate init(_ row: Row) throws {
    path = FileName.text(try row.bytes(0))
    time = try row.value(1)
    upper = try row.upper(2)
  }
}

extension Database {
  /// The number of an encoding; nil where nothing was indexed with it.
  fileprivate func knownNumber(of encoding: PictureEncoding) throws -> Int64? {
    try Int64.fetchOne(
      self, sql: "SELECT id FROM encoding WHERE model = ? AND form = ?",
      arguments: [encoding.model, encoding.form])
  }

  /// A column of a table that has a row for each picture.
  fileprivate func row(
    of path: String, _ table: String, _ column: String, _ encoding: PictureEncoding
  ) throws -> Row? {
    guard let number = try knownNumber(of: encoding) else { return nil }
    return try Row.fetchOne(
      try cachedStatement(
        sql: """
          SELECT \(column) FROM picture JOIN \(table) ON \(table).picture = picture.id
          WHERE encoding = ? AND path = ?
          """), arguments: [number, Data(FileName.bytes(path))])
  }
}

extension UpperLayers {
  /// The numbers of its words, those that stand for most of the picture first.
  ///
  /// Each layer counts as much as the others, shared between its positions.
  package var weightiest: [Int32] {
    var (weights, first): ([Int32: Float], [Int32: Int]) = ([:], [:])
    for layer in 1...Self.depth {
      let words = words(ofLayer: layer)
      for (position, word) in zip(words.indices, words) {
        weights[word, default: 0] += 1 / Float(words.count)
        if first[word] == nil { first[word] = position }
      }
    }
    return weights.keys.sorted { a, b in
      let (one, other) = (weights[a] ?? 0, weights[b] ?? 0)
      return one == other ? first[a] ?? 0 < first[b] ?? 0 : one > other
    }
  }
}
