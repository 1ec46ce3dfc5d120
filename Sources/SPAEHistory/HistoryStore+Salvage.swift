import Foundation
import GRDB
import SPAEPyramid
import SPAESystem

/// What was saved of a damaged store.
package struct Salvage: Hashable, Sendable {
  /// Where the damaged file lies now, with what was beside it: nothing of it is deleted.
  package let damagedPath: String
  package let documents: Int
  package let revisions: Int
  /// Revisions that were found but are not whole.
  package let broken: Int
}

extension Salvage: CustomStringConvertible {
  package var description: String {
    "the history was damaged and lies in \(damagedPath); "
      + "\(revisions.counted("revision")) of \(documents.counted("document"))"
      + " \(revisions == 1 ? "was" : "were") saved, \(broken) \(broken == 1 ? "was" : "were") incomplete"
  }
}

/// Sets the file aside and makes a new store of what can be read of it.
func salvaged(_ path: String) throws(HistoryError) -> (queue: DatabaseQueue, salvage: Salvage) {
  let aside = try StoreFile.setAside(path)
  let remains = Remains(
    PageCarver(file: StoreFile.bytes(aside), log: StoreFile.bytes(aside + "-wal")))
  try StoreFile.prepare(path)
  let queue = try openedQueue(path)
  return try connected(path) {
    try queue.inTransaction(.immediate) { db in
      try remains.write(to: db)
      return .commit
    }
    let salvage = Salvage(
      damagedPath: aside, documents: remains.documentNumbers.count,
      revisions: remains.revisions.count, broken: remains.broken.count)
    return (queue, salvage)
  }
}

/// The rows of a damaged store that can be told from noise.
private struct Remains {
  struct Document {
    let path: String
    let grid: GridSize
    let vocabulary: String
    let label: String
    let created: Int64
    let head: Int
    let saved: Int
  }

  struct State {
    let parent: Int64?
    let time: Int64
    let verb: String
    var snapshot: Snapshot
  }

  /// A revision whose snapshot is not what its content says.
  struct Broken {
    var state: State
    let changes: [UInt8]
    let content: [UInt8]
  }

  private(set) var revisions: [Int64: State] = [:]
  private(set) var broken: [Int64: Broken] = [:]
  private var documents: [Int: Document] = [:]
  private var names: [Int64: String] = [:]
  private var models: [Int64: RevisionModel] = [:]
  private var trail: [Int64: Int64] = [:]

  init(_ carver: PageCarver) {
    carver.forEachRow { row in
      // The tables differ in their number of columns.
      switch row.values.count {
      case 2: takeTrail(row)
      case 3: takeName(row)
      case 4: takeModel(row)
      case 7: takeRevision(row)
      case 8: takeDocument(row)
      default: break
      }
    }
    for key in broken.keys.sorted() { mend(key) }
  }

  /// The documents that revisions are left of.
  var documentNumbers: [Int] {
    Set(revisions.keys.map { RevisionKey(raw: $0).document }).sorted()
  }

  private mutating func takeTrail(_ row: PageCarver.Row) {
    if case .integer(let child) = row.values[1] { trail[row.id] = child }
  }

  private mutating func takeName(_ row: PageCarver.Row) {
    if case .text(let name) = row.values[2] { names[row.id] = name }
  }

  private mutating func takeModel(_ row: PageCarver.Row) {
    if case .text(let name) = row.values[2], case .text(let hash) = row.values[3] {
      models[row.id] = RevisionModel(name: name, hash: hash)
    }
  }

  private mutating func takeDocument(_ row: PageCarver.Row) {
    let values = row.values
    guard case .text(let path) = values[1], case .integer(let grid) = values[2],
      case .text(let vocabulary) = values[3], case .text(let label) = values[4],
      case .integer(let created) = values[5], case .integer(let head) = values[6],
      case .integer(let saved) = values[7], let number = Int(exactly: grid),
      PyramidShape(grid: GridSize(number: number)) != nil, isKey(row.id << 32 | 1)
    else { return }
    documents[Int(row.id)] = Document(
      path: path, grid: GridSize(number: number), vocabulary: vocabulary, label: label,
      created: created, head: Int(head), saved: Int(saved))
  }

  private mutating func takeRevision(_ row: PageCarver.Row) {
    guard isKey(row.id), case .integer(let time) = row.values[2],
      case .text(let verb) = row.values[3], case .blob(let changes) = row.values[4],
      case .blob(let bytes) = row.values[5], case .blob(let content) = row.values[6]
    else { return }
    var parent: Int64?
    if case .integer(let key) = row.values[1] { parent = key }
    let snapshot = Snapshot(bytes: bytes)
    let state = State(parent: parent, time: time, verb: verb, snapshot: snapshot)
    if snapshot.content == content, snapshot.pyramid != nil {
      revisions[row.id] = state
    } else {
      broken[row.id] = Broken(state: state, changes: changes, content: content)
    }
  }

