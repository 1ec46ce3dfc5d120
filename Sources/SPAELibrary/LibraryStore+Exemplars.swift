import Foundation
import GRDB
package import SPAEPyramid
import SPAESystem

/// A picture of the library that holds a word.
package struct Exemplar: Hashable, Sendable {
  package let path: String
  package let pyramid: Pyramid
  /// The positions of the word in the layer that was asked for, or in all upper layers.
  package let cells: [CellAddress]
}

extension LibraryStore {
  /// The pictures below some folders, or all, that hold a word, the best first: a word of an upper
  /// layer counts more, and more often is better. `layer` is 1 to 3, or nil for all three.
  package func exemplars(
    of word: Int32, at layer: Int? = nil, count: Int, in folders: [String] = [],
    encoding: PictureEncoding
  ) throws(LibraryError) -> [Exemplar] {
    precondition(layer.map { (1...UpperLayers.depth).contains($0) } ?? true)
    let filter = layer.map { "layer\($0) : " } ?? ""
    let below = Below(folders)
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT path, words FROM word JOIN picture ON picture.id = word.rowid
          JOIN pyramid ON pyramid.picture = picture.id
          JOIN encoding ON encoding.id = picture.encoding
          WHERE word MATCH ? AND model = ? AND form = ? AND \(below.condition)
          ORDER BY bm25 (word, 16, 4, 1), path LIMIT ?
          """,
        arguments: [
          "\(filter)\"\(encoding.vocabulary[word])\"", encoding.model, encoding.form,
        ] + below.arguments + [count])
      return try rows.map { row in
        guard let pyramid = Snapshot(bytes: try row.bytes(1)).pyramid else {
          throw LibraryError.damaged(path: path, reason: "the words of a picture are not whole")
        }
        let layers = layer.map { $0...$0 } ?? 1...UpperLayers.depth
        let cells = layers.flatMap { pyramid.shape.cells(ofLayer: $0) }
          .filter { pyramid[$0] == word }
        return Exemplar(path: FileName.text(try row.bytes(0)), pyramid: pyramid, cells: cells)
      }
    }
  }

  /// How many pictures hold a word in layers 1 to 3.
  package func pictureCount(
    holding word: Int32, encoding: PictureEncoding
  ) throws(LibraryError) -> Int {
    try read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM word JOIN picture ON picture.id = word.rowid
          JOIN encoding ON encoding.id = picture.encoding
          WHERE word MATCH ? AND model = ? AND form = ?
          """,
        arguments: ["\"\(encoding.vocabulary[word])\"", encoding.model, encoding.form]) ?? 0
    }
  }

  /// How many pictures there are below some folders, or in all.
  package func pictureCount(
    in folders: [String], encoding: PictureEncoding
  ) throws(LibraryError) -> Int {
    let below = Below(folders)
    return try read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM picture JOIN encoding ON encoding.id = picture.encoding
          WHERE model = ? AND form = ? AND \(below.condition)
          """,
        arguments: [encoding.model, encoding.form] + below.arguments) ?? 0
    }
  }
}

/// What a path must be to lie below one of some folders; without folders, anything.
private struct Below {
  let condition: String
  let arguments: StatementArguments

  init(_ folders: [String]) {
    let ranges = folders.map { PathRange(below: $0) }
    let each = "(path >= ? AND path < ?)"
    condition =
      ranges.isEmpty ? "1" : "(\(ranges.map { _ in each }.joined(separator: " OR ")))"
    arguments = StatementArguments(ranges.flatMap { [$0.first, $0.end] })
  }
}

extension PictureLibrary {
  /// The pictures of the library that hold a word, as `LibraryStore.exemplars` has them.
  package func exemplars(
    of word: Int32, at layer: Int? = nil, count: Int, in folders: [String] = []
  ) throws(LibraryError) -> [Exemplar] {
    try store.exemplars(of: word, at: layer, count: count, in: folders, encoding: encoding)
  }

  /// How many pictures of this model there are below some folders, or in all.
  package func pictureCount(in folders: [String]) throws(LibraryError) -> Int {
    try store.pictureCount(in: folders, encoding: encoding)
  }
}
