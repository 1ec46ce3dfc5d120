import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("The explorer and a language model")
struct LanguageSuite {
  private func eloquent() -> World {
    var world = World()
    world.reply = World.eloquence
    return world
  }

  @Test("shows a caption or an answer until it is closed", arguments: ["q", "<Esc>", "<CR>"])
  func reading(_ key: String) throws {
    var world = eloquent()
    world.type("K")
    guard case .reading(let caption) = world.state.mode else {
      Issue.record("no caption is read")
      return
    }
    #expect(caption.text.hasPrefix("A kitten"))
    world.type(key)
    #expect(world.state.mode == .browsing)
    #expect(!world.hasQuit)
    world.type(":ask What is it?<CR>")
    guard case .reading(let answer) = world.state.mode else {
      Issue.record("no answer is read")
      return
    }
    #expect(answer.text.hasPrefix("What is it?\n\nA kitten"))
    #expect(world.states.count == 1)
  }

  @Test(
    "wraps and scrolls what it reads",
    arguments: [("", 0), ("jj", 2), ("jjjj", 2), ("G", 2), ("Gk", 1), ("Ggg", 0), ("jk", 0)])
  func scrolling(_ keys: String, _ scroll: Int) {
    var world = World(rows: 12, columns: 40)
    world.reply = { _ in .text((1...50).map { "word\($0)" }.joined(separator: " ")) }
    world.type("K" + keys)
    guard case .reading(let reading) = world.state.mode else {
      Issue.record("nothing is read")
      return
    }
    #expect(reading.scroll == scroll)
    #expect(world.lines.contains { $0.contains("word50") } == (scroll == 2))
  }

  @Test("lets no control character of an answer reach the screen")
  func controls() {
    var world = World()
    world.reply = { _ in .text("a \u{1B}[2Jcat\u{7} and\u{200E}\u{9B}1m dog\nand more") }
    world.type("K")
    #expect(world.lines.contains { $0.contains(#"a \u{1b}[2Jcat\u{7} and\u{9b}1m dog"#) })
    for scalar in world.lines.joined().unicodeScalars {
      #expect(scalar.value >= 0x20 && scalar != "\u{9B}" && scalar != "\u{200E}")
    }
  }

  @Test("previews proposals, and accepts one as one revision")
  func filling() {
    var world = eloquent()
    let before = world.state.pyramid
    world.type("4G00vjlF")
    #expect(world.state.pyramid == before)
    #expect(world.state.shown != before)
    #expect(world.state.decoded?.request.pyramid == world.state.shown, "the preview is decoded")
    let first = world.state.shown
    world.type("<Tab>")
    #expect(world.state.shown != first)
    world.type("N")
    #expect(world.state.shown == first)
    world.type("<CR>")
    #expect(world.state.pyramid == first)
    #expect(world.states.count == 2)
    world.type("u")
    #expect(world.state.pyramid == before)
  }

  @Test("leaves no trace of proposals that are not accepted")
  func dropping() {
    var world = eloquent()
    let (before, place) = (world.state.pyramid, world.state.cursor)
    world.type("F<Tab><Tab><Tab>n<Esc>")
    #expect(world.state.shown == before)
    #expect(world.state.decoded?.request.pyramid == before)
    #expect(world.state.cursor == place)
    #expect(world.states.count == 1)
  }

  @Test("fills what was marked when the command was begun, and again elsewhere")
  func markedAndRepeated() {
    var world = eloquent()
    world.type("3G00vll:fill<CR>")
    guard case .filling(let fill) = world.state.mode else {
      Issue.record("nothing is proposed")
      return
    }
    #expect(fill.cells.count == 3)
    world.type("<CR>")
    let row = (0..<3).map { world.state.pyramid[CellAddress(layer: 3, row: 2, column: $0)] }
    world.type("k0.")
    #expect(row == (0..<3).map { world.state.pyramid[CellAddress(layer: 3, row: 1, column: $0)] })
  }

  @Test("keeps its keys while the language model thinks")
  func thinking() {
    var world = World()
    world.type(":fill<CR>")
    #expect(world.lines.last?.contains("tiny reads 21 words") == true)
    world.type("jjl")
    let place = CellAddress(layer: 2, row: 1, column: 1)
    #expect(world.state.cursor == place)
    world.answer(0, .proposals([[1]]))
    #expect(world.state.cursor == CellAddress(layer: 1, row: 0, column: 0), "it shows the place")
    world.type("<Esc>")
    #expect(world.state.cursor == place)
  }

  @Test("drops an answer that nobody waits for any more", arguments: ["<Esc>", "K"])
  func late(_ keys: String) {
    var world = World()
    world.type(":caption<CR>" + keys)
    #expect(world.effects.contains(.session(.giveUpConsultation)) == (keys == "<Esc>"))
    world.answer(0, .text("too late"))
    #expect(world.state.mode == .browsing)
    #expect(!world.lines.contains { $0.contains("too late") })
  }

