import Foundation
import SPAEExplorer
import SPAEHistory
import SPAEPyramid
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// A film that is edited by keys: each after all that the one before begins is done, or all at once,
/// while the frames ahead are painted.
private final class PaintedFilm {
  let film: FilmFixture
  let store: HistoryStore
  let stage: FilmStage

  /// With another one the same film and history, opened again.
  init(after other: PaintedFilm? = nil) throws {
    film = try other?.film ?? FilmFixture()
    store =
      try other?.store ?? HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    stage = try FilmStage(film.path, store: store, edits: .paint)
  }

  /// Types keys, in which NEW stands for the film's folder.
  func type(_ parts: [String], atOnce: Bool) throws {
    let stage = stage
    if atOnce { stage.look { stage.terminal.settle = {} } }
    for keys in parts { try stage.press(keys.replacing("NEW", with: film.folder)) }
    stage.look { stage.terminal.settle = { stage.loop.settle() } }
    stage.terminal.play([.stall(.zero)])
  }

  /// Plays all to its end; gives the words of all frames as they are shown then.
  func run() throws -> [Pyramid] {
    try stage.press(":w<CR>")
    _ = stage.loop.run()
    stage.loop.settle()
    #expect(!stage.isDirty, "\(stage.notice)")
    return try film.read()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try FileSystem.bytes(of: film.folder + "/" + name)
  }

  var verbs: [String] {
    get throws {
      let document = try #require(try store.documents().first)
      return try store.history(of: document).tree().revisions.map {
        String($0.verb.prefix { $0 != ":" })
      }
    }
  }
}

@Suite("Edits of a film while its frames are painted")
struct FilmPaintSuite {
  private static let snow = ":2<CR>khisnow<CR>"
  private static let fire = ":2<CR>khlifire<CR>"

  @Test("a later edit leaves an earlier one painted, and both are as if typed one after the other")
  func both() throws {
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    try slow.type([Self.snow, Self.fire], atOnce: false)
    try fast.type([Self.snow, Self.fire], atOnce: true)
    let expected = try slow.run()
    let found = try fast.run()
    #expect(expected[7] != slow.film.pyramids[7])
    #expect(found.indices.filter { found[$0] != expected[$0] }.isEmpty)
    // Each of them alone changes other words.
    for keys in [Self.snow, Self.fire] {
      let alone = try PaintedFilm()
      try alone.type([keys], atOnce: false)
      #expect(try alone.run()[12] != expected[12])
    }
  }

  /// A word of the last layer in a frame behind the first, which the edit before it paints.
  private static let ahead = [
    ":frame 8<CR>:6<CR>khlicastle<CR>", ":frame 6<CR>>:2<CR>khifire<CR>",
    ":frame 8<CR>:s/snow/dog/<CR>", ":frame 8<CR>:6<CR>khlyllp",
  ]

  @Test(
    "a frame that is not painted yet is edited as if it were, however fast that is typed",
    arguments: ahead)
  func editsAhead(_ keys: String) throws {
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    try slow.type([Self.snow, keys], atOnce: false)
    try fast.type([Self.snow, keys], atOnce: true)
    let (expected, found) = (try slow.run(), try fast.run())
    #expect(found.indices.filter { found[$0] != expected[$0] }.isEmpty)
    #expect(try fast.verbs.filter { $0 != "painted ahead" }.count == 3)
  }

  @Test(
    "a frame that is not painted yet is shown as such; other keys are answered, Esc drops edits")
  func showsUnpainted() throws {
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    try slow.type([Self.snow, ":frame 12<CR>"], atOnce: false)
    var expected: [Int32] = []
    slow.stage.look { expected = slow.stage.words }
    _ = slow.stage.loop.run()
    var seen: [(isPainted: Bool?, isRight: Bool, layer: Int, notice: String)] = []
    let stage = fast.stage
    let look = {
      seen.append(
        (stage.loop.state.film?.isPainted, stage.words == expected, stage.layer, stage.notice))
    }
    stage.look { stage.terminal.settle = {} }
    for keys in [Self.snow + ":frame 12<CR>", ":5<CR>", "icastle<CR>", "<Esc>"] {
      try stage.press(keys)
      stage.look(look)
    }
    try fast.type([], atOnce: true)
    stage.look(look)
    _ = stage.loop.run()
    #expect(seen.last?.isPainted == true && seen.last?.isRight == true)
    #expect(seen.filter { $0.isPainted == true && !$0.isRight }.isEmpty, "\(seen)")
    #expect(seen[1].layer == 5)
    #expect(try fast.verbs.filter { $0 != "painted ahead" } == ["open", "paint"])
  }

