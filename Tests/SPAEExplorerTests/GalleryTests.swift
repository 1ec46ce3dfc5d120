import Foundation
import SPAEExplorer
import SPAEScreen
import Testing

@Suite("The gallery")
struct GallerySuite {
  // 80x24 has four tiles across and two down.

  @Test(
    "moves as vim does, by pictures and by rows",
    arguments: [
      ("l", "b.jpg"), ("3l", "d.jpg"), ("j", "e.jpg"), ("lj", "f.jpg"), ("jk", "a.jpg"),
      ("2j", "i.jpg"), ("G", "t.jpg"), ("5G", "e.jpg"), ("Ggg", "a.jpg"), ("3gg", "c.jpg"),
      ("jh", "d.jpg"), ("<C-d>", "e.jpg"), ("<C-d><C-u>", "a.jpg"), ("<Right><Down>", "f.jpg"),
      (":7<CR>", "g.jpg"), (":$<CR>", "t.jpg"), ("Gk", "p.jpg"),
    ])
  func moves(_ keys: String, _ name: String) {
    var world = GalleryWorld(20)
    world.type(keys)
    #expect(world.selected == name)
  }

  @Test(
    "says why a key does nothing",
    arguments: [
      ("h", "this is the first picture"), ("k", "this is the first row"),
      ("Gl", "this is the last picture"), ("Gj", "this is the last row"),
      ("99G", "no picture 99: there are 20"), ("Q", "Q: no such key here; ? lists the keys"),
      ("!", "every file could be read"), (":nosuch<CR>", ":nosuch is no command"),
      (":sort colour<CR>", "usage: :sort name|date|likeness"), (":e<CR>", "usage: :e FILE"),
      ("9-9-", "the thumbnails are as small as can be"),
    ])
  func says(_ keys: String, _ text: String) {
    var world = GalleryWorld(20)
    world.type(keys)
    #expect(world.notice?.hasPrefix(text) == true, "\(world.notice ?? "nothing")")
  }

  @Test("asks for the thumbnails in sight, and for no others")
  func thumbnails() {
    var world = GalleryWorld(20)
    #expect(world.shown == Array(0..<8))
    world.type("jj")
    #expect(world.shown == Array(4..<12))
    world.type("G")
    #expect(world.shown == Array(12..<20))
    world.effects = []
    world.type("h")
    #expect(world.effects.isEmpty)
    world.send(.resized(rows: 24, columns: 40))
    #expect(world.shown == [16, 17, 18, 19])
  }

  @Test("asks again for a thumbnail whose words are others now")
  func changed() {
    var world = GalleryWorld(20, encoded: 3)
    world.effects = []
    var picture = world.state.pictures[5]
    (picture.words, picture.isEncoded) = (["dog"], true)
    world.send(.changed([5: picture]))
    #expect(world.shown == Array(0..<8))
    world.effects = []
    world.send(.changed([15: picture]))
    #expect(world.effects.isEmpty)
  }

  @Test("opens a picture by Enter, and by a second press of the mouse")
  func opens() {
    var world = GalleryWorld(20)
    world.type("l<CR>")
    #expect(world.terminal == [.open(1)])
    world.send(.key(.mouse(.init(.press, row: 3, column: 45))))
    #expect(world.selected == "c.jpg" && world.terminal.count == 1)
    world.send(.key(.mouse(.init(.press, row: 3, column: 45))))
    #expect(world.terminal == [.open(1), .open(2)])
    world.send(.key(.mouse(.init(.wheelDown, row: 3, column: 45))))
    #expect(world.selected == "g.jpg")
  }

  @Test("opens nothing where nothing is")
  func opensNothing() {
    var world = GalleryWorld(0)
    world.type("<CR>")
    #expect(world.terminal.isEmpty && world.notice == "there is no picture to open")
    world.send(.key(.mouse(.init(.press, row: 3, column: 45))))
    #expect(world.terminal.isEmpty)
  }

  @Test("sorts by name, by date and by likeness, and keeps the selected picture")
  func sorts() {
    var world = GalleryWorld(7)
    world.type("2ls")
    #expect(world.notice == "by date, the newest first" && world.selected == "c.jpg")
    #expect(world.names.first == "a.jpg")
    var late = world.state.pictures[6]
    late.time = 2000
    world.send(.changed([6: late]))
    world.type(":sort date<CR>")
    #expect(world.names.first == "g.jpg" && world.selected == "c.jpg")
    world.type("s")
    #expect(world.notice == "by likeness to c.jpg")
    #expect(world.names.first == "c.jpg" && world.selected == "c.jpg")
    world.type("s")
    #expect(world.names == (0..<7).map { GalleryWorld.name($0) })
  }

