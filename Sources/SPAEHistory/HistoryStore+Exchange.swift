import Foundation
import GRDB
import SPAEPyramid
import SPAESystem

// A history as lines of JSON: a first line that names the format, then for each document a line of
// its own and one for each revision, parents before children.

private struct FormatLine: Codable, Hashable {
  static let name = "spae history"

  var format = Self.name
  var version = 1
}

private struct DocumentLine: Codable, Hashable {
  var path: String
  var grid: GridSize
  var vocabulary: String
  var label: String
  /// Microseconds since 1970.
  var created: Int64
  var head: Int
  var saved: Int
}

private struct RevisionLine: Codable, Hashable {
  var id: Int
  var parent: Int?
  /// Microseconds since 1970.
  var time: Int64
  var verb: String
  var name: String?
  /// Where redo goes, when that is not to the newest child.
  var redo: Int?
  /// For each change the cell's index, the old and the new word.
  var changes: [[Int]]?
  /// All words, where there is no parent.
  var words: [Int32]?
  /// The model of this revision and of those that follow, where it is not the parent's.
  var model: Model?

  struct Model: Codable, Hashable {
    var name: String
    var hash: String
  }
}

extension HistoryStore {
  /// Hands out the whole store, or the documents of one path, as lines of JSON.
  ///
  /// The store waits for `body`, which must not use it.
  package func export(
    path: String? = nil, to body: (String) throws -> Void
  ) throws(HistoryError) {
    try read { db in
      let documents = try path.map { try db.documents(path: absolute($0)) } ?? db.documents()
      if let path, documents.isEmpty { throw HistoryError.document(path: path) }
      try body(try line(FormatLine()))
      for document in documents { try db.export(document, to: body) }
    }
  }

  /// Takes exported lines in, all or none; gives how many documents and revisions were new.
  ///
  /// A document that is there already must be the same revision for revision.
  @discardableResult
  package func importLines(
    _ lines: some Sequence<String>
  ) throws(HistoryError) -> (documents: Int, revisions: Int) {
    try write { db in
      var reader = LineReader()
      for line in lines { try reader.take(line, into: db) }
      return try reader.finish(in: db)
    }
  }
}

private func line(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: JSONText.escaped(try encoder.encode(value)), as: UTF8.self)
}

// MARK: Writing

extension Database {
  fileprivate func export(_ document: HistoryDocument, to body: (String) throws -> Void) throws {
    try body(try line(DocumentLine(document)))
    let keys = [RevisionKey(document.id, 0).raw, RevisionKey(document.id + 1, 0).raw - 1]
    try forEachRow(
      "SELECT key FROM revision WHERE key BETWEEN ? AND ? ORDER BY key", StatementArguments(keys)
    ) { row in
      let number = RevisionKey(raw: try row.value(0)).number
      try body(try line(try revisionLine(document.id, number)))
    }
  }

  fileprivate func revisionLine(_ document: Int, _ number: Int) throws -> RevisionLine {
    let revision = try existing(document, number)
    let trail = try row(
      "SELECT child FROM trail WHERE parent = ?", [RevisionKey(document, number).raw])
    let isFirst = revision.parent == nil
    return RevisionLine(
      id: revision.id, parent: revision.parent, time: revision.time.microseconds,
      verb: revision.verb, name: revision.name,
      redo: try trail.map { RevisionKey(raw: try $0.value(0)).number },
      changes: isFirst
        ? nil : revision.edit.changes.map { [$0.index, Int($0.old), Int($0.new)] },
      words: isFirst ? try snapshot(document, number)?.words : nil,
      model: try ownModel(document, number).map { .init(name: $0.name, hash: $0.hash) })
  }
}

extension DocumentLine {
  fileprivate init(_ document: HistoryDocument) {
    self.init(
      path: document.path, grid: document.grid, vocabulary: document.vocabulary,
      label: document.label, created: document.created.microseconds, head: document.head,
      saved: document.saved)
  }
}

// MARK: Reading

/// Takes lines in one by one, with every number checked.
private struct LineReader {
  private struct Current {
    let line: DocumentLine
    let shape: PyramidShape
    let id: Int
    let isNew: Bool
    var numbers: Set<Int> = []
    var redo: [(parent: Int, child: Int)] = []
  }

  private var number = 0
  private var current: Current?
  private var documents = 0
  private var revisions = 0

  mutating func take(_ text: String, into db: Database) throws {
    number += 1
    let bytes = Data(JSONText.readable(FileName.bytes(text)))
    if number == 1 {
      let first = try? JSONDecoder().decode(FormatLine.self, from: bytes)
      guard first == FormatLine() else { throw problem("not a history that this version knows") }
    } else if let line = try? JSONDecoder().decode(RevisionLine.self, from: bytes) {
      try take(line, into: db)
    } else if let line = try? JSONDecoder().decode(DocumentLine.self, from: bytes) {
      try close(in: db)
      try take(line, into: db)
    } else if !text.allSatisfy(\.isWhitespace) {
      throw problem("neither a document nor a revision")
    }
  }

