import GRDB
package import SPAEPyramid
import SPAESystem

/// Where the words of a document come from that is being opened.
package enum DocumentOrigin: Hashable, Sendable {
  /// A file of words, which was perhaps renamed or copied.
  case file
  /// A picture, which was perhaps renamed: it gives the words before any edit.
  case picture
  /// They were just written, so that their history begins here.
  case written
}

/// The history of the file that a file without one of its own was before, or is a copy of.
package struct FormerHistory: Hashable, Sendable {
  package let path: String
  /// Whether the other goes on having it.
  package let isCopied: Bool
}

extension HistoryStore {
  /// Whose history the one of a file of words goes on from: that of a document which held these
  /// words. Nil where the path has a history, or no document is that.
  package func formerHistory(
    of path: String, _ pyramid: Pyramid, vocabularyHash: String
  ) throws(HistoryError) -> FormerHistory? {
    let file = FoundFile(
      path: absolute(path), pyramid: pyramid, vocabulary: vocabularyHash, wordCount: nil, label: "",
      model: nil)
    return try read { db in
      guard try db.documents(path: file.path).isEmpty else { return nil }
      switch try db.formerDocument(of: file) {
      case .renamed(let document)?: return FormerHistory(path: document.path, isCopied: false)
      case .copied(let document, _)?: return FormerHistory(path: document.path, isCopied: true)
      case nil: return nil
      }
    }
  }
}

extension HistoryDocument {
  /// Whether the document holds by its name the words of a picture: it is opened again through that.
  /// Others are words that have a name of their own.
  private var isOfPicture: Bool {
    !label.contains("/")
      && FileName.label(of: path).hasPrefix(FileName.withoutEnding(label) + ".")
  }

  /// Whether nothing is left by which the document could be opened.
  fileprivate var isGone: Bool {
    guard !FileSystem.exists(path) else { return false }
    return !isOfPicture
      || FileSystem.path(labelled: label, in: FileName.folder(of: path)) == nil
  }

  /// Whether a file may be what the document was before it was renamed: a picture never was a file of
  /// words with a name of its own.
  fileprivate func mayHaveBecome(_ origin: DocumentOrigin) -> Bool {
    origin == .file || origin == .picture && isOfPicture
  }
}

/// What a file was before.
enum FormerDocument {
  case renamed(HistoryDocument)
  /// The file holds a revision of a document that is still there.
  case copied(HistoryDocument, at: Int)
}

extension Database {
  /// A document that held what a file holds: first one that is gone, then one that was edited before.
  func formerDocument(of file: FoundFile) throws -> FormerDocument? {
    guard file.origin != .written else { return nil }
    let found = try keys(content: file.snapshot.content).compactMap { key in
      try document(id: key.document).flatMap { file.isLike($0) ? ($0, key.number) : nil }
    }
    let gone = found.first { $0.0.isGone && $0.0.mayHaveBecome(file.origin) }
    if let gone { return .renamed(gone.0) }
    guard file.origin == .file else { return nil }
    let edited = try found.first { try revision($0.0.id, $0.1)?.isFound == false }
    return try edited.map { document, latest in
      let likely = try [document.head, document.saved].first {
        try holds(document.id, $0, file.snapshot.content)
      }
      return .copied(document, at: likely ?? latest)
    }
  }

  /// Gives a document without revisions those of another, with their numbers, names and trails.
  func copyRevisions(of source: Int, to target: Int) throws {
    let first = RevisionKey(source, 0).raw
    let (step, last) = (RevisionKey(target, 0).raw - first, RevisionKey(source + 1, 0).raw - 1)
    func copy(_ table: String, _ columns: String, _ values: String, by key: String) throws {
      try run(
        "INSERT INTO \(table) (\(columns)) SELECT \(values) FROM \(table)"
          + " WHERE \(key) BETWEEN ? AND ? ORDER BY \(key)", [first, last])
    }
    let rest = "time, verb, changes, snapshot, content"
    try copy(
      "revision", "key, parent, \(rest)", "key + \(step), parent + \(step), \(rest)", by: "key")
    try copy("name", "key, document, name", "key + \(step), \(target), name", by: "key")
    try copy(
      "model", "key, document, name, hash", "key + \(step), \(target), name, hash", by: "key")
    try copy("trail", "parent, child", "parent + \(step), child + \(step)", by: "parent")
  }
}

extension FoundFile {
  fileprivate func isLike(_ document: HistoryDocument) -> Bool {
    document.grid == grid && [vocabulary, ""].contains(document.vocabulary)
  }
}
