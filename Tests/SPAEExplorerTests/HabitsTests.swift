import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("What people are used to")
struct HabitsSuite {
  private func cell(_ layer: Int, _ row: Int, _ column: Int) -> CellAddress {
    CellAddress(layer: layer, row: row, column: column)
  }

  @Test("are pages by Ctrl-F and Ctrl-B, twice as far as by Ctrl-D and Ctrl-U")
  func pages() {
    var (half, whole) = (World(), World())
    half.type("<C-d><C-d>")
    whole.type("<C-f>")
    #expect(whole.state.cursor == half.state.cursor)
    #expect(whole.state.cursor.layer > 1)
    whole.type("<C-b>")
    #expect(whole.state.cursor == cell(1, 0, 0))
    whole.type("<C-b>")
    #expect(whole.state.notice?.text == "this is the first row")
  }

  @Test("is the way back to the last edits by Ctrl-O")
  func back() {
    var world = World()
    world.type("<C-o>")
    #expect(world.state.notice?.text == "nothing was edited yet")
    world.type("2Gikitten<CR>3G0ikitten<CR>Ggg")
    let (first, second) = (cell(2, 1, 1), cell(3, 3, 0))
    world.type("<C-o>")
    #expect(world.state.cursor == second)
    world.type("<C-o>")
    #expect(world.state.cursor == first)
    world.type("<C-o>")
    #expect(world.state.notice?.text == "no word was edited before this one")
    world.type("2G$ielephant<CR>gg2<C-o>")
    #expect(world.state.cursor == second)
  }

  @Test("lists nothing for more letters than any word has")
  func longText() {
    var world = World()
    world.type("i" + String(repeating: "kitten", count: 500))
    #expect(world.lines.contains { $0.contains("no such word") })
    world.type("<Esc>")
    #expect(world.state.mode.context == .browsing)
  }

  @Test("is cw")
  func changeWord() {
    var world = World()
    world.type("c")
    #expect(world.lines[23].contains("w pick by spelling"))
    world.type("wkitten<CR>")
    #expect(world.word == "kitten")
  }

  @Test(
    "are settings by :set",
    arguments: [
      (":set notint<CR>", "notint  inset  noclipboard  edits=exact  depth=all  graphics=sixel"),
      (":set noinset<CR>:set clipboard<CR>:set<CR>", "tint  noinset  clipboard  edits=exact"),
      (":set edits=paint<CR>:set<CR>", "tint  inset  noclipboard  edits=paint"),
      (":set depth=3<CR>:set<CR>", "tint  inset  noclipboard  edits=exact  depth=3"),
      (":set depth=9<CR>", "depth is '9'; it can be 1 to 6, or all"),
      (":set edits=off<CR>", "edits is 'off'; it can be "),
      (":set number<CR>", "there is no setting 'number': tint, inset and clipboard"),
      (":set nonumber<CR>", "there is no setting 'nonumber'"),
      (":set colour=red<CR>", "there is no setting 'colour'"),
    ])
  func settings(_ keys: String, _ notice: String) {
    var world = World()
    world.type(keys)
    let shown = world.state.notice?.text ?? ""
    #expect(shown.hasPrefix(notice), "\(shown)")
  }

  @Test("hand themes and graphics to the terminal")
  func terminalSettings() {
    var world = World()
    world.type(":set theme=fjord<CR>:set graphics=ascii<CR>")
    #expect(world.effects.contains(.terminal(.chooseTheme("fjord"))))
    #expect(world.effects.contains(.terminal(.chooseGraphics("ascii"))))
  }

  @Test("is help on a topic")
  func help() {
    var world = World()
    world.type(":help zoom<CR>")
    guard case .help(let list) = world.state.mode else {
      Issue.record("\(world.state.mode)")
      return
    }
    #expect(list.entries.map(\.action).prefix(2) == [.zoomIn, .zoomOut])
    world.type("<Esc>:help :w<CR>")
    #expect(world.state.notice?.text.hasPrefix(":w[!] [FILE]") == true)
    world.type(":help xyzzy<CR>")
    #expect(world.state.notice?.text == "no key or command is about 'xyzzy'")
  }

  @Test("is the clipboard, where that is wished")
  func clipboard() {
    var world = World()
    let copies = { (world: World) in
      world.effects.compactMap { effect in
        if case .terminal(.copy(let text)) = effect { text } else { nil }
      }
    }
    world.type("3Gy")
    #expect(copies(world).isEmpty)
    world.type(":set clipboard<CR>y")
    #expect(copies(world) == [world.word])
    world.type("00vljy")
    #expect(copies(world).last?.split(separator: "\n").count == 2)
    #expect(copies(world).last?.split(whereSeparator: { " \n".contains($0) }).count == 4)
  }
}

@Suite("Keys that a person changes")
struct KeymapSuite {
  private func keymap(_ action: Action, _ keys: String) throws -> Keymap {
    try Keymap([try Keymap.Change(action, keys)])
  }

  @Test("mean what the person says, and no longer what they meant")
  func changed() throws {
    let keymap = try keymap(.undo, "U <C-y>")
    for keys in ["U", "<C-y>"] {
      #expect(keymap.answer(to: try Key.keys(from: keys), in: .browsing) == .action(.undo))
    }
    #expect(keymap.answer(to: [.character("u")], in: .browsing) == .none)
    #expect(keymap.entries(in: .browsing).first { $0.action == .undo }?.notation == "U <C-y>")
    #expect(Keymap.answer(to: [.character("u")], in: .browsing) == .action(.undo))
  }

  @Test("may change places")
  func swapped() throws {
    let keymap = try Keymap([
      try Keymap.Change(.undo, "r"), try Keymap.Change(.search, "u"),
    ])
    #expect(keymap.answer(to: [.character("u")], in: .browsing) == .action(.search))
  }

  @Test("are in the help and in the hints, and are pressed")
  func used() throws {
    var world = World()
    world.change(try keymap(.undo, "U"))
    #expect(world.lines[23].contains("U undo"))
    world.type("ikitten<CR>U")
    #expect(world.word != "kitten")
    world.type("?undo")
    #expect(world.lines.contains { $0.hasPrefix("│ U ") })
  }

  @Test(
    "are refused where they mean something else",
    arguments: [
      (Action.undo, "x", "x cannot be it: x is replace-by-mean where you browse"),
      (.undo, "g", "g cannot be it: gg is top where you browse"),
      (.undo, "uu i", "i cannot be it: i is pick-by-spelling where you browse"),
      (.undo, "", "it needs a key"), (.undo, "3", "3 begins a number before a key"),
      (.nextItem, "j", "j is text where the help is open"),
      (.accept, "n", "n cannot be it: n is next-proposal where words are proposed"),
    ])
  func refused(_ action: Action, _ keys: String, _ reason: String) {
    #expect {
      _ = try keymap(action, keys)
    } throws: { error in
      "\(error)".hasPrefix(reason) && (error as? Keymap.Conflict)?.action == action
    }
  }

  @Test("are called by names that are read back")
  func names() {
    for action in Action.allCases { #expect(Action(dashedName: action.dashedName) == action) }
    #expect(Action.replaceByMean.dashedName == "replace-by-mean")
    #expect(Action(dashedName: "nonsense") == nil)
  }
}
