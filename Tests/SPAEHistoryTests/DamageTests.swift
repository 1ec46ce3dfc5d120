import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

@Suite struct ADamagedStore {
  private static let revisions = 60

  /// The bytes of a store with two documents and branches, all of it in the file.
  private func whole() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try fill(try HistoryStore(folder("h.db")))
    return try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder("h.db"))))
  }

  private func fill(_ store: HistoryStore) throws {
    for (path, word) in [("/a.spae", 0), ("/b.spae", 1)] as [(String, Int32)] {
      let history = try store.open(path, try pyramid([100: word]))
      for step in 1..<Self.revisions / 2 {
        if step % 7 == 0 { try history.jump(to: step / 2) }
        try history.change(step, to: Int32(step * 500))
      }
      try history.name(3, "castle")
    }
  }

  private func write(_ bytes: some Sequence<UInt8>, _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test("is set aside as it was, and a new one begun", arguments: 0..<12)
  func random(seed: Int) throws {
    let folder = try TemporaryFolder()
    var dice = Dice(seed: UInt64(seed))
    let count = [2, 15, 16, 99, 100, 511, 512, 4096, 5000, 8192, 40_000, 123_456][seed]
    var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
    if seed.isMultiple(of: 2) {
      bytes.replaceSubrange(0..<min(16, count), with: Array("SQLite format 3\0".utf8).prefix(count))
    }
    try write(bytes, folder("h.db"))
    let store = try HistoryStore(folder("h.db"))
    let salvage = try #require(store.salvage)
    #expect(salvage.revisions == 0)
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: salvage.damagedPath))) == bytes)
    try store.open(try pyramid()).change(1, to: 1)
    #expect(try store.check() == HistoryCheck(documents: 1, revisions: 2))
  }

  @Test("that was cut short gives back the revisions in what is left")
  func truncated() throws {
    let bytes = try whole()
    var saved: [Int] = []
    for count in stride(from: 512, to: bytes.count, by: 512) {
      let folder = try TemporaryFolder()
      try write(bytes.prefix(count), folder("h.db"))
      let store = try HistoryStore(folder("h.db"))
      // SQLite itself misses less than a page only when it looks.
      if store.salvage == nil, try isFaulty(store) { try store.setAside() }
      let check = try store.check()
      #expect(check.problems == [], "cut to \(count)")
      saved.append(check.revisions)
      _ = try store.open(try pyramid())
    }
    #expect(saved.last ?? 0 >= Self.revisions / 2)
    #expect(saved.first == 0)
  }

  @Test("gives back what lies outside of an overwritten page, whichever it is")
  func overwritten() throws {
    let bytes = try whole()
    var dice = Dice(seed: 3)
    for page in 0..<bytes.count / 4096 {
      let folder = try TemporaryFolder()
      var damaged = bytes
      for index in page * 4096..<(page + 1) * 4096 {
        damaged[index] = UInt8.random(in: 0...255, using: &dice)
      }
      try write(damaged, folder("h.db"))
      let store = try HistoryStore(folder("h.db"))
      if store.salvage == nil, try isFaulty(store) { try store.setAside() }
      let check = try store.check()
      #expect(check.problems == [], "page \(page)")
      // A page holds at most a few dozen revisions of this size.
      #expect(check.revisions >= Self.revisions / 2, "page \(page)")
      for path in ["/a.spae", "/b.spae"] { try store.open(path, try pyramid()).change(1, to: 7) }
      #expect(try store.check().problems == [], "page \(page)")
    }
  }

  private func isFaulty(_ store: HistoryStore) throws -> Bool {
    do { return try !store.check().problems.isEmpty } catch HistoryError.damaged { return true }
  }

  @Test("with bytes changed here and there is whole again after salvage", arguments: 0..<60)
  func changedBytes(seed: Int) throws {
    var (bytes, dice) = (try whole(), Dice(seed: UInt64(seed)))
    let limit = seed.isMultiple(of: 2) ? 4096 : bytes.count
    for _ in 0..<(1 << (seed % 6)) {
      bytes[Int.random(in: 0..<limit, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
    }
    let folder = try TemporaryFolder()
    try write(bytes, folder("h.db"))
    let store: HistoryStore
    do {
      store = try HistoryStore(folder("h.db"))
    } catch HistoryError.newer {
      return  // The damage hit the name of the migration: nobody can tell.
    }
    if store.salvage == nil, try isFaulty(store) { try store.setAside() }
    let check = try store.check()
    #expect(check.problems == [])
    #expect(check.revisions >= Self.revisions / 2)
    for path in ["/a.spae", "/b.spae"] { try store.open(path, try pyramid()).change(1, to: 7) }
    #expect(try store.check().problems == [])
  }

  @Test("makes a snapshot again from the one before it and the edit")
  func mended() throws {
    let folder = try TemporaryFolder()
    try fill(try HistoryStore(folder("h.db")))
    let lines = try HistoryStore(folder("h.db")).exported()
    try sqlite(
      folder("h.db"),
      "UPDATE revision SET snapshot = zeroblob(length(snapshot)) WHERE parent IS NOT NULL")
    let store = try HistoryStore(folder("h.db"))
    #expect(try isFaulty(store))
    let salvage = try store.setAside()
    #expect(salvage?.revisions == Self.revisions && salvage?.broken == 0)
    #expect(try store.exported() == lines)
  }

  @Test("refuses the histories that were open before it was set aside")
  func stale() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder("h.db"))
    let history = try store.open(try pyramid())
    try store.setAside()
    #expect(throws: HistoryError.self) { try history.change(1, to: 1) }
    #expect(history.head.id == 1)
    #expect(try store.open(try pyramid()).change(1, to: 1).id == 2)
  }

  @Test("keeps its documents, heads and names where their rows are whole")
  func marks() throws {
    var bytes = try whole()
    // The first page: header and schema. No tree leads anywhere any more.
    bytes.replaceSubrange(0..<4096, with: repeatElement(0xAA, count: 4096))
    let folder = try TemporaryFolder()
    try write(bytes, folder("h.db"))
    let store = try HistoryStore(folder("h.db"))
    #expect(store.salvage?.revisions == Self.revisions)
    #expect(store.salvage?.documents == 2)
    let whole = try HistoryStore()
    try fill(whole)
    #expect(try store.exported() == whole.exported())
  }

  @Test("opens a document that was lost by the content of its file")
  func adopted() throws {
    let folder = try TemporaryFolder()
    try HistoryStore(folder("h.db")).open(folder("a.spae"), try pyramid()).change(1, to: 1)
    try sqlite(folder("h.db"), "DELETE FROM document; VACUUM")
    let store = try HistoryStore(folder("h.db"))
    try store.setAside()
    #expect(try store.documents().map(\.vocabulary) == [""])
    let history = try store.open(folder("a.spae"), try pyramid([1: 1]))
    #expect(history.head.id == 2)
    #expect(history.document.vocabulary == "words")
  }

  @Test("is not touched while another process has it open")
  func shared() throws {
    let folder = try TemporaryFolder()
    let stores = try [HistoryStore(folder("h.db")), HistoryStore(folder("h.db"))]
    #expect(throws: HistoryError.inUse(path: folder("h.db"))) { try stores[0].setAside() }
    try stores[1].open(try pyramid()).change(1, to: 1)
    #expect(folder.names.filter { $0.contains("damaged") } == [])
  }

  @Test("with a log cut anywhere holds the revisions before the cut, each whole")
  func cutLog() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder("h.db"))
    let history = try store.open(try pyramid())
    for step in 1..<12 { try history.change(step, to: Int32(step)) }
    let (file, log) = try (
      Data(contentsOf: URL(fileURLWithPath: folder("h.db"))),
      Data(contentsOf: URL(fileURLWithPath: folder("h.db-wal")))
    )
    var counts: [Int] = []
    for count in stride(from: 0, through: log.count + 511, by: 512) {
      let copy = try TemporaryFolder()
      try write(file, copy("h.db"))
      try write(log.prefix(count), copy("h.db-wal"))
      let store = try HistoryStore(copy("h.db"))
      #expect(store.salvage == nil, "cut at \(count)")
      let check = try store.check()
      #expect(check.problems == [], "cut at \(count)")
      counts.append(check.revisions)
      _ = try store.open(try pyramid())
    }
    #expect(counts == counts.sorted())
    #expect(counts.first == 0 && counts.last == 12)
    #expect(Set(counts) == Set(0...12))
  }

  @Test("whose file was emptied beneath its log is saved from the log")
  func emptied() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder("h.db"))
    try store.open(try pyramid()).change(1, to: 1)
    let log = try Data(contentsOf: URL(fileURLWithPath: folder("h.db-wal")))
    let copy = try TemporaryFolder()
    try write([], copy("h.db"))
    try write(log, copy("h.db-wal"))
    let saved = try HistoryStore(copy("h.db"))
    #expect(saved.salvage?.revisions == 2)
    #expect(try saved.open(try pyramid()).head.id == 2)
  }

  @Test(
    "is found out by check, whatever was changed in it",
    arguments: [
      "UPDATE revision SET snapshot = x'0801' WHERE key % 16 = 5",
      "UPDATE revision SET changes = x'010203' WHERE key % 16 = 5",
      "UPDATE revision SET changes = x'FF' WHERE key % 16 = 5",
      "UPDATE revision SET snapshot = (SELECT snapshot FROM revision LIMIT 1) WHERE key % 16 = 5",
      "UPDATE revision SET content = x'00' WHERE key % 16 = 5",
      "UPDATE revision SET time = 'noon' WHERE key % 16 = 5",
      "UPDATE revision SET parent = NULL WHERE key % 16 = 5",
      "DELETE FROM revision WHERE key % 16 = 5",
      "UPDATE document SET head = 99",
      "DELETE FROM document WHERE id = 1",
    ])
  func check(sql: String) throws {
    let folder = try TemporaryFolder()
    try fill(try HistoryStore(folder("h.db")))
    try sqlite(folder("h.db"), sql)
    let store = try HistoryStore(folder("h.db"))
    #expect(try isFaulty(store))
    try store.setAside()
    #expect(try store.check().problems == [])
  }
}
