import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// The file of a history that is overwritten while a document of it is open.
private struct DamagedStore {
  let path: String
  let store: HistoryStore

  init(in folder: String) throws {
    path = folder + "/history.db"
    store = try HistoryStore(path: path, clock: { Date() })
  }

  func damage() throws {
    // Another program writes to it, so that nothing of it is in memory.
    let other = try FilmFixture(frames: 1)
    let second = try HistoryStore(path: path, clock: { Date() })
    let stage = try FilmStage(other.path, store: second)
    for path in [path, path + "-wal"] {
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      let count = Int(try file.seekToEnd())
      try file.seek(toOffset: 0)
      try file.write(contentsOf: Data((0..<count).map { UInt8(truncatingIfNeeded: $0 * 167 + 13) }))
      try file.close()
    }
    withExtendedLifetime(stage) {}
  }

  var isDamaged: Bool { (try? store.documents()) == nil }
}

@Suite("A history that is damaged while its document is open")
struct HistoryDamageSuite {
  @Test(
    "does not keep the words of a film from being written, nor a person from leaving",
    arguments: [
      (":w NEW/copy.spae<CR>", "copy.spae", ":q!<CR>:q!<CR>"), (":w<CR>", "clip.spae", ":q<CR>"),
      ("ZQ", nil, "ZQ"),
    ])
  func film(_ keys: String, _ name: String?, _ leaving: String) throws {
    let film = try FilmFixture()
    let damaged = try DamagedStore(in: film.folder)
    let stage = try FilmStage(film.path, store: damaged.store)
    try stage.press(":5<CR>8k8h4licastle<CR>")
    stage.look { #expect(throws: Never.self) { try damaged.damage() } }
    try stage.press(keys.replacing("NEW", with: film.folder))
    var notice = ""
    stage.look { notice = stage.notice }
    try stage.press(leaving)
    #expect(stage.loop.run() == nil)
    #expect(damaged.isDamaged)
    guard let name else {
      #expect(notice.hasPrefix(":q! leaves, but the edits will come back: "), "\(notice)")
      return
    }
    let path = film.folder + "/" + name
    #expect(notice.hasPrefix("saved \(path)"), "\(notice)")
    #expect(notice.contains("but the history does not know it") == (name == "clip.spae"))
    let written = try film.read(path)
    let castle = try #require(film.model.vocabulary.number(of: "castle"))
    for (frame, pyramid) in written.enumerated() {
      var expected = film.pyramids[frame]
      if frame < 4 { expected[FilmFixture.cell] = castle }
      #expect(pyramid == expected, "frame \(frame + 1)")
    }
  }

  @Test("a picture's words that were written are called saved, beside what is wrong")
  func picture() throws {
    let film = try FilmFixture(frames: 1)
    let damaged = try DamagedStore(in: film.folder)
    let path = film.folder + "/cat.spae"
    let stage = try Stage(store: damaged.store)
    try stage.press("icastle<CR>")
    stage.look { #expect(throws: Never.self) { try damaged.damage() } }
    try stage.press(":w \(path)<CR>")
    var notice: Notice?
    stage.look { notice = stage.loop.state.notice }
    try stage.press(":q<CR>")
    #expect(stage.loop.run() == nil)
    #expect(damaged.isDamaged)
    let expected = "saved \(path), but the history does not know it: "
    #expect(notice?.text.hasPrefix(expected) == true, "\(notice?.text ?? "")")
    #expect(notice?.kind == .warning)
    #expect(FileSystem.text(of: path)?.contains("castle") == true)
  }
}
