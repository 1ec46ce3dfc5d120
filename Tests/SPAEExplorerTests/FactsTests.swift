import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("What is told of a word")
struct FactsSuite {
  private func pane(_ world: World) -> String {
    let start = world.lines.firstIndex { $0.hasPrefix("┌ Word") } ?? 0
    return world.lines[start...].joined(separator: "\n")
  }

  @Test("is how well it fits, beside that of the word before")
  func fit() {
    var world = World(rows: 40, columns: 120)
    world.type("3G")
    #expect(pane(world).contains("fits ▇▇▇▇▇▇▇▁ .83"))
    world.type("ikitten<CR>")
    #expect(pane(world).contains("fits ▇▇▇▇▇▁▁▁ .61 (was .83)"))
    world.type("5G")
    #expect(!pane(world).contains("fits"))
    world.type("3G")
    world.send(.moved(world.state.pyramid, .init(state: 1, last: 1, model: "other"), note: nil))
    #expect(!pane(world).contains("fits"), "another model's words are not those of this one")
  }

  @Test("is how often it stands here, in how many pictures of the library, and what it covers")
  func numbers() {
    var world = World(rows: 40, columns: 120)
    #expect(pane(world).contains("here 1x   covers 128x128"))
    world.libraryCount = 214
    world.type("2Gikitten<CR>3Gikitten<CR>")
    #expect(pane(world).contains("here 2x   in 214 pictures of the library"))
    world.type(":s/kitten/elephant<CR>")
    #expect(pane(world).contains("here 2x"))
  }

  @Test("counts the pictures of the library again whenever the cursor comes to the word")
  func counts() {
    var world = World(rows: 40, columns: 120)
    world.libraryCount = 0
    world.type("2G")
    #expect(pane(world).contains("in 0 pictures of the library"))
    world.libraryCount = 3
    world.type("gg2G")
    #expect(pane(world).contains("in 3 pictures of the library"))
  }

  @Test("is asked once, and when the picture is there")
  func once() {
    var world = World()
    world.type("3Glhlhlh")
    let fits = world.effects.count { if case .session(.findFits) = $0 { true } else { false } }
    #expect(fits == 3, "one in layer 1, two in layer 3")
    let first = world.effects.firstIndex {
      if case .session(.findFits) = $0 { true } else { false }
    }
    let decode = world.effects.firstIndex { if case .session(.decode) = $0 { true } else { false } }
    #expect(first ?? 0 > decode ?? .max)
  }

  @Test("has whole words, as many as there is room for")
  func wholeWords() {
    for columns in [64, 80, 97, 120] {
      var world = World(columns: columns)
      world.type("3G")
      #expect(!pane(world).contains("…"))
    }
  }

  @Test("stands beside the words of the list")
  func list() {
    var world = World()
    world.type("3Gikit")
    #expect(world.lines.contains { $0.contains("kitten") && $0.contains(" .61 ") })
  }

  @Test("is told in the plain mode")
  func plain() throws {
    var world = World(dialect: .lines)
    world.libraryCount = 1
    let command = try #require(try PlainCommand("set kitten", shape: world.state.shape))
    world.send(.plain(command))
    world.send(.plain(.describe))
    let reply = plainReply(to: .describe, world.state)
    #expect(reply.contains("fits .61 of 1.00, here once, in 1 picture of the library"))
  }
}