  @Test("an edit over a painted one is painted in the frames ahead too")
  func over() throws {
    let twice = try PaintedFilm()
    try twice.type([Self.snow, ":2<CR>khifire<CR>"], atOnce: false)
    let words = try twice.run()
    let once = try PaintedFilm()
    try once.type([Self.snow], atOnce: false)
    let before = try once.run()
    // Beneath the typed word, where the film changes a word in that frame.
    let changed = (1..<6).filter { frame in
      (0..<16).contains { column in
        let cell = CellAddress(layer: 5, row: 0, column: column)
        return words[frame][cell] != before[frame][cell]
      }
    }
    #expect(!changed.isEmpty)
  }

  @Test("u and C-r make no state, and find their way while frames are painted")
  func undo() throws {
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    var seen: [[Int32]] = []
    try slow.type([Self.snow, Self.fire], atOnce: false)
    let keys = [Self.snow, Self.fire, "u", "u", "<C-r>", "u", "<C-r>", "<C-r>"]
    let stage = fast.stage
    stage.look { stage.terminal.settle = {} }
    for key in keys {
      try stage.press(key)
      stage.look { seen.append(stage.words) }
    }
    try fast.type([], atOnce: true)
    let expected = try slow.run()
    let found = try fast.run()
    #expect(found == expected)
    #expect(seen[2] == seen[0] && seen[4] == seen[0] && seen[6] == seen[0])
    #expect(seen[3] == fast.film.pyramids[0].words && seen[5] == seen[3])
    #expect(seen[1] == expected[0].words && seen[7] == seen[1])
    #expect(try fast.verbs.filter { $0 == "paint" }.count == 2)
  }

  @Test(
    "a state that was left is painted when it is entered again, and redo still leads on from it")
  func returns() throws {
    let (fast, slow) = (try PaintedFilm(), try PaintedFilm())
    try fast.type([Self.snow, Self.fire, "u"], atOnce: true)
    var (eighth, last): ([Int32], [Int32]) = ([], [])
    try fast.type([":frame 8<CR>"], atOnce: false)
    fast.stage.look { eighth = fast.stage.words }
    try fast.type(["<C-r>"], atOnce: false)
    fast.stage.look { last = fast.stage.words }
    let all = try fast.run()
    #expect(all[7].words == last)
    try slow.type([Self.snow], atOnce: false)
    #expect(try slow.run()[7].words == eighth)
    #expect(last != eighth)
  }

  @Test("what was not painted when the program ended is painted when the film is opened again")
  func opensAgain() throws {
    let (slow, first) = (try PaintedFilm(), try PaintedFilm())
    try slow.type([Self.snow, Self.fire], atOnce: false)
    try first.stage.press(Self.snow)
    first.stage.look { first.stage.terminal.settle = {} }
    try first.stage.press(Self.fire)
    #expect(first.stage.loop.run() == SIGTERM)
    #expect(try first.verbs.count == 4)
    let second = try PaintedFilm(after: first)
    let notice = second.stage.notice
    let (expected, found) = (try slow.run(), try second.run())
    #expect(notice.hasPrefix("2 edits came back"), "\(notice)")
    #expect(found == expected)
  }

  @Test("says nothing of painting that was left")
  func says() throws {
    let film = try PaintedFilm()
    try film.type([Self.snow, "u"], atOnce: true)
    var (notice, state) = ("", 0)
    film.stage.look { (notice, state) = (film.stage.notice, film.stage.loop.state.history.state) }
    _ = film.stage.loop.run()
    #expect(state == 1)
    #expect(notice.hasPrefix("state 1, open"), "\(notice)")
  }

  @Test(
    "what is written is the state when :w was typed, painted whole",
    arguments: ["new.y4m", "new.spae"])
  func writes(_ name: String) throws {
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    try slow.type([Self.snow, ":w NEW/\(name)<CR>", "u"], atOnce: false)
    try fast.type([Self.snow, ":w NEW/\(name)<CR>", "u"], atOnce: true)
    var notice = ""
    fast.stage.look { notice = fast.stage.notice }
    #expect(try slow.run() == slow.film.pyramids)
    #expect(try fast.run() == fast.film.pyramids)
    #expect(notice.hasPrefix("saved "), "\(notice)")
    #expect(try fast.bytes(name) == slow.bytes(name))
  }

  @Test("the film's own file holds the state when :w was typed, and that is taken back from it")
  func writesOwn() throws {
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    for (film, atOnce) in [(slow, false), (fast, true)] {
      try film.type([Self.snow, ":w<CR>", Self.fire], atOnce: atOnce)
      let (stage, folder) = (film.stage, film.film.folder)
      var (isDirty, file) = (false, [UInt8]())
      stage.look {
        isDirty = stage.isDirty
        file = (try? film.bytes("clip.spae")) ?? []
      }
      try film.type([":w NEW/both.spae<CR>", "u", ":w NEW/one.spae<CR>", "u"], atOnce: false)
      #expect(try film.run() == film.film.pyramids)
      #expect(isDirty)
      #expect(try file == FileSystem.bytes(of: folder + "/one.spae"))
    }
    for name in ["both.spae", "one.spae"] {
      #expect(try fast.bytes(name) == slow.bytes(name), "\(name)")
    }
  }