  @Test("ranks by words, and goes back to where it was")
  func ranks() {
    var world = GalleryWorld(20)
    world.type("5l/sky<CR>")
    #expect(world.names == ["b.jpg", "c.jpg", "h.jpg", "i.jpg", "n.jpg", "o.jpg", "t.jpg"])
    #expect(world.selected == "b.jpg" && world.state.search == "sky")
    world.type("l<CR>")
    #expect(world.terminal == [.open(2)])
    world.type("<Esc>")
    #expect(world.names.count == 20 && world.selected == "f.jpg")
    world.type("/<CR>")
    #expect(world.names.count == 20)
  }

  @Test("says that nothing matches, and that a word is none")
  func matchesNothing() {
    var world = GalleryWorld(20)
    world.type("/zebra<CR>")
    #expect(world.notice == "no picture matches 'zebra'" && world.names.count == 20)
    world.send(.progressed(GalleryProgress(done: 3, total: 20)))
    world.type("/zebra<CR>")
    #expect(world.notice == "no picture matches 'zebra'; not all are encoded yet")
    var stopped = GalleryWorld(20, encoded: 3)
    stopped.type("/zebra<CR>")
    #expect(stopped.notice == "no picture matches 'zebra'; 17 pictures could not be encoded")
    world.type("/grasx<CR>")
    #expect(world.notice == "'grasx' is not in the vocabulary; like it: grass")
    #expect(world.state.notice?.kind == .error)
  }

  @Test("ranks again what gets its words later, and keeps what a person has selected")
  func ranksAgain() {
    var world = GalleryWorld(20, encoded: 3)
    world.send(.progressed(GalleryProgress(done: 0, total: 17)))
    world.type("/sky<CR>")
    #expect(world.names == ["b.jpg", "c.jpg"])
    let all = GalleryWorld.pictures(20, encoded: 20)
    world.send(.changed([7: all[7]]))
    world.send(.progressed(GalleryProgress(done: 1, total: 17)))
    #expect(world.names == ["b.jpg", "c.jpg", "h.jpg"] && world.selected == "b.jpg")
    world.type("l")
    world.send(.changed(Dictionary(uniqueKeysWithValues: (8..<20).map { ($0, all[$0]) })))
    let asked = world.effects.count
    world.send(.progressed(nil))
    #expect(world.effects.count == asked + 2, "the ranking, and the thumbnails in sight")
    #expect(world.names.count == 7 && world.names.contains("t.jpg") && world.selected == "c.jpg")
    world.send(.progressed(nil))
    #expect(world.effects.count == asked + 2)
  }

  @Test("ranks by likeness again too, and says nothing of it")
  func likensAgain() {
    var world = GalleryWorld(8, encoded: 2)
    world.type("l*")
    #expect(world.names.prefix(2) == ["b.jpg", "a.jpg"])
    world.type("l")
    let all = GalleryWorld.pictures(8, encoded: 8)
    world.send(.changed([7: all[7]]))
    world.send(.progressed(nil))
    #expect(world.names.prefix(3) == ["b.jpg", "h.jpg", "a.jpg"] && world.selected == "a.jpg")
    #expect(world.notice == nil)
  }

  @Test("looks for pictures before it says that there are none")
  func looks() {
    let gallery = Gallery(title: "photos", size: (24, 80))
    #expect(view(gallery).screen.lines.contains { $0.contains("Looking for pictures ...") })
    let world = GalleryWorld(0)
    #expect(world.lines.contains { $0.contains("No pictures here") })
  }

  @Test("shows what went wrong while a document was open, and no hint from before")
  func greets() {
    var world = GalleryWorld(3)
    world.send(.notice(Notice("opening a.jpg ...", isPassing: true)))
    world.state.greet()
    #expect(world.notice == nil)
    world.send(.notice(Notice("the pictures are not indexed: a reason", kind: .error)))
    world.state.greet()
    #expect(world.notice == "the pictures are not indexed: a reason")
  }

  @Test("hears no answer to a question before the last")
  func late() {
    var world = GalleryWorld(20)
    world.isSlow = true
    world.type("/dog<CR>/sea<CR>")
    world.answer(world.questions[0])
    #expect(world.state.search == nil)
    world.answer(world.questions[1])
    #expect(world.state.search == "sea")
    world.type("/dog<CR><Esc>")
    world.answer(world.questions[2])
    #expect(world.state.search == nil)
  }

