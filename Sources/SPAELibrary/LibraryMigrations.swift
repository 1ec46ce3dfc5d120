import GRDB

/// The schema, as the steps that lead to it: steps are appended, and none is ever changed.
enum LibraryMigrations {
  /// "SPAI": what marks a database as an index of pictures.
  static let applicationID: Int64 = 0x5350_4149

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1", migrate: v1)
    migrator.registerMigration("v2", migrate: v2)
    return migrator
  }

  /// An encoding is a model's identity and how pictures become its words: rows of two encodings are
  /// never mixed. `upper` is `UpperLayers`, `words` a `Snapshot`, `vector` 8-bit numbers.
  private static func v1(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        CREATE TABLE encoding (
          id INTEGER PRIMARY KEY, model TEXT NOT NULL, name TEXT NOT NULL, form TEXT NOT NULL,
          UNIQUE (model, form));
        CREATE TABLE folder (
          encoding INTEGER NOT NULL REFERENCES encoding (id), path BLOB NOT NULL,
          PRIMARY KEY (encoding, path)) WITHOUT ROWID;
        CREATE TABLE picture (
          id INTEGER PRIMARY KEY, encoding INTEGER NOT NULL REFERENCES encoding (id),
          path BLOB NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, content BLOB NOT NULL,
          upper BLOB NOT NULL, UNIQUE (encoding, path));
        CREATE INDEX picture_content ON picture (encoding, content);
        CREATE TABLE pyramid (
          picture INTEGER PRIMARY KEY REFERENCES picture (id) ON DELETE CASCADE,
          words BLOB NOT NULL);
        CREATE TABLE meaning (
          picture INTEGER PRIMARY KEY REFERENCES picture (id) ON DELETE CASCADE,
          vector BLOB NOT NULL);
        CREATE TABLE unreadable (
          encoding INTEGER NOT NULL REFERENCES encoding (id), path BLOB NOT NULL,
          size INTEGER NOT NULL, time INTEGER NOT NULL, reason TEXT NOT NULL,
          PRIMARY KEY (encoding, path)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE word USING fts5 (layer1, layer2, layer3, tokenize = 'ascii');
        """)
  }

  /// Pictures are seen whole since; nothing asks for their middle squares any more.
  private static func v2(_ db: Database) throws {
    let old = "SELECT id FROM encoding WHERE form LIKE '% crop'"
    try db.execute(
      sql: """
        DELETE FROM word WHERE rowid IN (SELECT id FROM picture WHERE encoding IN (\(old)));
        DELETE FROM pyramid WHERE picture IN (SELECT id FROM picture WHERE encoding IN (\(old)));
        DELETE FROM meaning WHERE picture IN (SELECT id FROM picture WHERE encoding IN (\(old)));
        DELETE FROM picture WHERE encoding IN (\(old));
        DELETE FROM unreadable WHERE encoding IN (\(old));
        DELETE FROM folder WHERE encoding IN (\(old));
        DELETE FROM encoding WHERE form LIKE '% crop';
        """)
  }
}
