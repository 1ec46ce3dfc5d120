import Foundation
import GRDB
import SPAEPyramid
import SPAESystem

// A document's rows when its file is opened.

/// What a file holds that is being opened.
struct FoundFile {
  let path: String
  let pyramid: Pyramid
  let vocabulary: String
  let wordCount: Int?
  let label: String
  let model: RevisionModel?
  var origin = DocumentOrigin.file

  var snapshot: Snapshot { Snapshot(pyramid) }
  var grid: GridSize { pyramid.shape.grid }
}

extension Database {
  func document(
    of file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    let known = try documents(path: file.path).first {
      $0.vocabulary == file.vocabulary && $0.grid == file.grid
    }
    if let known { return try compare(try labelled(known, file), with: file, time: time) }
    switch try formerDocument(of: file) {
    case .renamed(let former)?: return try move(former, to: file, time: time)
    case .copied(let former, let number)?:
      return try copy(former, at: number, to: file, time: time)
    case nil: break
    }
    let document = try begin(file, time: time)
    if let model = file.model { try note(model, of: document.id, at: 1, isNew: true) }
    return (document, .new)
  }

  private func begin(_ file: FoundFile, time: Int64) throws -> HistoryDocument {
    let id = try insertDocument(
      path: file.path, grid: file.grid, vocabulary: file.vocabulary, label: file.label,
      created: time, head: 1, saved: 1)
    try insertRevision(
      RevisionKey(id, 1), parent: nil, time: time, verb: "open", edit: Edit(changes: []),
      snapshot: file.snapshot)
    return try existing(id)
  }

  private func move(
    _ document: HistoryDocument, to file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    try run(
      "UPDATE document SET path = ?, vocabulary = ?, label = ? WHERE id = ?",
      [file.path, file.vocabulary, file.label, document.id])
    let (moved, opening) = try compare(try existing(document.id), with: file, time: time)
    return (moved, opening == .same ? .renamed(from: document.path) : opening)
  }

  private func copy(
    _ document: HistoryDocument, at number: Int, to file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    let id = try insertDocument(
      path: file.path, grid: file.grid, vocabulary: file.vocabulary, label: file.label,
      created: time, head: number, saved: number)
    try copyRevisions(of: document.id, to: id)
    let (copy, opening) = try compare(try existing(id), with: file, time: time)
    return (copy, opening == .same ? .copied(from: document.path) : opening)
  }

  /// The document of a picture, with the name that the picture has now: by that it is looked for.
  private func labelled(
    _ document: HistoryDocument, _ file: FoundFile
  ) throws -> HistoryDocument {
    guard file.origin == .picture, document.label != file.label else { return document }
    try run("UPDATE document SET label = ? WHERE id = ?", [file.label, document.id])
    return try existing(document.id)
  }

  /// Tells whether the file holds the head, an earlier state, or something new.
  private func compare(
    _ document: HistoryDocument, with file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    let content = file.snapshot.content
    let marked = try [document.head, document.saved].first {
      try holds(document.id, $0, content)
    }
    let held = try marked ?? latestAncestor(document.id, of: document.head, holding: content)
    guard let held else { return try takeOutsideChange(document, file, time: time) }
    // A picture always gives the words before any edit.
    let isSetBack =
      try file.origin != .picture && held != document.head
      && isBefore(held, document.saved, of: document.id)
    // A picture says nothing of what the file of its words holds.
    let isWords = file.origin != .picture || !FileSystem.exists(document.path)
    if isWords, held != document.saved { try setSaved(held, of: document.id) }
    if isSetBack { try setHead(held, of: document.id) }
    if let model = file.model { try note(model, of: document.id, at: held, isNew: false) }
    let opening: Opening =
      if isSetBack {
        .setBack(from: try existing(document.id, document.head))
      } else if held == document.head {
        .same
      } else {
        .recovered(saved: try existing(document.id, held))
      }
    return (try existing(document.id), opening)
  }

  /// Whether a revision is one of those that another was made from.
  private func isBefore(_ number: Int, _ other: Int, of document: Int) throws -> Bool {
    try number != other && commonAncestor(document, number, other) == number
  }

  private func takeOutsideChange(
    _ document: HistoryDocument, _ file: FoundFile, time: Int64
  ) throws -> (HistoryDocument, Opening) {
    guard let head = try snapshot(document.id, document.head) else {
      throw HistoryError.damaged(path: "", reason: "the head of \(document.path) is missing")
    }
    let before = try model(document.id, document.head)
    let isOther = if let before, let now = file.model { !now.isSame(as: before) } else { false }
    let number = try append(
      to: document.id, parent: document.head, time: time,
      verb: isOther ? "another model" : "outside change",
      edit: Edit(from: head, to: file.pyramid), snapshot: file.snapshot)
    try setHead(number, of: document.id)
    try setSaved(number, of: document.id)
    if let model = file.model { try note(model, of: document.id, at: number, isNew: true) }
    let revision = try existing(document.id, number)
    return (try existing(document.id), isOther ? .otherModel(revision) : .changedOutside(revision))
  }

  /// Adds a revision as its document's latest; gives its number.
  func append(
    to document: Int, parent: Int, time: Int64, verb: String, edit: Edit, snapshot: Snapshot
  ) throws -> Int {
    let number = try lastNumber(document) + 1
    try insertRevision(
      RevisionKey(document, number), parent: parent, time: time, verb: verb, edit: edit,
      snapshot: snapshot)
    try setFavouriteChild(document, parent, to: number)
    return number
  }

  func existing(_ id: Int) throws -> HistoryDocument {
    guard let document = try document(id: id) else {
      throw HistoryError.damaged(path: "", reason: "document \(id) is missing")
    }
    return document
  }

  /// A revision that must be there.
  func existing(_ document: Int, _ number: Int) throws -> Revision {
    guard let revision = try revision(document, number) else {
      throw HistoryError.damaged(path: "", reason: "revision \(number) is missing")
    }
    return revision
  }
}
