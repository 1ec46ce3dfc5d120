import GRDB

/// The model that a revision's words belong to.
package struct RevisionModel: Hashable, Sendable {
  package var name: String
  /// The model's identity: SHA-256, 64 hexadecimal digits.
  package var hash: String
  /// Identities that the same model had in earlier forms.
  package var formerHashes: [String]

  package init(name: String, hash: String, formerHashes: [String] = []) {
    (self.name, self.hash, self.formerHashes) = (name, hash, formerHashes)
  }

  /// Its name and the first digits of its identity.
  package var label: String { "\(name) \(hash.prefix(12))" }

  /// Whether a recorded model is this one, perhaps in an earlier form.
  package func isSame(as recorded: Self) -> Bool {
    hash == recorded.hash || formerHashes.contains(recorded.hash)
  }
}

extension HistoryStore {
  /// The model of the words that a document's head holds, by the path of its file, and whether a
  /// person ever edited them; nil where the store does not know the path or the model.
  package func model(
    ofPath path: String
  ) throws(HistoryError) -> (model: RevisionModel, isEdited: Bool)? {
    try read { db in
      guard let document = try db.documents(path: absolute(path)).first,
        let model = try db.model(document.id, document.head)
      else { return nil }
      return (model, try db.revisionCount(document.id) > 1)
    }
  }
}

extension DocumentHistory {
  /// The model that a revision's words belong to; nil where it was not recorded.
  package func model(of revision: Revision.ID) throws(HistoryError) -> RevisionModel? {
    try connection.read { try $0.model(document.id, revision) }
  }
}

// A row of `model` holds for its revision and all that follow, until another row does.
extension Database {
  /// The model of a revision: the one recorded at the nearest revision on the way to the first.
  func model(_ document: Int, _ number: Int) throws -> RevisionModel? {
    try row(
      """
      WITH RECURSIVE way (key, parent) AS (
        SELECT key, parent FROM revision WHERE key = ?
        UNION ALL
        SELECT revision.key, revision.parent FROM revision JOIN way ON revision.key = way.parent)
      SELECT name, hash FROM way JOIN model ON model.key = way.key ORDER BY way.key DESC LIMIT 1
      """, [RevisionKey(document, number).raw]
    ).map { RevisionModel(name: try $0.value(0), hash: try $0.value(1)) }
  }

  /// The model that was recorded at a revision itself.
  func ownModel(_ document: Int, _ number: Int) throws -> RevisionModel? {
    try row(
      "SELECT name, hash FROM model WHERE key = ?", [RevisionKey(document, number).raw]
    ).map { RevisionModel(name: try $0.value(0), hash: try $0.value(1)) }
  }

  func setModel(_ model: RevisionModel, of document: Int, _ number: Int) throws {
    try run(
      "INSERT OR REPLACE INTO model (key, document, name, hash) VALUES (?, ?, ?, ?)",
      [RevisionKey(document, number).raw, document, model.name, model.hash])
  }

  /// Records the model of the words that were just opened, where the store does not know it.
  ///
  /// Words that an earlier revision holds were that model's from the first revision on.
  func note(_ model: RevisionModel, of document: Int, at number: Int, isNew: Bool) throws {
    let known = try self.model(document, number)
    if let known, model.isSame(as: known) { return }
    guard known == nil, !isNew else { return try setModel(model, of: document, number) }
    let first = try row(
      "SELECT min(key) FROM revision WHERE key BETWEEN ? AND ?",
      [RevisionKey(document, 0).raw, RevisionKey(document, number).raw])
    guard let first else { return }
    try setModel(model, of: document, RevisionKey(raw: try first.value(0)).number)
  }
}
