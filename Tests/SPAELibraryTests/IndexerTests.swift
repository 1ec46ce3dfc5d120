import Foundation
import GRDB
import SPAELibrary
import SPAEPyramid
import SPAESystem
import Synchronization
import Testing

/// The index follows the files of a folder.
@Suite struct TheIndexFollowsTheFolder {
  private func world(_ count: Int = 3) throws -> World {
    let world = try World()
    for number in 0..<count {
      try world.folder.write("dog grass #00ff\(10 + number)", "photos/\(number).png")
    }
    return world
  }

  @Test func encodesEachPictureOnce() throws {
    let world = try world()
    try world.folder.write("x", "photos/notes.txt")
    try world.folder.write("dog grass #00ff00", "photos/.hidden.png")
    try world.folder.write("cat wall #00ff00", "photos/within/cat.jpg")
    let first = try world.update()
    #expect((first.encoded, first.unchanged, first.others) == (4, 0, 1))
    let second = try world.update()
    #expect((second.encoded, second.unchanged, second.pictures) == (0, 4, 4))
    #expect(world.encoded.take() == 4)
  }

  @Test func encodesAChangedFileAgainAndForgetsADeletedOne() throws {
    let world = try world()
    _ = try world.update()
    try world.folder.write("cat wall #00ff00", "photos/1.png")
    FileSystem.remove(world.folder("photos/2.png"))
    let report = try world.update()
    #expect((report.encoded, report.removed, report.unchanged) == (1, 1, 1))
    #expect(try world.found("cat").first == "1.png")
    #expect(try world.search().count == 2)
    let cat = try #require(world.encoding.vocabulary.number(of: "cat"))
    #expect(try world.store.pictureCount(holding: cat, encoding: world.encoding) == 1)
  }

  @Test func knowsAMovedFileByItsContent() throws {
    let world = try world()
    _ = try world.update()
    #expect(world.encoded.take() == 3)
    try FileSystem.rename(world.folder("photos/0.png"), to: world.folder("photos/moved.png"))
    let report = try world.update()
    #expect((report.encoded, report.recognised, report.removed) == (0, 1, 1))
    #expect(world.encoded.take() == 0)
    #expect(try world.found("dog").contains("moved.png"))
  }

  @Test func namesWhatCannotBeReadAndTriesItAgain() throws {
    let world = try world()
    try world.folder.write("broken", "photos/bad.png")
    #expect(try world.unreadable() == ["photos/bad.png: no picture"])
    #expect(world.encoded.take() == 4)
    #expect(try world.unreadable() == ["photos/bad.png: no picture"])
    #expect(world.encoded.take() == 1)
    try world.folder.write("cat wall #00ff00", "photos/bad.png")
    #expect(try world.update().unreadable.isEmpty)
    #expect(try world.found("cat").first == "bad.png")
  }

  @Test func goesOnWhereItWasStopped() throws {
    let world = try world(30)
    let seen = Atomic<Int>(0)
    _ = try world.indexer(workers: 1).update(
      world.folder("photos"), isStopped: { seen.load(ordering: .relaxed) >= 17 },
      progress: { _, _ in seen.add(1, ordering: .relaxed) })
    #expect(try !world.store.isIndexed(world.folder("photos"), world.encoding))
    #expect(world.encoded.take() == 17)
    #expect(try world.update().encoded == 13)
    #expect(try world.store.isIndexed(world.folder("photos/within"), world.encoding))
  }

  @Test func keepsTheWordsOfTwoModelsApart() throws {
    let world = try world()
    let other = try World(model: "b", in: world.folder)
    _ = try world.update()
    #expect(try other.search().count == 0)
    #expect(try other.update().encoded == 3)
    #expect(try other.search().count == 3)
    #expect(try world.search().count == 3)
    #expect(try world.store.folders().map(\.model.identity) == ["a", "b"])
    #expect(try world.store.forget(world.folder("photos")) == 6)
    #expect(try world.store.forget(world.folder("photos")) == nil)
    #expect(try world.search().count == 0)
  }

  @Test func forgetsAFolderAndNotItsNeighbour() throws {
    let world = try world()
    try world.folder.write("dog grass #00ff00", "photos2/a.png")
    _ = try (world.update(), world.update("photos2"))
    #expect(try world.store.forget(world.folder("photos")) == 3)
    #expect(try world.found("dog") == ["a.png"])
  }

  @Test(
    "takes names of any bytes",
    arguments: [
      "line\nbreak.png", "\u{1B}[31mred.png", FileName.text([0xE9, 0x2E, 0x70, 0x6E, 0x67]),
      "e\u{301}.png", "\u{E9}.png", "'\"%_*.png",
    ])
  func names(name: String) throws {
    let world = try World()
    try world.folder.write("dog grass #00ff00", "photos/\(name)")
    #expect(try world.update().encoded == 1)
    #expect(try world.update().unchanged == 1)
    let found = try #require(try world.search().matches(try world.query("dog")).first)
    #expect(FileName.bytes(found.path) == FileName.bytes(world.folder("photos/\(name)")))
  }

  @Test func entersAFolderOnceWhateverLinksThereAre() throws {
    let world = try world()
    let links = [("photos", "photos/self"), ("photos/within", "photos/again")]
    try world.folder.write("cat wall #00ff00", "photos/within/cat.jpg")
    for (target, name) in links {
      try FileManager.default.createSymbolicLink(
        atPath: world.folder(name), withDestinationPath: world.folder(target))
    }
    #expect(try world.update().pictures == 4)
  }

  @Test func refusesWhatIsNoFolder() throws {
    let world = try world()
    #expect(throws: LibraryError.self) { try world.update("nowhere") }
    #expect(throws: LibraryError.self) { try world.update("photos/0.png") }
    #expect(try world.store.folders().isEmpty)
  }

  @Test func refusesFilesThatAreNoIndex() throws {
    let folder = try TemporaryFolder()
    try folder.write("text, and no database: long enough to be looked at", "text.db")
    #expect(throws: LibraryError.self) { try LibraryStore(path: folder("text.db")) }
    let queue = try DatabaseQueue(path: folder("other.db"))
    try queue.write { try $0.execute(sql: "CREATE TABLE mine (a)") }
    #expect(throws: LibraryError.foreign(path: folder("other.db"))) {
      try LibraryStore(path: folder("other.db"))
    }
  }

  @Test func aRowThatIsDamagedIsAnError() throws {
    let world = try world()
    _ = try world.update()
    let queue = try DatabaseQueue(path: world.store.path)
    try queue.write { try $0.execute(sql: "UPDATE picture SET upper = x'0800' WHERE id = 1") }
    #expect(throws: LibraryError.self) { try world.search() }
    try queue.write { try $0.execute(sql: "UPDATE picture SET upper = 'text' WHERE id = 1") }
    #expect(throws: LibraryError.self) { try world.search() }
  }

  @Test func isReadableByItsOwnerAlone() throws {
    let world = try world()
    let status = try #require(FileSystem.status(of: world.store.path))
    #expect(status.st_mode & 0o777 == 0o600)
  }
}
