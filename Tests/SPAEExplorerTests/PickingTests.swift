import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

/// Keys that are pressed while a list of candidates is still looked for.
@Suite("Keys before the list of candidates")
struct KeysBeforeTheList {
  /// A world whose lists wait: kitten, muzzle and whisker.
  private func world(_ keys: String, edits: EditStyle = .exact) -> World {
    var world = World(edits: edits)
    world.listsSlowly = true
    world.type("2G" + keys)
    return world
  }

  private func deliver(_ world: inout World) {
    while !world.lists.isEmpty { world.send(world.lists.removeFirst()) }
  }

  /// The last question for candidates.
  private func asked(_ world: World) throws -> WordPicker.Query {
    try #require(
      world.effects.compactMap { effect in
        if case .session(.findCandidates(let query)) = effect { query } else { nil }
      }.last)
  }

  @Test("an earlier list never answers: Enter takes the word that is typed", arguments: ["s", "f"])
  func typed(_ key: String) {
    var world = world(key)
    deliver(&world)
    world.type("elephant<CR>")
    #expect(world.word == "elephant")
    deliver(&world)
    #expect(world.word == "elephant" && world.states.count == 2)
  }

  @Test(
    "they are answered by the list when it comes",
    arguments: [
      ("s<CR>", "kitten"), ("s<Down><Down><CR>", "whisker"), ("f<C-n><CR>", "muzzle"),
      ("s<Down><Down><Up><CR>", "muzzle"), ("ikit<Tab><CR>", "kitten"),
      ("selephant<Down><CR>", "muzzle"), ("s<Down><Down>m<CR>", "kitten"),
      ("s<Down><Left><CR>", "muzzle"), ("s<Down><Tab><CR>", "kitten"),
    ])
  func kept(_ keys: String, _ word: String) {
    var world = world(keys)
    #expect(world.states.count == 1)
    #expect(world.state.notice?.text.contains("for the list; Esc drops ") == true)
    deliver(&world)
    #expect(world.word == word && world.states.count == 2)
    #expect(world.state.mode == .browsing)
  }

  @Test("Enter after a list of another text waits for its own, and takes no row of the old one")
  func partlyTyped() throws {
    var world = world("s")
    deliver(&world)
    world.type("<Down>ele<CR>")
    #expect(world.states.count == 1)
    let query = try asked(world)
    #expect(query.text == "ele")
    world.send(.candidates(query: query, [WordPicker.Candidate(word: 0)]))
    #expect(world.word == "elephant")
  }

  @Test(
    "what follows Enter is for what comes after the list, key by key",
    arguments: [
      EditStyle.exact, .paint,
    ])
  func following(_ edits: EditStyle) {
    var world = world("s<CR>3Gs<Down><CR>:w a.spae<CR>", edits: edits)
    #expect(world.states.count == 1 && world.files.isEmpty)
    deliver(&world)
    #expect(world.states.count == 3 && world.word == "muzzle")
    #expect(world.files["a.spae"] == world.state.pyramid)
    world.type("2G")
    #expect(world.word == "kitten")
  }

  @Test("nothing that follows is pressed where Enter accepts nothing")
  func refused() throws {
    var world = world("sele<CR>:q!<CR>")
    world.send(.noCandidates(query: try asked(world), note: "no word is near"))
    #expect(world.state.notice?.text.hasPrefix("'ele' is not in the vocabulary") == true)
    #expect(!world.hasQuit && world.states.count == 1)
    guard case .picking(let picker) = world.state.mode else {
      Issue.record("the list is closed")
      return
    }
    #expect(picker.line.text == "ele")
  }

  @Test("Enter says why there is no list")
  func none() throws {
    var world = world("s<CR>")
    world.send(.noCandidates(query: try asked(world), note: "the model cannot be read"))
    #expect(world.state.notice?.text == "the model cannot be read")
  }

  @Test("they wait while it is said what the list waits for")
  func progress() throws {
    var world = world("gb<CR>", edits: .paint)
    // Nothing is in the library of this world.
    #expect(world.state.notice?.text == "none of the 14 pictures shows it")
    world = self.world("s<Down><CR>")
    let query = try asked(world)
    world.send(.awaitingCandidates(query: query, note: "encoding 3 of 14"))
    #expect(world.lines.contains { $0.contains("encoding 3 of 14") })
    deliver(&world)
    #expect(world.word == "muzzle")
  }

  @Test("Esc drops them, and the list that comes then changes nothing")
  func dropped() {
    var world = world("s<Down><CR>")
    #expect(world.state.notice?.text == "2 keys wait for the list; Esc drops them")
    world.type("<Esc>")
    #expect(world.state.mode == .browsing)
    #expect(world.state.notice?.text == "dropped the keys that waited for the list")
    deliver(&world)
    #expect(world.states.count == 1 && world.state.mode == .browsing)
  }

  @Test("no more than a hundred are kept, and the screen is drawn and left meanwhile")
  func bounded() {
    var world = world("s<CR>" + String(repeating: "j", count: 150) + "<C-l><C-z>")
    #expect(world.effects.suffix(2) == [.terminal(.redraw), .terminal(.suspend)])
    world.type("j")
    #expect(
      world.state.notice?.text == "100 keys wait for the list, and no more; Esc drops them")
    world.type("<Esc>:q<CR>")
    #expect(world.hasQuit)
  }

  @Test("the list is asked for again where the words change meanwhile")
  func changed() throws {
    var world = world("s<Down><CR>")
    var words = world.state.pyramid
    words[CellAddress(layer: 1, row: 0, column: 0)] = 1
    world.send(.committed(words, HistoryFacts(state: 2, last: 2)))
    #expect(try asked(world).pyramid == words)
    deliver(&world)
    #expect(world.word == "muzzle")
  }

  @Test("a second answer to the same question leaves the row that was chosen")
  func again() {
    var world = world("s")
    let list = world.lists[0]
    world.send(list)
    world.type("<Down>")
    world.send(list)
    world.type("<CR>")
    #expect(world.word == "muzzle")
  }
}
