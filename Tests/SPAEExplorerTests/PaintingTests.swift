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

  @Test func isPastedNotBeyondTheEdge() {
    var world = World()
    world.type("P")
    #expect(world.state.notice?.kind == .warning)
    world.type("2GkhvljY")
    #expect(world.state.notice?.text == "yanked 596 words of layers 2 to 6")
    world.type("lP")
    #expect(world.states.count == 2)
    #expect(world.state.notice?.text == "pasted 298 words, 298 words lie outside")
  }

  @Test("is pasted into a deeper layer at half its size, without its last layer")
  func smaller() {
    var world = World()
    world.type("2GkhY3GP")
    #expect(
      world.state.notice?.text
        == "pasted 149 words of layer 2 as layer 3, layer 6 left out, some words left out")
    let (old, new) = (world.states[0], world.state.pyramid)
    let to = world.state.cursor
    #expect(new[to] == old[CellAddress(layer: 2, row: 0, column: 0)])
    for (layer, side) in [(4, 2), (5, 4)] {
      for row in 0..<side {
        for column in 0..<side {
          let cell = CellAddress(
            layer: layer, row: to.row * side + row, column: to.column * side + column)
          #expect(new[cell] == old[CellAddress(layer: layer - 1, row: row, column: column)])
        }
      }
    }
    // The last layer has every other word of the one above in the yanked block.
    let last = CellAddress(layer: 6, row: to.row * 4 + 1, column: to.column * 4 + 3)
    #expect(new[last] == old[CellAddress(layer: 5, row: 2, column: 6)])
  }

  @Test("is pasted into an upper layer at twice its size, its last words repeated")
  func larger() {
    var world = World()
    world.type("3Gkk0Y2GP")
    #expect(
      world.state.notice?.text
        == "pasted 37 words of layer 3 as layer 2, layer 6 twice, words repeated")
    let (old, new) = (world.states[0], world.state.pyramid)
    let to = world.state.cursor
    func source(_ layer: Int, _ row: Int, _ column: Int) -> Int32 {
      let from = CellAddress(layer: 3, row: 0, column: 0)
      let cells = old.shape.cells(ofLayer: layer, in: from)
      return old[
        CellAddress(
          layer: layer, row: cells.rows.lowerBound + row, column: cells.columns.lowerBound + column)
      ]
    }
    #expect(new[to] == source(3, 0, 0))
    #expect(
      new[CellAddress(layer: 3, row: 2 * to.row + 1, column: 2 * to.column)] == source(4, 1, 0))
    for layer in 5...6 {
      let cell = CellAddress(layer: layer, row: 8 * to.row + 3, column: 8 * to.column + 6)
      #expect(new[cell] == source(6, 1, 3))
    }
  }

  @Test("is spread over a marked block")
  func block() {
    var world = World()
    world.type("6G")
    world.type("Y3Gkk0vlljP")
    #expect(
      world.state.notice?.text
        == "pasted 1 word of layer 6 as layer 3, layer 6 4 times, words repeated")
    let cells = (0..<2).flatMap { row in
      (0..<3).map { CellAddress(layer: 3, row: row, column: $0) }
    }
    #expect(Set(cells.map { world.state.pyramid[$0] }).count == 1)
    #expect(world.states.count == 2)
  }

  @Test("is pasted into another picture, of another shape or another size")
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
    var large = World(grid: GridSize(rows: 32, columns: 32))
    large.yanked = block
    large.type("4GP")
    #expect(large.state.notice?.text == "pasted 37 words of layer 3 as layer 4")
    let place = large.state.cursor
    #expect(
      large.state.pyramid[CellAddress(layer: 7, row: 4 * place.row + 1, column: 4 * place.column)]
        == block.layers[3][1][0])
    var small = World(grid: GridSize(rows: 8, columns: 8))
    small.yanked = block
    small.type("3GP")
    #expect(
      small.state.notice?.text
        == "pasted 37 words, layer 6 left out, some words left out")
    #expect(small.states.count == 2)
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
