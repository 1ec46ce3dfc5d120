import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("After a colon")
struct TypedEditSuite {
  private func cell(_ layer: Int, _ row: Int, _ column: Int) -> CellAddress {
    CellAddress(layer: layer, row: row, column: column)
  }

  private func word(_ world: World, _ cell: CellAddress) -> String {
    world.state.vocabulary[world.state.pyramid[cell]]
  }

  @Test("an edit is repeated by '.': a word at the cursor, a replacement as it was")
  func repeated() {
    var world = World()
    world.type(":2:1,1 = kitten<CR>2G.")
    #expect(world.word == "kitten")
    let old = word(world, cell(3, 0, 0))
    world.type(":\(old) -> muzzle<CR>u.")
    #expect(word(world, cell(3, 0, 0)) == "muzzle")
    world.type(".")
    #expect(world.state.notice?.text == "'\(old)' not found")
    world.type(":s/muzzle/\(old)/<CR>3G0ielephant<CR>:muzzle -> kitten<CR>l.")
    #expect(world.state.notice?.text == "'muzzle' not found")
  }

  @Test("a refused edit is not what '.' repeats")
  func refused() {
    var world = World()
    world.type(":2:1,1 = kitten<CR>:2:9,9 = muzzle<CR>:kitten -> nonsense<CR>2G.")
    #expect(world.word == "kitten")
  }

  @Test("'.' repeats what was pasted with all beneath it, and what was brought")
  func others() {
    var world = World()
    world.type("3GY0P$.")
    #expect(world.effects.count { $0 == .session(.findYanked) } == 2)
    world.type("2G:bring kitten<CR>h.")
    #expect(world.paintings.count == 2)
    #expect(world.paintings.allSatisfy { $0.bringing == .best })
  }

  @Test(
    "LAYER:ROW,COLUMN goes to a word",
    arguments: [
      (":2:1,2<CR>", 2, 0, 1), (":6:16,16<CR>", 6, 15, 15), (": 3 : 2 , 1 <CR>", 3, 1, 0),
      ("v:3:2,1<CR>", 3, 1, 0),
    ])
  func goes(_ keys: String, _ layer: Int, _ row: Int, _ column: Int) {
    var world = World()
    world.type(keys)
    #expect(world.state.cursor == cell(layer, row, column))
    #expect(world.state.mode == .browsing && world.state.notice == nil)
  }

  @Test(
    "what an edit or a cell lacks is named",
    arguments: [
      (":1:1,1<CR>", "this is the word at 1:1,1"),
      (":9:1,1<CR>", "there is no layer 9; this pyramid has layers 1 to 6"),
      (":2:3,1<CR>", "there is no row 3 in layer 2, which has 1 to 2"),
      (":2:1,0<CR>", "there is no column 0 in layer 2, which has 1 to 2"),
      (":2:1<CR>", "'2:1': a number is a layer, LAYER:ROW,COLUMN a word, such as 2:1,2"),
      (":2:1,1 kitten<CR>", "'2:1,1 kitten': a number is a layer"),
      (":2:1,1 =<CR>", "name the word: :2:1,1 = WORD"),
      (":kitten -><CR>", "name the new word: :kitten -> WORD"),
      (":-> kitten<CR>", "name the word to replace: :WORD -> kitten"),
      (":-><CR>", "name one word on each side: :OLD -> NEW"),
      (":kitten -> muzzle whisker<CR>", "name one word on each side: :OLD -> NEW"),
      (":kitten -> muzzle -> whisker<CR>", "name one word on each side: :OLD -> NEW"),
      (
        ":kitten -> muzzle; 2:1,1 = whisker<CR>",
        "one edit a line: :kitten -> muzzle, then :2:1,1 = whisker"
      ),
      (
        ":2:1,1 = kitten | 2:1,2 = muzzle<CR>",
        "one edit a line: :2:1,1 = kitten, then :2:1,2 = muzzle"
      ),
      (":%s/kitten<CR>", "usage: :s/OLD/NEW/"),
    ])
  func lacks(_ keys: String, _ beginning: String) {
    var world = World()
    let before = world.state.pyramid
    world.type(keys)
    let text = world.state.notice?.text ?? ""
    #expect(text.hasPrefix(beginning), "\(text)")
    #expect(world.state.pyramid == before)
  }

  @Test("a semicolon at the end is no second edit")
  func semicolon() {
    var world = World()
    world.type(":2:1,1 = kitten;<CR>")
    #expect(word(world, cell(2, 0, 0)) == "kitten")
  }

  @Test("a wish with an arrow or a semicolon is a wish")
  func wish() {
    var world = World()
    world.type(":revise grass -> snow; no birds<CR>")
    #expect(world.questions.count == 1)
  }

  @Test("a state is compared by its number or its name")
  func compare() {
    var world = World()
    world.type(":compare 2<CR>:compare before dawn<CR>")
    #expect(world.effects.contains(.session(.compare(with: .number(2)))))
    #expect(world.effects.contains(.session(.compare(with: .name("before dawn")))))
  }

  @Test(
    "the plain mode goes to a cell and describes it",
    arguments: [("2:1,2", "waoo, layer 2, row 1, column 2"), ("2:9,2", nil), ("2:1", nil)])
  func plain(_ line: String, _ beginning: String?) throws {
    var world = World(dialect: .lines)
    guard let beginning else {
      #expect(throws: PlainCommandError.self) { try PlainCommand(line, shape: world.state.shape) }
      return
    }
    let command = try #require(try PlainCommand(line, shape: world.state.shape))
    world.send(.plain(command))
    #expect(plainReply(to: command, world.state).first?.hasPrefix(beginning) == true)
  }
}

@Suite("On a narrow screen")
struct NarrowScreenSuite {
  @Test("a long name of a state leaves the file's name in the title", arguments: [40, 60, 80])
  func title(_ columns: Int) {
    var world = World(columns: columns)
    let name = "the evening before the first snow of the year, with all the birds"
    world.send(
      .moved(world.state.pyramid, .init(state: 12, last: 14, name: name), note: nil))
    #expect(world.lines[0].contains("cat.png  "), "\(world.lines[0])")
    #expect(world.lines[0].contains("layer 1/6"))
    #expect(world.lines[0].contains("12/14 the e"))
    world.send(
      .moved(world.state.pyramid, .init(state: 12, last: 14, name: "dawn"), note: nil))
    #expect(world.lines[0].contains("12/14 dawn  "))
  }

  @Test("the help has the whole of every line", arguments: [40, 60, 80])
  func help(_ columns: Int) {
    var world = World(columns: columns)
    for topic in ["change", "film", "library", "cancel", "half"] {
      world.type("?\(topic)")
      guard case .help(let list) = world.state.mode else {
        Issue.record("\(world.state.mode)")
        return
      }
      // The words of the list, without frames and the picture beside it.
      let width = world.lines[1].prefix { $0 != "┐" }.count
      let shown = world.lines.dropFirst(2).map { $0.dropFirst().prefix(width - 1) }
        .joined(separator: " ").split(separator: " ").joined(separator: " ")
      for entry in list.entries.prefix(3) {
        #expect(shown.contains(entry.notation), "\(entry.notation)")
        for word in entry.help.split(separator: " ") { #expect(shown.contains(word), "\(shown)") }
      }
      world.type("<Esc>")
    }
  }

  @Test("a gallery keeps the name of its folder in the title")
  func gallery() {
    let name = "photographs/" + String(repeating: "holidays/", count: 20)
    let state = Gallery(title: name, size: (24, 60), graphics: "none")
    #expect(view(state).screen.lines[0].hasPrefix(" photographs/holidays"))
  }
}
