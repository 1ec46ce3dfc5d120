import Foundation
import SPAEColour
import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("The layers in their pane")
struct ArrangementSuite {
  private func cell(_ layer: Int, _ row: Int, _ column: Int) -> CellAddress {
    CellAddress(layer: layer, row: row, column: column)
  }

  /// The rows of the pane's box.
  private func pane(_ world: World) -> ArraySlice<String> {
    world.lines[1..<world.lines.count - 1]
  }

  private func isWhole(_ layer: Int, _ world: World) -> Bool {
    let text = pane(world).joined(separator: "\n")
    return world.state.shape.cells(ofLayer: layer).allSatisfy {
      text.contains(world.state.vocabulary[world.state.pyramid[$0]])
    }
  }

  @Test(
    "has the upper layers, and a deeper one in hand, in whole words",
    arguments: [
      (80, 24, "16", 3, 1...3), (80, 24, "16", 1, 1...3), (80, 24, "24x16", 3, 1...3),
      (80, 24, "8x14", 2, 1...2), (120, 40, "16", 4, 3...4), (120, 40, "24x16", 4, 3...4),
      (120, 40, "16x24", 4, 4...4), (200, 60, "16", 5, 5...5), (120, 40, "16", 5, 1...3),
    ])
  func whole(columns: Int, rows: Int, grid: String, layer: Int, whole: ClosedRange<Int>) throws {
    var world = World(grid: try #require(GridSize(text: grid)), rows: rows, columns: columns)
    // Words of ten letters where there are some of four.
    let long = try #require(world.state.vocabulary.number(of: "elephant"))
    var words = world.state.pyramid
    for index in 0..<world.state.shape.wordCount where index % 3 == 1 {
      words[world.state.shape.cell(at: index)] = long
    }
    world.send(.committed(words, HistoryFacts(state: 2, last: 2)))
    world.type("\(layer)G")
    for each in whole { #expect(isWhole(each, world), "layer \(each)") }
    #expect(!pane(world).joined().contains("elep…"))
  }

  @Test("draws what is deeper in the colours of its pixels, the cursor's cell as a cursor")
  func mosaic() throws {
    var world = World()
    world.type("5G")
    let screen = view(world.state).screen
    let places = screen.box.places.filter { screen[$0.0, $0.1].character == "▀" }
    #expect(places.count >= 100)
    let cursors = screen.box.places.filter { screen[$0.0, $0.1].style.role == .cursor }
    #expect(cursors.count == 1)
    // World tints a cell by its row.
    let (row, column) = try #require(cursors.first)
    let cell = screen[row, column]
    #expect(world.state.cursor.row % 2 == 0 && cell.character == "▄")
    #expect(cell.style.foreground == RGB(UInt8((world.state.cursor.row + 1) * 8), 90, 120))
    let left = screen[row, column - 1]
    #expect(left.style.foreground == RGB(UInt8(world.state.cursor.row * 8), 90, 120))
    #expect(left.style.background == RGB(UInt8((world.state.cursor.row + 1) * 8), 90, 120))
  }

  @Test("without colours draws the lighter half of a layer against the darker")
  func mono() {
    var world = World()
    world.type("5GC")
    let screen = view(world.state).screen
    let blocks = screen.box.places.filter {
      ["▀", "▄", "█"].contains(screen[$0.0, $0.1].character)
    }
    #expect(blocks.count >= 50)
    #expect(blocks.allSatisfy { screen[$0.0, $0.1].style.background == nil })
    // World's rows get lighter downwards.
    let ends = blocks.filter { $0.1 < 40 }.map(\.0)
    #expect(ends.min() ?? 0 > 8)
  }

  @Test("writes the words around the cursor out by Enter in a mosaic, and goes down by another")
  func window() {
    var world = World()
    world.type("5G<CR>")
    #expect(world.state.cursor == cell(5, 8, 8))
    let text = pane(world).joined(separator: "\n")
    for (row, column) in [(6, 6), (7, 9), (9, 6), (8, 8), (9, 9)] {
      let word = world.state.vocabulary[world.state.pyramid[cell(5, row, column)]]
      #expect(text.contains(word), "\(row) \(column)")
    }
    #expect(text.contains("[\(world.word)]"))
    world.type("<CR>")
    #expect(world.state.cursor == cell(6, 8, 8))
    #expect(pane(world).joined().contains("[\(world.word)]"))
    world.type("<Esc>")
    #expect(!pane(world).joined().contains("[\(world.word)]"))
  }

  @Test("goes to the cell of a mosaic, of words on two lines and of a window that is pressed")
  func press() throws {
    var world = World()
    world.type("5G")
    let screen = view(world.state).screen
    let (row, column) = try #require(
      screen.box.places.first { screen[$0.0, $0.1].style.role == .cursor })
    world.type("<press:\(row - 1),\(column + 2)>")
    #expect(world.state.cursor == cell(5, 6, 10))
    world.type("<press:\(row - 1),\(column + 2)>")
    #expect(world.state.cursor == cell(5, 7, 10), "the lower of two cells")
    world.type("<CR>")
    let word = world.state.vocabulary[world.state.pyramid[cell(5, 8, 9)]]
    try press(word, &world)
    #expect(world.state.cursor == cell(5, 8, 9))
    world = World(rows: 40, columns: 120)
    world.type("4G")
    for place in world.state.shape.cells(ofLayer: 4) {
      try press(world.state.vocabulary[world.state.pyramid[place]], &world)
      #expect(world.state.vocabulary[world.state.pyramid[place]] == world.word)
    }
  }

  /// Presses a word where it stands last.
  private func press(_ word: String, _ world: inout World) throws {
    let line = try #require(world.lines.lastIndex { $0.contains(word) })
    let column = try #require(world.lines[line].range(of: word)).lowerBound
    let place = world.lines[line].distance(from: world.lines[line].startIndex, to: column)
    world.type("<press:\(line),\(place)>")
  }

  @Test(
    "keeps the layer in hand in sight while a word is chosen",
    arguments: [
      (80, 24, "3Gi"), (80, 24, "5Gi"), (120, 40, "4Gi"), (80, 24, "5G<CR>i"), (40, 12, "ji"),
    ])
  func picker(columns: Int, rows: Int, keys: String) {
    var world = World(rows: rows, columns: columns)
    world.type(keys.replacing("i", with: ""))
    let isWritten = pane(world).contains { $0.contains("[\(world.word)]") }
    world.type("ikit")
    let top = world.lines.firstIndex { $0.contains("┌ Change") } ?? 0
    #expect(top > 1)
    #expect(rows - top >= 6)
    let screen = view(world.state).screen
    let cursors = screen.box.places.filter { screen[$0.0, $0.1].style.role == .cursor }
    #expect(cursors.contains { $0.0 < top })
    if isWritten { #expect(world.lines[..<top].contains { $0.contains("[kitten]") }) }
  }

  @Test("on a narrow screen says whether words or the picture are shown")
  func narrow() {
    var world = World(rows: 12, columns: 40)
    #expect(world.lines[0].hasSuffix("words"))
    #expect(world.lines[11].hasPrefix(" Tab picture"))
    world.type("<Tab>")
    #expect(world.lines[0].hasSuffix("picture"))
    #expect(world.lines[11].hasPrefix(" Tab words"))
    world.type("<Tab>")
    #expect(world.lines[0].hasSuffix("words"))
  }

  @Test("walks in large pictures without a gap", arguments: ["64", "64x16", "16x64", "8x29"])
  func large(grid: String) throws {
    let grid = try #require(GridSize(text: grid))
    for (rows, columns) in [(24, 80), (40, 120), (12, 40)] {
      var world = World(grid: grid, rows: rows, columns: columns)
      for layer in 1...world.state.shape.depth {
        for keys in ["\(layer)G", "0", "$", "<CR>", "<BS>", "i<Esc>"] {
          world.type(keys)
          let screen = view(world.state).screen
          #expect(
            screen.box.places.contains { screen[$0.0, $0.1].style.role == .cursor },
            "\(grid) \(layer) \(keys)")
        }
      }
    }
  }
}

extension Box {
  fileprivate var places: [(Int, Int)] {
    (row..<row + rows).flatMap { row in (column..<column + columns).map { (row, $0) } }
  }
}