  @Test("each edit is a row of the tree, by the same number and name however fast it was typed")
  func rows() throws {
    var rows: [[String]] = []
    var states: [[Int]] = []
    for atOnce in [false, true] {
      let film = try PaintedFilm()
      let stage = film.stage
      try film.type(
        [
          Self.snow, ":mark first<CR>", Self.fire, ":frame 8<CR>", ":2<CR>khicastle<CR>",
          ":undo 2<CR>",
        ],
        atOnce: atOnce)
      try stage.press("t")
      stage.look {
        guard case .history(let list) = stage.loop.state.mode else { return }
        rows.append(
          list.rows.map { "\($0.revision) \($0.name ?? "-") \($0.summary.prefix(6)) \($0.isHead)" })
        states.append([stage.loop.state.history.state, stage.loop.state.history.last])
      }
      try stage.press("<Esc>:compare 3<CR>")
      stage.look { #expect(stage.loop.state.comparison?.revision == 3, "\(stage.notice)") }
      try stage.press(":compare first<CR>")
      stage.look { #expect(stage.loop.state.comparison?.revision == 2, "\(stage.notice)") }
      _ = try film.run()
    }
    #expect(
      rows.first == [
        "1 - open false", "2 first paint: true", "3 - paint: false", "4 - paint: false",
      ])
    #expect(rows.count == 2 && rows[0] == rows[1], "\(rows)")
    #expect(states == [[2, 4], [2, 4]])
  }

  @Test(
    "what is written in the background is the state when :w was typed, whatever is in the film's file",
    arguments: ["new.y4m", "new.spae"])
  func writesBeforeReplaced(_ name: String) throws {
    let keys = [Self.snow, ":w NEW/\(name)<CR>", "u", ":6<CR>idog<CR>", ":w<CR>", "u"]
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    try slow.type(keys, atOnce: false)
    try fast.type(keys, atOnce: true)
    #expect(try slow.run() == slow.film.pyramids)
    #expect(try fast.run() == fast.film.pyramids)
    #expect(try fast.bytes(name) == slow.bytes(name))
  }

  @Test("in any order they come to the same as done slowly", arguments: 1...6)
  func anyOrder(_ seed: Int) throws {
    let parts = Self.keys(seed: UInt64(seed))
    let (slow, fast) = (try PaintedFilm(), try PaintedFilm())
    try slow.type(parts, atOnce: false)
    var rest = parts[...]
    while !rest.isEmpty {
      // Here and there all that is begun is done.
      let count = min(rest.count, 2 + seed % 4)
      try fast.type(Array(rest.prefix(count)), atOnce: true)
      rest = rest.dropFirst(count)
    }
    let expected = try slow.run()
    let found = try fast.run()
    #expect(found.indices.filter { found[$0] != expected[$0] }.isEmpty, "\(parts)")
    for name in parts.filter({ $0.hasPrefix(":w NEW/") }).map({ $0.dropFirst(7).dropLast(4) }) {
      #expect(try fast.bytes(String(name)) == slow.bytes(String(name)), "\(name) of \(parts)")
    }
    #expect(
      try fast.verbs.filter { $0 != "painted ahead" }
        == slow.verbs.filter { $0 != "painted ahead" })
  }

  /// Keys in a random order: edits of both shots, moves through the history, and files.
  private static func keys(seed: UInt64) -> [String] {
    var random = seed &* 0x9E37_79B9_7F4A_7C15
    let edits = ["snow", "fire", "castle", "dog"].flatMap { word in
      [":2<CR>khi\(word)<CR>", ":2<CR>khli\(word)<CR>", ":3<CR>3k3hji\(word)<CR>"]
    }
    let others = [
      "u", "u", "<C-r>", "<C-r>", "2u", "g-", "g+", ":w!<CR>", ":frame 21<CR>", ":frame 1<CR>",
      ":frame 8<CR>", ">", ":frame 25<CR>",
      ":5<CR>8k8hylp",
    ]
    return (0..<14).map { step in
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      let number = Int(random >> 33)
      if step == 0 || number % 3 == 0 { return edits[number / 3 % edits.count] }
      if number % 7 == 0 { return ":w NEW/\(step).spae<CR>" }
      return others[number / 21 % others.count]
    }
  }
}
