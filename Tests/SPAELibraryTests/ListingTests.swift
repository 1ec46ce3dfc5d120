import Foundation
import GRDB
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization
import Testing

/// What a gallery asks of the index.
@Suite struct AGalleryReadsTheIndex {
  private func world() throws -> World {
    let world = try World()
    for (name, text) in [
      ("photos/b.png", "dog grass #00ff00"), ("photos/a.png", "cat wall #ff0000"),
      ("photos/within/c.png", "sky sky #0000ff"), ("other/d.png", "car wall #101010"),
    ] {
      try world.folder.write(text, name)
    }
    return world
  }

  @Test func listsTheUpperWordsBelowAFolder() throws {
    let world = try world()
    #expect(
      try world.store.pictures(below: world.folder("photos"), encoding: world.encoding).isEmpty)
    _ = try world.update()
    let found = try world.store.pictures(below: world.folder("photos"), encoding: world.encoding)
    #expect(Set(found.map { FileName.last(of: $0.path) }) == ["a.png", "b.png", "c.png"])
    let dog = try #require(found.first { $0.path.hasSuffix("b.png") })
    // Layers 1 and 2 are dog, and half of layer 3.
    #expect(dog.upper.weightiest.map { world.encoding.vocabulary[$0] } == ["dog", "grass"])
    #expect((dog.upper.picture.width, dog.upper.picture.height) == (4, 4))
    #expect(dog.upper.picture.pixels.prefix(3) == [0, 255, 0])
  }

  @Test func givesAllWordsAndTheMeaningOfAPicture() throws {
    let world = try world()
    _ = try world.update()
    let path = world.folder("photos/a.png")
    let picture = try World.picture("cat wall #ff0000", world.encoding.vocabulary)
    #expect(try world.store.pyramid(at: path, encoding: world.encoding) == picture.pyramid)
    #expect(try world.store.meaning(at: path, encoding: world.encoding) == picture.meaning)
    let nowhere = world.folder("photos/nowhere.png")
    #expect(try world.store.pyramid(at: nowhere, encoding: world.encoding) == nil)
    #expect(try world.store.meaning(at: nowhere, encoding: world.encoding) == nil)
  }

  @Test func indexesSingleFiles() throws {
    let world = try world()
    try world.folder.write("broken", "photos/bad.png")
    let names = ["photos/a.png", "other/d.png", "photos/bad.png", "photos/nowhere.png"]
    let paths = names.map { world.folder($0) }
    let report = try world.indexer().update(files: paths)
    #expect((report.encoded, report.pictures) == (2, 2))
    #expect(report.unreadable.map(\.reason) == ["no picture", "no such file"])
    #expect(try world.indexer().update(files: paths).unchanged == 2)
    let known = try world.store.pictures(at: paths, encoding: world.encoding)
    #expect(known.map(\.path) == Array(paths.prefix(2)))
    FileSystem.remove(paths[0])
    #expect(try world.indexer().update(files: paths).removed == 1)
    // The folder itself was not indexed.
    #expect(try !world.store.isIndexed(world.folder("photos"), world.encoding))
  }

  @Test func tellsWhatItDoesWhileItDoesIt() throws {
    let world = try world()
    try world.folder.write("broken", "photos/bad.png")
    struct Heard {
      var found: [String] = []
      var waiting = 0
      var done: [String: Bool] = [:]
    }
    let heard = Mutex(Heard())
    _ = try world.indexer().update(
      world.folder("photos"),
      tell: { event in
        heard.withLock { heard in
          switch event {
          case .found(let files, let waiting):
            (heard.found, heard.waiting) = (files.map(\.path), waiting)
          case .done(let outcomes):
            for each in outcomes {
              heard.done[FileName.last(of: each.path)] = (try? each.picture.get()) != nil
            }
          }
        }
      })
    heard.withLock { heard in
      #expect(heard.found.count == 4 && heard.waiting == 4)
      #expect(heard.done == ["a.png": true, "b.png": true, "c.png": true, "bad.png": false])
    }
    let known = try world.store.unreadable(
      below: world.folder("photos"), encoding: world.encoding)
    #expect(known.map(\.reason) == ["no picture"])
  }

  @Test func forgetsTheMiddleSquaresOfAnEarlierVersion() throws {
    let world = try world()
    _ = try world.update()
    let path = world.store.path
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in
      try db.execute(sql: "UPDATE encoding SET form = '128 crop'")
      try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'v2'")
    }
    try queue.close()
    _ = try LibraryStore(path: path)
    let again = try DatabaseQueue(path: path)
    for table in ["encoding", "folder", "picture", "pyramid", "meaning", "unreadable", "word"] {
      let count = try again.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
      #expect(count == 0, "\(table)")
    }
  }
}