  mutating func finish(in db: Database) throws -> (documents: Int, revisions: Int) {
    if number == 0 { throw problem("the file is empty; expected an exported history") }
    try close(in: db)
    return (documents, revisions)
  }

  private func problem(_ text: String) -> HistoryError { .exchange(line: number, problem: text) }

  private mutating func take(_ line: DocumentLine, into db: Database) throws {
    guard let shape = PyramidShape(grid: line.grid) else {
      throw problem("a grid of \(line.grid.text) cells")
    }
    let known = try db.documents(path: line.path).first {
      $0.vocabulary == line.vocabulary && $0.grid == line.grid
    }
    let id =
      try known?.id
      ?? db.insertDocument(
        path: line.path, grid: line.grid, vocabulary: line.vocabulary, label: line.label,
        created: line.created, head: line.head, saved: line.saved)
    if known == nil { documents += 1 }
    current = Current(line: line, shape: shape, id: id, isNew: known == nil)
  }

  private mutating func take(_ line: RevisionLine, into db: Database) throws {
    guard let document = current else { throw problem("a revision before its document") }
    defer { current?.numbers.insert(line.id) }
    guard document.isNew else {
      let known =
        try db.revision(document.id, line.id) == nil
        ? nil : db.revisionLine(document.id, line.id)
      guard var known else { throw conflict(document, line.id) }
      // Names and the way of redo move, and models become known: here they stay as they are.
      (known.name, known.redo, known.model) = (line.name, line.redo, line.model)
      guard known == line else { throw conflict(document, line.id) }
      return
    }
    try insert(line, document, into: db)
    revisions += 1
    if let child = line.redo { current?.redo.append((line.id, child)) }
  }

  private func conflict(_ document: Current, _ id: Int) -> HistoryError {
    problem("\(document.line.path) is in this history already, with another revision \(id)")
  }

  private func insert(_ line: RevisionLine, _ document: Current, into db: Database) throws {
    guard RevisionKey.numbers.contains(line.id), !document.numbers.contains(line.id) else {
      throw problem("revision \(line.id) cannot follow")
    }
    let (edit, pyramid) = try content(of: line, document, in: db)
    try db.insertRevision(
      RevisionKey(document.id, line.id), parent: line.parent, time: line.time, verb: line.verb,
      edit: edit, snapshot: Snapshot(pyramid))
    if let model = line.model {
      try db.setModel(
        RevisionModel(name: model.name, hash: model.hash), of: document.id, line.id)
    }
    guard let name = line.name else { return }
    try check(name: name)
    let sql = "SELECT count(*) FROM name WHERE document = ? AND name = ?"
    guard try db.row(sql, [document.id, name])?.value(0, as: Int.self) == 0 else {
      throw problem("two revisions are named '\(name)'")
    }
    try db.run(
      "INSERT INTO name (key, document, name) VALUES (?, ?, ?)",
      [RevisionKey(document.id, line.id).raw, document.id, name])
  }

  private func content(
    of line: RevisionLine, _ document: Current, in db: Database
  ) throws -> (Edit, Pyramid) {
    guard let parent = line.parent else {
      guard let pyramid = Pyramid(shape: document.shape, words: line.words ?? []) else {
        throw problem("expected \(document.shape.wordCount) words, got \(line.words?.count ?? 0)")
      }
      return (Edit(changes: []), pyramid)
    }
    guard parent < line.id, document.numbers.contains(parent),
      let origin = try db.snapshot(document.id, parent)
    else { throw problem("revision \(line.id) has no parent \(parent) before it") }
    let changes = try (line.changes ?? []).map { try change($0, document.shape) }
    let edit = Edit(changes: changes.sorted { $0.index < $1.index })
    guard let pyramid = edit.applied(to: origin) else {
      throw problem("the changes of revision \(line.id) do not fit revision \(parent)")
    }
    return (edit, pyramid)
  }

  private func change(_ numbers: [Int], _ shape: PyramidShape) throws -> Edit.Change {
    guard numbers.count == 3, (0..<shape.wordCount).contains(numbers[0]),
      let old = Int32(exactly: numbers[1]), let new = Int32(exactly: numbers[2])
    else { throw problem("a change is a cell's index, its old and its new word") }
    return Edit.Change(index: numbers[0], old: old, new: new)
  }

  /// Ends a document: what it points to must have come.
  private mutating func close(in db: Database) throws {
    guard let document = current, document.isNew else { return }
    for number in [document.line.head, document.line.saved]
    where !document.numbers.contains(number) {
      throw problem("\(document.line.path) lacks its revision \(number)")
    }
    for step in document.redo {
      guard try db.parent(document.id, step.child) == step.parent else {
        throw problem("redo leads from revision \(step.parent) to no child")
      }
      try db.setFavouriteChild(document.id, step.parent, to: step.child)
    }
    current = nil
  }
}