@Suite("The part of the picture that is shown")
struct ZoomSuite {
  private func crop(_ keys: String, grid: String = "16") throws -> PictureCrop? {
    var world = World(grid: try #require(GridSize(text: grid)), rows: 40, columns: 120)
    world.type(keys)
    #expect(view(world.state).picture?.crop == world.state.crop)
    return world.state.crop
  }

  @Test(
    "is around the cursor's cell, and moves by quarters",
    arguments: [
      ("+", 2, 32, 32), ("2+", 4, 48, 48), ("+++-", 4, 48, 48), ("9+", 8, 56, 56),
      ("4G00+zj", 2, 56, 0), ("4G00+zjzl", 2, 56, 16), ("4G00+9zj9zl", 2, 64, 64),
      ("4G00+zh", 2, 40, 0), ("4G0+9zk", 2, 0, 0),
    ])
  func part(_ keys: String, factor: Int, row: Int, column: Int) throws {
    let crop = try #require(try crop(keys))
    #expect((crop.factor, crop.rows.start, crop.columns.start) == (factor, row, column))
    #expect(crop.rows.length == 128 / factor)
  }

  @Test("has the picture's shape, and ends with it", arguments: ["24x16", "16x24", "64x16"])
  func rectangles(grid: String) throws {
    for keys in ["+", "G$++", "G$+++9zj9zl", "4G0+++9zk9zh"] {
      let crop = try #require(try crop(keys, grid: grid))
      for side in [crop.rows, crop.columns] {
        #expect(side.start >= 0 && side.start + side.length <= side.whole)
        #expect(side.length == side.whole / crop.factor)
      }
    }
  }

  @Test("follows the cursor when that leaves it")
  func follows() throws {
    #expect(try crop("4G0gg+") != nil)
    let crop = try #require(try crop("5G0kkkkkkkk+++$"))
    #expect(crop.columns.start == 112 && crop.rows.start == 0)
  }

  @Test(
    "says where it ends",
    arguments: [
      ("-", "this is the whole picture"), ("zh", "this is the whole picture; + zooms in"),
      ("9++", "the picture is shown at most 8 times as large"),
      ("+9zh9zh", "the picture ends here"),
    ])
  func ends(_ keys: String, notice: String) {
    var world = World(rows: 40, columns: 120)
    world.type(keys)
    #expect(world.state.notice?.text == notice)
  }

  @Test("is where a press goes to a word")
  func press() throws {
    var world = World(rows: 40, columns: 120)
    world.type("5G++")
    #expect(world.lines[1].contains("all layers, 597 words, zoomed 4x"))
    let (box, crop) = try (
      #require(view(world.state).picture?.box), #require(world.state.crop)
    )
    world.type("<press:\(box.row),\(box.column)>")
    #expect(world.state.cursor.row == crop.rows.start / 8)
    #expect(world.state.cursor.column == crop.columns.start / 8)
    world.type("<press:\(box.row + box.rows - 1),\(box.column + box.columns - 1)>")
    #expect(world.state.cursor.row == (crop.rows.start + 31) / 8)
  }

  @Test("has the whole screen, but for the time of a list")
  func fullScreen() throws {
    var world = World(rows: 40, columns: 120)
    let small = try #require(view(world.state).picture?.box)
    world.type("zf")
    let large = try #require(view(world.state).picture?.box)
    #expect(large.rows >= small.rows && !world.lines.contains { $0.contains("Pyramid") })
    world.type("ikit")
    #expect(view(world.state).picture?.box == small)
    #expect(world.lines.contains { $0.contains("┌ Change") })
    world.type("<Esc>")
    #expect(view(world.state).picture?.box == large)
    world.type("<Esc>")
    #expect(view(world.state).picture?.box == small)
  }

  @Test("is written larger where a scale is given")
  func scale() {
    var world = World()
    world.type(":w a.png 4x<CR>")
    #expect(world.scales == [4])
    #expect(world.state.notice?.text == "saved a.png: 512x512, all layers")
    world.type(":w! a.png<CR>")
    #expect(world.scales == [4, 1])
    for (keys, reason) in [
      (":w a.png 17x<CR>", "17x is no scale: it can be 1x to 16x"),
      (":w a.png 0x<CR>", "0x is no scale"),
      (":w a.spae 2x<CR>", "a.spae gets words, and a scale is for pictures"),
    ] {
      world.type(keys)
      #expect(world.state.notice?.text.hasPrefix(reason) == true)
    }
    #expect(world.scales.count == 2)
  }
}
