import SPAEExplorer
import SPAEPyramid
import Testing

@Suite struct ABlockWithAllBeneathIt {
  /// The words of a square of layer 3 and what is beneath, by the pixels' sixteenths.
  private func beneath(_ pyramid: Pyramid, row: Int, column: Int) -> [Int32] {
    (3...6).flatMap { layer in
      let size = pyramid.shape.size(ofLayer: layer).rows / 4
      return pyramid.shape.cells(ofLayer: layer)
        .filter { $0.row / size == row && $0.column / size == column }.map { pyramid[$0] }
    }
  }

  @Test func isPastedElsewhereAndNothingElseChanges() throws {
    var world = World()
    world.type("3GY")
    let from = world.state.cursor
    #expect(world.state.notice?.text == "yanked 37 words of layers 3 to 6")
    world.type("kkhhP")
    let (old, new, to) = (world.states[0], world.state.pyramid, world.state.cursor)
    #expect(to != from && world.states.count == 2)
    #expect(
      beneath(new, row: to.row, column: to.column)
        == beneath(old, row: from.row, column: from.column))
    for change in Edit(from: old, to: new).changes {
      let cell = new.shape.cell(at: change.index)
      let size = new.shape.size(ofLayer: cell.layer).rows / 4
      #expect(cell.layer >= 3 && cell.row / size == to.row && cell.column / size == to.column)
    }
    world.type("u")
    #expect(world.state.pyramid == old)
  }

  @Test func isPastedIntoItsOwnLayerOnlyAndNotBeyondTheEdge() {
    var world = World()
    world.type("P")
    #expect(world.state.notice?.kind == .warning)
    world.type("2GkhvljY")
    #expect(world.state.notice?.text == "yanked 596 words of layers 2 to 6")
    world.type("3GP")
    #expect(world.state.notice?.text == "these words are of layer 2: 2G goes there")
    world.type("2GlP")
    #expect(world.states.count == 2)
  }

  @Test("is pasted into another picture, of another shape, but not of another size")
  func elsewhere() throws {
    var first = World()
    first.type("3GY")
    let (block, from) = (try #require(first.yanked), first.state.cursor)
    var wide = World(grid: GridSize(rows: 16, columns: 24))
    wide.yanked = block
    wide.type("3GP")
    let to = wide.state.cursor
    #expect(wide.state.pyramid[to] == first.state.pyramid[from])
    #expect(wide.states.count == 2)
    var small = World(grid: GridSize(rows: 8, columns: 8))
    small.yanked = block
    small.type("3GP")
    #expect(
      small.state.notice?.text.hasPrefix("these words are of a picture of 128 pixels") == true)
    #expect(small.states.count == 1)
  }

  @Test("is read back as it was, and only as rectangles of the right layers")
  func parts() throws {
    var world = World()
    world.type("3GY")
    let block = try #require(world.yanked)
    #expect(Subtree(layer: block.layer, shape: block.shape, layers: block.layers) == block)
    #expect(Subtree(layer: 2, shape: block.shape, layers: block.layers) == nil)
    #expect(Subtree(layer: 3, shape: block.shape, layers: Array(block.layers.dropLast())) == nil)
    var ragged = block.layers
    ragged[1][0].removeLast()
    #expect(Subtree(layer: 3, shape: block.shape, layers: ragged) == nil)
    #expect(Subtree(layer: 7, shape: block.shape, layers: []) == nil)
  }
}

@Suite struct ATypedWord {
  /// The last seven words of the pyramid, which follow every painted edit.
  private func followers(_ world: World) -> ArraySlice<Int32> {
    world.state.pyramid.words.suffix(7)
  }

  @Test func paintsAndSaysHowManyWordsFollowed() {
    var world = World(edits: .paint)
    world.type("2Gikitten<CR>")
    #expect(world.word == "kitten")
    #expect(followers(world).allSatisfy { $0 == 3 })
    #expect(world.state.notice?.text == "steered 7 words")
    #expect(world.states.count == 2)
    world.type("u")
    #expect(world.state.pyramid == world.states[0])
  }

  @Test func showsWhatIsPaintedAsDeepAsIsPinned() {
    var world = World(edits: .paint)
    world.type("3Gikitten")
    #expect(world.state.depth == 6)
    world.type("<Esc>zdikitten")
    #expect(world.state.depth == 3)
    world.type("<CR>")
    #expect(world.state.depth == 3)
  }

  @Test func isPreviewedAsPaintedAndLeavesNoTrace() throws {
    var world = World(edits: .paint)
    world.type("2Gikitten")
    let decoded = world.effects.compactMap { effect -> DecodeRequest? in
      if case .session(.decode(let request)) = effect { request } else { nil }
    }
    let painting = try #require(decoded.last?.painting)
    let cell = CellAddress(layer: 2, row: 1, column: 1)
    #expect(painting.change == .put([cell], word: 1))
    #expect(painting.pyramid == world.states[0])
    world.type("<Esc>")
    #expect(world.state.pyramid == world.states[0])
    #expect(world.states.count == 1 && world.paintings.isEmpty)
    #expect(view(world.state).picture?.request.painting == nil)
  }

  @Test(
    "paints by the picker, by the dot and by :s",
    arguments: [
      "2Gs<CR>", "2Gikitten<CR>l.", "2Gvlikitten<CR>", "2G:s/muzzle/kitten/<CR>",
    ])
  func paints(keys: String) {
    var world = World(edits: .paint)
    world.type(keys)
    #expect(followers(world).allSatisfy { $0 == 3 })
    #expect(world.paintings.count == world.states.count - 1)
  }

  @Test(
    "changes itself alone where it is pasted, a mean word, or of the lowest layers",
    arguments: [
      "2Gyjp", "2Gx", "5Gikitten<CR>", "6Gikitten<CR>",
    ])
  func exact(keys: String) {
    var world = World(edits: .paint)
    world.type(keys)
    #expect(world.states.count == 2)
    #expect(world.paintings.isEmpty)
    #expect(Edit(from: world.states[0], to: world.states[1]).changes.count == 1)
  }

  @Test func changesItselfAloneOnceEIsPressed() {
    var world = World(edits: .paint)
    world.type("E2Gikitten<CR>")
    #expect(world.paintings.isEmpty && world.states.count == 2)
    world.type("E")
    #expect(world.state.notice?.text == "edits paint: the words beneath follow a typed one")
    world.type("hikitten<CR>")
    #expect(world.paintings.count == 1)
  }

  @Test func ofAnEarlierEditIsHeldByALaterOne() {
    var world = World(edits: .paint)
    world.type("2Gikitten<CR>kkimuzzle<CR>")
    #expect(world.paintings.map(\.held) == [[], [4]])
    world.type("uuiwhisker<CR>")
    #expect(world.paintings.last?.held == [])
  }

  @Test func thatThePictureHasNothingOfIsReplacedWhereverItStands() throws {
    var world = World(edits: .paint)
    world.hasNothing = true
    let old = world.state.vocabulary[world.state.pyramid.words[400]]
    world.type(":s/\(old)/kitten/<CR>")
    #expect(world.state.pyramid.words[400] == 1)
    world.type(":s/elephant/kitten/<CR>")
    #expect(world.state.notice?.kind == .warning)
  }

  @Test func isToldByACommandHowToChange() {
    var world = World(edits: .paint)
    world.type(":edits exact<CR>")
    #expect(world.state.edits == .exact)
    world.type(":edits paint<CR>")
    #expect(world.state.edits == .paint)
    world.type(":edits loud<CR>")
    #expect(world.state.notice?.kind == .error)
  }
}