  @Test("does not sort by likeness to what is not encoded")
  func notEncoded() {
    var world = GalleryWorld(20, encoded: 3)
    world.type("5l*")
    #expect(world.notice == "f.jpg is not encoded yet")
  }

  @Test("keeps the selected picture while others come and go, once a person has moved")
  func comeAndGo() {
    var world = GalleryWorld(20)
    world.type("5l")
    var gone = world.state.pictures[2]
    gone.isListed = false
    world.send(.changed([2: gone]))
    #expect(world.selected == "f.jpg" && world.state.place == .init(number: 5, count: 19))
    world.type("G")
    var last = world.state.pictures[19]
    last.isListed = false
    world.send(.changed([19: last]))
    #expect(world.selected == "s.jpg")
    world.send(.listed([], byName: []))
    #expect(world.selected == nil && world.state.place == nil)
  }

  @Test("lists the files that cannot be read")
  func unreadable() {
    var world = GalleryWorld(20)
    world.send(.unreadable([.init(name: "bad.jpg", reason: "not a picture")]))
    #expect(world.lines[0].contains("1 unreadable"))
    world.type("!")
    #expect(world.lines.contains { $0.contains("bad.jpg: not a picture") })
    world.type("q")
    #expect(world.state.mode == .browsing)
    world.type(":errors<CR>")
    #expect(world.lines.contains { $0.contains("1 file that cannot be read") })
  }

  @Test("steps on and back in its order, for the documents that are opened from it")
  func turns() {
    var world = GalleryWorld(20)
    world.type("/sky<CR>")
    #expect(world.state.turn(by: 1) == 2 && world.state.turn(by: 5) == 19)
    #expect(world.state.turn(by: 1) == nil && world.state.turn(by: -6) == 1)
    #expect(world.selected == "b.jpg")
  }

  @Test("runs the action that is picked in the help")
  func help() {
    var world = GalleryWorld(20)
    world.type("?larger<CR>")
    #expect(world.shown.count < 8)
    world.type("?")
    #expect(world.lines.contains { $0.contains("rank by words") })
  }

  @Test("has a place and a picture for every thumbnail in sight", arguments: [1, 4, 7, 20, 900])
  func strips(_ count: Int) {
    for (rows, columns) in [(12, 40), (24, 80), (40, 120), (60, 200), (100, 300)] {
      let world = GalleryWorld(count, rows: rows, columns: columns, graphics: "sixel")
      let strips = view(world.state).strips
      #expect(strips.flatMap(\.tiles).map(\.picture) == world.state.inSight)
      for strip in strips {
        #expect(strip.box.row + strip.box.rows <= rows - 2)
        #expect(strip.box.column + strip.box.columns <= columns)
        for tile in strip.tiles {
          #expect(
            tile.box.rows > 0 && tile.box.row + tile.box.rows == strip.box.row + strip.box.rows)
          #expect(strip.box.contains(row: tile.box.row, column: tile.box.column))
        }
      }
      #expect(strips.flatMap(\.tiles).count { $0.isSelected } == 1)
    }
  }

  @Test("reads lines, and tells a list")
  func lines() throws {
    var world = GalleryWorld(3, graphics: "none", dialect: .lines)
    func reply(_ line: String) throws -> [String] {
      let request = try #require(GalleryRequest(line))
      for message in request.messages { world.send(message) }
      return world.state.plainLines(of: request.answer)
    }
    #expect(
      try reply("list") == [
        "1  a.jpg  dog grass ball snout", "2  b.jpg  mountain sky snow",
        "3  c.jpg  sea ship sky cloud",
      ])
    #expect(
      try reply("find sky") == ["1  b.jpg  mountain sky snow", "2  c.jpg  sea ship sky cloud"])
    #expect(try reply("all").count == 3)
    #expect(try reply("go 2") == ["2  b.jpg  mountain sky snow"])
    #expect(try reply("next") == ["3  c.jpg  sea ship sky cloud"])
    #expect(try reply("open 1").isEmpty && world.terminal == [.open(0)])
    #expect(try reply("sort date").count == 3)
    _ = try reply("nosuch")
    #expect(world.notice == "nosuch is no command; help lists them")
    #expect(GalleryRequest("   ") == nil)
    #expect(try reply("help").count == GalleryRequest.usage.count)
  }

  // MARK: Screens

  @Test(
    "is drawn as agreed",
    arguments: [
      ("80x24", "gallery", "l"), ("120x40", "gallery", "3jl"), ("40x12", "gallery", "j"),
      ("80x24", "gallery-search", "/sky<CR>"), ("80x24", "gallery-typing", "/dog gra"),
      ("80x24", "gallery-errors", "!"), ("80x24", "gallery-help", "?pic"),
      ("80x24", "gallery-encoding", ""), ("80x24", "gallery-empty", ""),
      ("80x24", "gallery-names", "j"),
    ])
  func drawn(_ size: String, _ name: String, _ keys: String) throws {
    let numbers = size.split(separator: "x").compactMap { Int($0) }
    let isWaiting = name == "gallery-encoding"
    var world = GalleryWorld(
      name == "gallery-empty" ? 0 : 29, encoded: isWaiting ? 3 : .max, rows: numbers[1],
      columns: numbers[0], graphics: name == "gallery-names" ? "none" : "quadrants")
    if isWaiting { world.send(.progressed(GalleryProgress(done: 3, total: 29))) }
    if name == "gallery-errors" {
      world.send(.unreadable([.init(name: "sub/bad one.jpg", reason: "the file is cut off")]))
    }
    world.type(keys)
    try expectScreen(world.lines, "\(size)-\(name)")
  }
}

