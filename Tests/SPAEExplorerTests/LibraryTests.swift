import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("A word from the library")
struct AWordFromTheLibrary {
  /// An explorer whose library shows a kitten.
  private func world(_ edits: EditStyle = .paint) -> World {
    var world = World(edits: edits)
    world.libraryPart = LibraryPart(
      word: 1, path: "/photos/2026/dog.png", pyramid: world.states[0],
      cell: CellAddress(layer: 1, row: 0, column: 0))
    return world
  }

  private func painting(_ world: World) -> Painting? {
    view(world.state).picture?.request.painting
  }

  @Test(
    "is brought with Enter, as one state that undo takes back",
    arguments: [EditStyle.paint, .exact], ["2Gi<Tab><Tab><Tab><CR>", "2Ggb<CR>", "2Gf<Tab><CR>"])
  func brought(edits: EditStyle, keys: String) {
    var world = world(edits)
    world.type(keys)
    #expect(world.word == "kitten")
    #expect(world.state.notice?.text == "brought 8 words from dog.png")
    #expect(world.states.count == 2)
    world.type("u")
    #expect(world.state.pyramid == world.states[0])
  }

  @Test("is previewed before Enter, and leaves no trace with Escape")
  func previewed() throws {
    var world = world()
    world.type("2Ggb")
    let part = try #require(world.libraryPart)
    #expect(painting(world)?.bringing == .part(part))
    #expect(world.lines.contains { $0.contains("Bring into") && $0.contains("from the library") })
    #expect(world.lines.contains { $0.contains("kitten dog.png") })
    world.type("<Esc>")
    #expect(painting(world) == nil)
    #expect(world.states.count == 1 && world.paintings.isEmpty)
  }

  @Test("is brought again by the dot")
  func again() {
    var world = world()
    world.type("2Ggb<CR>kh.")
    #expect(world.paintings.count == 2 && world.states.count == 3)
    #expect(world.paintings[0].bringing == world.paintings[1].bringing)
  }

  @Test("is chosen by the engine where it is typed after :bring")
  func command() {
    var world = world()
    world.type("2G:bring kitten<CR>")
    #expect(world.paintings.map(\.bringing) == [.best])
    #expect(world.state.notice?.text == "brought 8 words from best.png")
    world.type(":bring nosuchword<CR>")
    #expect(world.state.notice?.kind == .error)
    world.type(":bring<CR>")
    #expect(world.state.notice?.text.hasPrefix("usage: :bring WORD ") == true)
  }

  @Test("is brought into a marked block")
  func block() {
    var world = world()
    world.type("3Gvlgb<CR>")
    #expect(world.state.notice?.text == "brought 9 words from dog.png")
  }

  @Test("that nothing shows is said in the list, and Enter changes nothing")
  func absent() {
    var world = World(edits: .paint)
    world.type("2Ggb")
    #expect(world.lines.contains { $0.contains("none of the 14 pictures shows it") })
    world.type("<CR>")
    #expect(world.state.notice?.text == "none of the 14 pictures shows it")
    #expect(world.states.count == 1 && world.paintings.isEmpty)
  }

  @Test("has no room in the lowest layers", arguments: ["5Ggb", "6G:bring kitten<CR>"])
  func lowest(keys: String) {
    var world = world()
    world.type(keys)
    let text = world.lines.joined(separator: " ") + (world.state.notice?.text ?? "")
    #expect(text.contains("too small"))
    #expect(world.paintings.isEmpty && world.states.count == 1)
  }
}

@Suite("Candidates by their effect")
struct CandidatesByTheirEffect {
  /// The last question for candidates.
  private func asked(_ world: World) -> WordPicker.Query? {
    world.effects.compactMap { effect in
      if case .session(.findCandidates(let query)) = effect { query } else { nil }
    }.last
  }

  @Test("are to be painted where a typed word paints, as the edit that Enter makes")
  func painted() throws {
    var world = World(edits: .paint)
    world.type("2Gf")
    let query = try #require(asked(world))
    #expect(query.painting(1) == view(world.state).picture?.request.painting)
    world.type("<CR>")
    #expect(world.paintings == [try #require(query.painting(1))])
  }

  @Test("stay exact where edits are, and in the lowest layers", arguments: ["E2Gf", "5Gf"])
  func exact(keys: String) throws {
    var world = World(edits: .paint)
    world.type(keys)
    #expect(try #require(asked(world)).held == nil)
  }

  @Test("are replaced one by one while the list is open, and not after that")
  func replaced() throws {
    var world = World(edits: .paint)
    world.type("2Gf")
    let query = try #require(asked(world))
    let candidate = WordPicker.Candidate(word: 2, picture: 5)
    world.send(.candidate(query: query, candidate))
    guard case .picking(let picker) = world.state.mode else {
      Issue.record("the list is closed")
      return
    }
    #expect(picker.candidates.map(\.picture) == [nil, 5, nil])
    world.type("<Esc>")
    #expect(world.effects.contains(.session(.forgetCandidates)))
    world.send(.candidate(query: query, candidate))
    #expect(world.state.mode == .browsing)
  }

  @Test("have small pictures over characters where pixels are drawn")
  func pixels() throws {
    var world = World(edits: .paint)
    world.type("2Gf")
    let query = try #require(asked(world))
    world.send(.candidate(query: query, WordPicker.Candidate(word: 2, picture: 5)))
    #expect(view(world.state).strips.flatMap(\.tiles).map(\.picture) == [5])
    world.send(.graphicsChanged("quadrants"))
    #expect(view(world.state).strips.isEmpty)
  }
}
