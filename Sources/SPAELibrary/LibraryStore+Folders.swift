import Foundation
import GRDB
import SPAESystem

extension LibraryStore {
  /// A folder of the index in a few figures.
  package struct Folder: Hashable, Sendable {
    package let path: String
    /// The model's name and identity.
    package let model: (name: String, identity: String)
    package let pictures: Int
    package let unreadable: Int

    package static func == (a: Self, b: Self) -> Bool {
      a.path == b.path && a.model == b.model && a.pictures == b.pictures
        && a.unreadable == b.unreadable
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(path) }
  }

  /// Every folder that was indexed, with each model.
  package func folders() throws(LibraryError) -> [Folder] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT path, name, model, encoding.id FROM folder
          JOIN encoding ON encoding.id = folder.encoding ORDER BY path, encoding.id
          """)
      return try rows.map { row in
        let path = FileName.text([UInt8](try row.value(0, as: Data.self)))
        let range = PathRange(below: path)
        func count(_ table: String) throws -> Int {
          try Int.fetchOne(
            db, sql: "SELECT count(*) FROM \(table) WHERE encoding = ? AND path >= ? AND path < ?",
            arguments: [try row.value(3, as: Int64.self), range.first, range.end]) ?? 0
        }
        return Folder(
          path: path, model: (try row.value(1), try row.value(2)), pictures: try count("picture"),
          unreadable: try count("unreadable"))
      }
    }
  }

  /// Removes everything of a folder, of every model; nil where nothing was known of it.
  package func forget(_ folder: String) throws(LibraryError) -> Int? {
    try write { db in
      let range = PathRange(below: folder)
      let isKnown = try Bool.fetchOne(
        db,
        sql: """
          SELECT EXISTS (SELECT 1 FROM folder WHERE path = ?1 OR (path >= ?2 AND path < ?3))
            OR EXISTS (SELECT 1 FROM picture WHERE path >= ?2 AND path < ?3)
          """, arguments: [Data(FileName.bytes(folder)), range.first, range.end])
      return isKnown == true ? try db.forget(folder) : nil
    }
  }

  /// Whether a folder, or one that it is in, was indexed to the end with an encoding.
  package func isIndexed(
    _ folder: String, _ encoding: PictureEncoding
  ) throws(LibraryError) -> Bool {
    try read { db in
      let paths = try Data.fetchAll(
        db,
        sql: """
          SELECT path FROM folder JOIN encoding ON encoding.id = folder.encoding
          WHERE model = ? AND form = ?
          """, arguments: [encoding.model, encoding.form])
      let path = Data(FileName.bytes(folder))
      return paths.contains { known in
        path == known || path.starts(with: PathRange(below: FileName.text(known)).first)
      }
    }
  }
}
