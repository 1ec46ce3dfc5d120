import Foundation
import GRDB
import SPAEHistory
import SPAEPyramid
import SPAESystem
import Testing

@Suite struct TheFileOfAStore {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test("is private, in private folders, with what SQLite keeps beside it")
  func modes() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder("state/spae/history.db"))
    try store.open(try pyramid()).change(1, to: 1)
    #expect(store.journal == .wal)
    #expect(try mode(folder("state")) == 0o700 && mode(folder("state/spae")) == 0o700)
    for name in ["", "-wal", "-shm", "-lock"] {
      #expect(try mode(folder("state/spae/history.db" + name)) == 0o600)
    }
  }

  @Test(
    "lies where the state of programs lies",
    arguments: [
      (["XDG_STATE_HOME": "/state", "HOME": "/home/me"], "/state/spae/history.db"),
      (["HOME": "/home/me"], "/home/me/.local/state/spae/history.db"),
      (["XDG_STATE_HOME": "", "HOME": "/home/me"], "/home/me/.local/state/spae/history.db"),
      (["XDG_STATE_HOME": "here", "HOME": "/home/me"], "/home/me/.local/state/spae/history.db"),
    ])
  func place(environment: [String: String], path: String) {
    #expect(HistoryStore.defaultPath(environment: environment) == path)
  }

  @Test("is nowhere when it is called none", arguments: [nil, "none"])
  func none(path: String?) throws {
    let store = try HistoryStore(path)
    #expect(store.path == nil && store.journal == .memory)
    try store.open(try pyramid()).change(1, to: 1)
    #expect(try store.check() == HistoryCheck(documents: 1, revisions: 2))
  }

  @Test("has a rollback journal where the file system cannot share memory, even after it could")
  func sharedMemory() throws {
    let folder = try TemporaryFolder()
    try HistoryStore(folder("h.db")).open(try pyramid()).change(1, to: 1)
    for (path, count) in [(folder("h.db"), 3), (folder("new.db"), 2)] {
      let store = try HistoryStore(path: path, clock: { Date() }, fileSystem: "unix-dotfile")
      #expect(store.journal == .delete)
      try store.open(try pyramid()).change(2, to: 2)
      #expect(try store.check() == HistoryCheck(documents: 1, revisions: count))
      #expect(store.salvage == nil)
    }
    #expect(folder.names.filter { $0.contains("-wal") } == [])
  }

  @Test(
    "may have any bytes in its name, by each way to the file system",
    arguments: [nil, "unix-dotfile"]
  )
  func anyName(fileSystem: String?) throws {
    let folder = try TemporaryFolder()
    let name = FileName.text(Array("caf".utf8) + [0xE9, 0xFF] + Array(" %41?#\u{e9}&a=b.db".utf8))
    let path = folder("in " + name + "/" + name)
    for count in 1...2 {
      let store = try HistoryStore(path: path, clock: { Date() }, fileSystem: fileSystem)
      try store.open(try pyramid()).change(count, to: 1)
      #expect(try store.check() == HistoryCheck(documents: 1, revisions: count + 1))
    }
    let names = try FileSystem.names(in: folder("in " + name))
    #expect(names.contains(name) && names.allSatisfy { $0.hasPrefix(name) })
    #expect(try FileSystem.bytes(of: path).starts(with: "SQLite format 3\0".utf8))
  }

  @Test("stays as it is where a window goes on in memory, with all that it held")
  func inMemory() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder("h.db"))
    let history = try store.open(try pyramid())
    for word in 1...3 { try history.change(word, to: 1) }
    #expect(history.isInFile)
    try history.goOnInMemory()
    try history.goOnInMemory()
    #expect(!history.isInFile && history.head.id == 4)
    try history.change(4, to: 1)
    try history.name(5, "unkept")
    #expect(
      try history.undo()?.id == 4 && history.jump(to: 1).id == 1 && history.jump(to: 5).id == 5)
    #expect(try history.tree().lines().count == 5)
    let other = try HistoryStore(folder("h.db")).open(try pyramid())
    #expect(other.head.id == 4)
    #expect(other.pyramid == (try pyramid([1: 1, 2: 1, 3: 1])))
    #expect(try store.check() == HistoryCheck(documents: 1, revisions: 4))
  }

  @Test("takes what waited in memory behind what another process added meanwhile")
  func waiting() throws {
    let folder = try TemporaryFolder()
    let history = try HistoryStore(folder("h.db")).open(try pyramid())
    for word in 1...2 { try history.change(word, to: 1) }
    try history.name(2, "first")
    try history.goOnInMemory(isWaiting: true)
    #expect(history.waiting == 0 && !history.isInFile)
    try history.change(3, to: 1)
    try history.change(4, to: 1)
    try history.name(4, "waited")
    try history.name(3, "first")
    try history.markSaved(4)
    _ = try history.undo()
    #expect(history.waiting == 2 && history.head.id == 4)
    let other = try HistoryStore(folder("h.db")).open(try pyramid())
    #expect(other.head.id == 3)
    try other.change(9, to: 9)
    try history.keepWaiting(milliseconds: 100)
    #expect(history.waiting == nil && history.isInFile)
    #expect(history.head.id == 5 && history.position.last == 6)
    #expect(try history.redo()?.id == 6)
    #expect(history.pyramid == (try pyramid([1: 1, 2: 1, 3: 1, 4: 1])))
    let tree = try history.tree()
    #expect(tree.saved == 5 && tree.revisions.map(\.parent) == [nil, 1, 2, 3, 3, 5])
    #expect(tree.revisions.map(\.name) == [nil, nil, "first", nil, "waited", nil])
    try history.keepWaiting(milliseconds: 100)
    #expect(try HistoryStore(folder("h.db")).check().problems.isEmpty)
  }

  @Test("lets a window go on where not even reading is possible, and takes its edits after that")
  func waitingWithoutReading() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(
      path: folder("h.db"), clock: { Date() }, fileSystem: "unix-dotfile")
    let history = try store.open(try pyramid())
    try history.change(1, to: 1)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(
      path: "file:\(folder("h.db"))?vfs=unix-dotfile", configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    try history.goOnInMemory(isWaiting: true)
    try history.change(2, to: 2)
    #expect(throws: HistoryError.busy(path: folder("h.db"))) {
      try history.keepWaiting(milliseconds: 20)
    }
    #expect(history.waiting == 1 && history.head.id == 3)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    try history.keepWaiting(milliseconds: 20)
    #expect(history.pyramid == (try pyramid([1: 1, 2: 2])))
    #expect(try history.tree().revisions.map(\.parent) == [nil, 1, 2])
  }

  @Test("outlives the store that wrote it")
  func persistence() throws {
    let folder = try TemporaryFolder()
    try HistoryStore(folder("h.db")).open(try pyramid()).change(1, to: 1)
    let history = try HistoryStore(folder("h.db")).open(try pyramid())
    #expect(history.head.id == 2)
    #expect(history.pyramid == (try pyramid([1: 1])))
  }

  @Test(
    "is refused with the reason where no folder can be made", arguments: ["a file/h.db", "a file"])
  func impossible(name: String) throws {
    let folder = try TemporaryFolder()
    try "".write(toFile: folder("a file"), atomically: false, encoding: .utf8)
    let path = name == "a file" ? folder.path : folder(name)
    #expect { try HistoryStore(path) } throws: { error in
      guard case HistoryError.unwritable(let place, let reason) = error else { return false }
      return place == path && !reason.isEmpty
    }
  }

  @Test("of the first schema is read by this version")
  func fixture() throws {
    let folder = try TemporaryFolder()
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/history-v1.db").path
    try FileManager.default.copyItem(atPath: source, toPath: folder("h.db"))
    let store = try HistoryStore(folder("h.db"))
    #expect(store.salvage == nil)
    #expect(try store.check() == HistoryCheck(documents: 2, revisions: 8))
    let history = try store.history(ofPath: "/tortured.spae")
    #expect(history.head.id == 3 && history.document.saved == 3)
    #expect(try history.revision(named: "castle")?.id == 4)
    #expect(try history.leaves().map(\.id) == [4, 7])
    #expect(try history.diff(2, 7).changes.map(\.new) == [1003, 1004, 1005])
  }

  @Test("of a later version is refused and left as it is")
  func future() throws {
    let folder = try TemporaryFolder()
    _ = try HistoryStore(folder("h.db")).open(try pyramid())
    try sqlite(folder("h.db"), "INSERT INTO grdb_migrations VALUES ('v99')")
    let before = try Data(contentsOf: URL(fileURLWithPath: folder("h.db")))
    #expect(throws: HistoryError.newer(path: folder("h.db"), migrations: ["v99"])) {
      try HistoryStore(folder("h.db"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder("h.db"))) == before)
    #expect(folder.names.filter { $0.contains("damaged") } == [])
  }

  @Test("of another program is refused and left as it is")
  func foreign() throws {
    let folder = try TemporaryFolder()
    try sqlite(folder("h.db"), "CREATE TABLE bookmarks (url TEXT)")
    let before = try Data(contentsOf: URL(fileURLWithPath: folder("h.db")))
    #expect(throws: HistoryError.foreign(path: folder("h.db"))) { try HistoryStore(folder("h.db")) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder("h.db"))) == before)
  }
}
