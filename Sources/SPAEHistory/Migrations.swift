import GRDB

/// The schema, as the steps that lead to it: steps are appended, and none is ever changed.
enum Migrations {
  /// "SPAE": what marks a database as a history.
  static let applicationID: Int64 = 0x5350_4145

  /// What every version has.
  static let tables: Set = ["document", "revision", "name", "trail"]

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1", migrate: v1)
    migrator.registerMigration("v2", migrate: v2)
    return migrator
  }

  /// The model of a revision and of those that follow it, until another row says otherwise.
  private static func v2(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE model (
          key INTEGER PRIMARY KEY REFERENCES revision (key), document INTEGER NOT NULL,
          name TEXT NOT NULL, hash TEXT NOT NULL);
        """)
  }

  /// Keys of revisions hold the document's number in the upper 32 bits and the revision's below.
  ///
  /// Every table has another number of columns: salvage tells rows of a damaged file by it.
  private static func v1(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        CREATE TABLE document (
          id INTEGER PRIMARY KEY, path TEXT NOT NULL, grid INTEGER NOT NULL,
          vocabulary TEXT NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL,
          head INTEGER NOT NULL, saved INTEGER NOT NULL,
          UNIQUE (path, vocabulary, grid));
        CREATE TABLE revision (
          key INTEGER PRIMARY KEY, parent INTEGER REFERENCES revision (key),
          time INTEGER NOT NULL, verb TEXT NOT NULL, changes BLOB NOT NULL,
          snapshot BLOB NOT NULL, content BLOB NOT NULL);
        CREATE INDEX revision_parent ON revision (parent);
        CREATE INDEX revision_content ON revision (content);
        CREATE TABLE name (
          key INTEGER PRIMARY KEY REFERENCES revision (key), document INTEGER NOT NULL,
          name TEXT NOT NULL, UNIQUE (document, name));
        CREATE TABLE trail (
          parent INTEGER PRIMARY KEY REFERENCES revision (key),
          child INTEGER NOT NULL REFERENCES revision (key));
        """)
  }
}
