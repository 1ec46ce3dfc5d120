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
  /// The pictures that hold a word, the best first: a word of an upper layer counts more, and more
  /// often is better. `layer` is 1 to 3, or nil for all three.
  package func exemplars(
    of word: Int32, at layer: Int? = nil, count: Int, encoding: PictureEncoding
  ) throws(LibraryError) -> [Exemplar] {
    precondition(layer.map { (1...UpperLayers.depth).contains($0) } ?? true)
    let filter = layer.map { "layer\($0) : " } ?? ""
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT path, words FROM word JOIN picture ON picture.id = word.rowid
          JOIN pyramid ON pyramid.picture = picture.id
          JOIN encoding ON encoding.id = picture.encoding
          WHERE word MATCH ? AND model = ? AND form = ? ORDER BY bm25 (word, 16, 4, 1), path LIMIT ?
          """,
        arguments: [
          "\(filter)\"\(encoding.vocabulary[word])\"", encoding.model, encoding.form, count,
        ])
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
}

extension PictureLibrary {
  /// The pictures of the library that hold a word, as `LibraryStore.exemplars` has them.
  package func exemplars(
    of word: Int32, at layer: Int? = nil, count: Int
  ) throws(LibraryError) -> [Exemplar] {
    try store.exemplars(of: word, at: layer, count: count, encoding: encoding)
  }
}