  /// Makes a broken snapshot again from its parent's and the edit, where those are whole.
  private mutating func mend(_ key: Int64) {
    guard var revision = broken[key], revisions[key] == nil else {
      broken[key] = nil
      return
    }
    let origin = revision.state.parent.flatMap { revisions[$0]?.snapshot.pyramid }
    guard let origin, let edit = Edit(bytes: revision.changes),
      let pyramid = edit.applied(to: origin)
    else { return }
    revision.state.snapshot = Snapshot(pyramid)
    guard revision.state.snapshot.content == revision.content else { return }
    revisions[key] = revision.state
    broken[key] = nil
  }

  private func isKey(_ raw: Int64) -> Bool {
    let key = RevisionKey(raw: raw)
    return RevisionKey.numbers.contains(key.document) && RevisionKey.numbers.contains(key.number)
  }
}

// MARK: Writing

extension Remains {
  func write(to db: Database) throws {
    let documents = Dictionary(grouping: revisions.keys.sorted()) { RevisionKey(raw: $0).document }
    for (number, keys) in documents.sorted(by: { $0.key < $1.key }) {
      try write(number, keys, to: db)
    }
  }

  /// Writes a document's revisions under their old numbers; one whose parent is gone follows the
  /// one before it.
  private func write(_ old: Int, _ all: [Int64], to db: Database) throws {
    let grid = documents[old]?.grid ?? revisions[all[0]]?.snapshot.pyramid?.shape.grid
    let keys = all.filter { revisions[$0]?.snapshot.pyramid?.shape.grid == grid }
    guard let grid, let last = keys.last else { return }
    let id = try insert(old, grid: grid, numbers: keys.map { RevisionKey(raw: $0).number }, to: db)
    var before: Int64?
    for key in keys {
      guard let state = revisions[key], let pyramid = state.snapshot.pyramid else { continue }
      let parent =
        state.parent.flatMap { $0 < key && keys.contains(sorted: $0) ? $0 : nil } ?? before
      let origin = parent.flatMap { revisions[$0]?.snapshot.pyramid }
      try db.insertRevision(
        RevisionKey(id, RevisionKey(raw: key).number),
        parent: parent.map { RevisionKey(raw: $0).number }, time: state.time, verb: state.verb,
        edit: origin.map { Edit(from: $0, to: pyramid) } ?? Edit(changes: []),
        snapshot: state.snapshot)
      before = key
    }
    precondition(last == before)
    try writeMarks(keys, id, to: db)
  }

  private func insert(
    _ old: Int, grid: GridSize, numbers: [Int], to db: Database
  ) throws -> Int {
    let known = documents[old]
    func surviving(_ number: Int?) -> Int {
      number.flatMap { numbers.contains(sorted: $0) ? $0 : nil } ?? numbers[numbers.count - 1]
    }
    var path = known?.path ?? "/document-\(old)-of-a-damaged-history"
    while try !db.documents(path: path).isEmpty { path += "-again" }
    return try db.insertDocument(
      path: path, grid: grid, vocabulary: known?.vocabulary ?? "", label: known?.label ?? "",
      created: known?.created ?? revisions.values.map(\.time).min() ?? 0,
      head: surviving(known?.head), saved: surviving(known?.saved))
  }

  private func writeMarks(_ keys: [Int64], _ id: Int, to db: Database) throws {
    for key in keys {
      let number = RevisionKey(raw: key).number
      if let name = names[key] {
        try db.run(
          "INSERT OR IGNORE INTO name (key, document, name) VALUES (?, ?, ?)",
          [RevisionKey(id, number).raw, id, name])
      }
      if let model = models[key] { try db.setModel(model, of: id, number) }
      let child = trail[key].map { RevisionKey(id, RevisionKey(raw: $0).number) }
      if let child, try db.parent(id, child.number) == number {
        try db.setFavouriteChild(id, number, to: child.number)
      }
    }
  }
}

extension [Int64] {
  fileprivate func contains(sorted value: Int64) -> Bool { search(self, value) }
}

extension [Int] {
  fileprivate func contains(sorted value: Int) -> Bool { search(self, value) }
}

/// Whether a sorted array holds a value.
private func search<Value: Comparable>(_ values: [Value], _ value: Value) -> Bool {
  var (low, high) = (0, values.count)
  while low < high {
    let middle = (low + high) / 2
    if values[middle] < value { low = middle + 1 } else { high = middle }
  }
  return low < values.count && values[low] == value
}