  @Test("interrupts nobody with an answer", arguments: ["i", ":w", "v", "?", "t", "/wa", "g"])
  func patience(_ keys: String) {
    var world = World()
    world.type("K" + keys)
    let mode = world.state.mode
    world.answer(0, .text("here"))
    #expect(world.state.mode == mode)
    world.type("<Esc>")
    #expect(world.lines.contains { $0.contains("here") })
  }

  @Test("does not lay proposals over words that have changed since")
  func changedSince() {
    var world = World()
    world.type(":fill<CR>x")
    world.answer(0, .proposals([[1]]))
    #expect(world.state.mode == .browsing)
    #expect(world.state.notice?.kind == .warning)
    #expect(world.word == "whisker")
  }

  @Test(
    "says why there is no answer, and loses nothing",
    arguments: [
      LanguageAnswer.failure("http://x: nobody answers"), .proposals([]),
      .proposals([[1, 2, 3]]),
    ])
  func failure(_ answer: LanguageAnswer) {
    var world = World()
    world.type("ikitten<CR>:fill<CR>")
    world.answer(0, answer)
    #expect(world.state.mode == .browsing)
    #expect(world.state.notice != nil)
    #expect(world.word == "kitten")
  }

  @Test("wants a question after :ask")
  func noQuestion() {
    var world = World()
    world.type(":ask<CR>")
    #expect(world.state.notice?.text.hasPrefix("usage: :ask QUESTION") == true)
  }

  /// A world whose language model makes word 2 of two cells.
  private func wishful() -> World {
    var world = World()
    var words = world.state.pyramid
    for row in 0..<2 { words[CellAddress(layer: 2, row: row, column: 0)] = 2 }
    world.reply = { [words] _ in
      .revision(WordRevised(pyramid: words, edited: [1, 3], edits: ["fur -> snow"]))
    }
    return world
  }

  @Test("shows a wish's words before Enter, and keeps them as one revision")
  func wish() {
    var world = wishful()
    let (before, place) = (world.state.pyramid, world.state.cursor)
    world.type(":revise in winter<CR>")
    #expect(world.state.pyramid == before)
    #expect(world.state.shown != before)
    #expect(world.state.decoded?.request.pyramid == world.state.shown, "the preview is decoded")
    #expect(world.lines.last?.contains("fur -> snow") == true)
    let shown = world.state.shown
    world.type("<CR>")
    #expect(world.state.pyramid == shown)
    #expect(world.states.count == 2)
    let verb = "revise: in winter: exact: fur -> snow"
    #expect(world.effects.contains(.session(.commit(shown, verb: verb))))
    #expect(world.state.cursor == place)
    world.type("u")
    #expect(world.state.pyramid == before)
  }

  @Test("leaves no trace of a wish that is not accepted")
  func cancelledWish() {
    var world = wishful()
    let before = world.state.pyramid
    world.type(":revise in winter<CR><Esc>")
    #expect(world.state.shown == before)
    #expect(world.states.count == 1)
    world.type(":revise<CR>")
    #expect(world.state.notice?.text.hasPrefix("usage: :revise WISH") == true)
  }

  @Test("asks with the words that were typed, and by the style of edits")
  func wishHolds() {
    var world = World()
    world.type("ikitten<CR>:edits exact<CR>:revise at night<CR>")
    let wishes = world.effects.compactMap { effect -> Wish? in
      guard case .session(.consult(let request)) = effect, case .revise(let wish) = request.question
      else { return nil }
      return wish
    }
    #expect(wishes.map(\.text) == ["at night"])
    #expect(wishes.first?.style == .exact)
    world.answer(0, .revision(WordRevised(pyramid: world.state.pyramid)))
    #expect(world.state.notice?.text == "'at night' changes nothing here")
  }

  @Test("tells answers and proposals as lines")
  func plain() throws {
    var world = eloquent()
    func reply(_ line: String) throws -> [String] {
      let command = try #require(try PlainCommand(line, shape: world.state.shape))
      world.send(.plain(command))
      let lines = plainReply(to: command, world.state)
      world.state.closePopups()
      return lines
    }
    #expect(try reply("caption").first?.hasPrefix("A kitten") == true)
    #expect(try reply("ask why").first == "why")
    let old = world.word
    #expect(try reply("fill").first == "layer 1, row 1, column 1: \(old) > kitten")
    #expect(try reply("another").first == "layer 1, row 1, column 1: \(old) > muzzle")
    #expect(try reply("accept").first?.hasPrefix("muzzle, layer 1") == true)
    #expect(try reply("accept").first == "no word is proposed; fill asks for some")
    #expect(try reply("fill").first == "layer 1, row 1, column 1: muzzle > kitten")
    world.reply = wishful().reply
    #expect(try reply("revise in winter").first == "fur -> snow")
    #expect(try reply("drop").isEmpty == false)
    _ = try reply("set elephant")
    #expect(world.word == "elephant")
    #expect(world.states.count == 3)
  }
}