@Suite("The explorer in a list of pictures")
struct TurnSuite {
  private func world(_ number: Int = 2, keepsHistory: Bool = true) -> World {
    var world = World(keepsHistory: keepsHistory)
    world.state.place = Turn.Place(number: number, count: 3)
    return world
  }

  private func turns(_ world: World) -> [Turn] {
    world.effects.compactMap { effect in
      if case .terminal(.turn(let turn)) = effect { turn } else { nil }
    }
  }

  @Test(
    "goes on, back, to the gallery and to other files",
    arguments: [
      ("<C-n>", Turn.next(1)), ("<C-p>", .next(-1)), (":n<CR>", .next(1)), (":N<CR>", .next(-1)),
      (":next<CR>", .next(1)), (":previous 1<CR>", .next(-1)), ("gf", .gallery),
      (":gallery<CR>", .gallery), (":e a b.jpg<CR>", .file("a b.jpg")),
    ])
  func goes(_ keys: String, _ turn: Turn) {
    var world = world()
    world.type(keys)
    #expect(turns(world) == [turn])
  }

  @Test("stays at the ends of the list, and where only one file was opened")
  func ends() {
    var world = world(3)
    world.type("<C-n>")
    #expect(turns(world).isEmpty && world.state.notice?.text == "this is the last of 3 pictures")
    world.type("3<C-p>")
    #expect(turns(world).isEmpty && world.state.notice?.text == "this is the first of 3 pictures")
    world.type(":N 2<CR>")
    #expect(turns(world) == [.next(-2)])
    var alone = World()
    alone.type(":n<CR>")
    #expect(turns(alone).isEmpty && alone.state.notice?.text == "only this file was opened")
  }

  @Test("asks nothing where the history keeps what is not saved")
  func kept() {
    var world = world()
    world.type("ikitten<CR><C-n>")
    #expect(turns(world) == [.next(1)] && !world.hasQuit)
  }

  @Test("asks where edits would be lost, and goes on as it was told")
  func asks() {
    for (keys, isSaved) in [("y", true), ("n", false)] {
      var world = world(keepsHistory: false)
      world.type("ikitten<CR><C-n>")
      #expect(turns(world).isEmpty && world.state.mode == .leaving)
      #expect(world.lines.last?.contains("discard and go on") == true)
      world.type(keys)
      #expect(turns(world) == [.next(1)] && !world.hasQuit)
      #expect(world.files.isEmpty != isSaved)
    }
    var stays = world(keepsHistory: false)
    stays.type("ikitten<CR><C-n><Esc>q")
    #expect(turns(stays).isEmpty && !stays.hasQuit && stays.state.mode == .leaving)
    stays.type("n")
    #expect(turns(stays).isEmpty && stays.hasQuit)
  }

  @Test("has its own editor where :e names no file")
  func editor() {
    var world = world()
    world.type(":e<CR>")
    #expect(world.effects.contains { if case .terminal(.openEditor) = $0 { true } else { false } })
  }
}

/// Compares a screen with that in Screens/; SPAE_DRAW_SCREENS=1 draws it again.
func expectScreen(_ lines: [String], _ name: String) throws {
  let text = lines.joined(separator: "\n") + "\n"
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Screens/\(name).txt")
  if ProcessInfo.processInfo.environment["SPAE_DRAW_SCREENS"] == "1" {
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
  #expect(text == (try String(contentsOf: file, encoding: .utf8)))
}
