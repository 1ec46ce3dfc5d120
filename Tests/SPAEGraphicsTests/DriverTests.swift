import Foundation
import SPAEGraphics
import SPAEPixels
import SPAEScreen
import Testing

@Suite("A choice of graphics")
struct GraphicsChoiceSuite {
  private let colourful = ["TERM": "xterm-256color", "LANG": "C.UTF-8"]

  private func chosen(
    _ choice: GraphicsChoice, sixel: Bool = false, _ environment: [String: String]? = nil
  ) -> GraphicsProtocol {
    var capabilities = TerminalCapabilities()
    capabilities.sixel = sixel
    return GraphicsProtocol(choice, on: capabilities, environment: environment ?? colourful)
  }

  @Test("is a protocol of its name, or the best of all or of the characters")
  func protocols() {
    #expect(chosen(.auto) == .quadrants)
    #expect(chosen(.auto, sixel: true) == .sixel)
    #expect(chosen(.blocks, sixel: true) == .quadrants)
    #expect(chosen(.blocks, ["TERM": "linux", "LANG": "C.UTF-8"]) == .halfBlocks)
    for graphics in GraphicsProtocol.allCases {
      let choice = GraphicsChoice(rawValue: graphics.rawValue)
      #expect(choice.map { chosen($0) } == graphics)
    }
  }

  @Test("is ASCII for blocks where there are no colours")
  func colourless() {
    for choice in [GraphicsChoice.blocks, .quadrants, .halfBlocks, .ascii] {
      #expect(chosen(choice, ["TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"]) == .ascii)
    }
  }

  @Test("stands in the manual", arguments: ["spae-config.5", "spae-keys.7"])
  func manual(_ page: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("man/\(page)"), encoding: .utf8)
    for choice in GraphicsChoice.allCases {
      #expect(text.lowercased().contains(choice.rawValue), "\(choice)")
    }
  }
}

@Suite("A driver")
struct PictureDriverSuite {
  private let environment = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor"]
  private let picture = PixelImage(
    width: 16, height: 16, colour: Colour(red: 200, green: 9, blue: 9))

  private func driver(
    _ graphics: GraphicsProtocol, _ capabilities: TerminalCapabilities = TerminalCapabilities()
  ) -> (any PictureDriver)? {
    graphics.driver(on: capabilities, environment: environment)
  }

  @Test("draws with characters or with pixels")
  func kinds() {
    for graphics in GraphicsProtocol.allCases {
      let isPixels = graphics == .kitty || graphics == .sixel
      #expect(driver(graphics) is any PixelDriver == isPixels)
      #expect(driver(graphics) is any CellDriver == (!isPixels && graphics != .none))
      #expect(graphics.isPixels == isPixels)
    }
    #expect(driver(.none) == nil)
  }

  @Test("fills a grid of cells", arguments: [GraphicsProtocol.quadrants, .halfBlocks, .ascii])
  func cells(_ graphics: GraphicsProtocol) throws {
    let cells = try #require(driver(graphics) as? any CellDriver)
    let grid = cells.cells(of: picture, columns: 6, rows: 3)
    #expect((grid.columns, grid.rows) == (6, 3))
    let isColoured = grid[1, 1].background == .rgb(Colour(red: 200, green: 9, blue: 9))
    #expect(isColoured == (graphics != .ascii))
  }

  @Test("sends sixels as they are to tmux that knows them, and wraps what tmux does not know")
  func tmux() throws {
    var capabilities = TerminalCapabilities()
    capabilities.isTmux = true
    let wrapped = Array("\u{1B}Ptmux;".utf8)
    for (graphics, sixel, isWrapped) in [
      (GraphicsProtocol.sixel, true, false), (.sixel, false, true), (.kitty, true, true),
    ] {
      capabilities.sixel = sixel
      let pixels = try #require(driver(graphics, capabilities) as? any PixelDriver)
      let tiles =
        pixels.tiles(of: picture, columns: 2, rows: 1, cell: (8, 16), isFine: false, plain: nil)
        + (try pixels.still(picture, columns: 2, cell: (8, 16)))
      #expect(tiles.count == 2)
      for tile in tiles { #expect(tile.bytes.starts(with: wrapped) == isWrapped) }
    }
  }

  @Test("keeps to the colour registers that a terminal has")
  func registers() throws {
    var capabilities = TerminalCapabilities()
    capabilities.sixelColours = 16
    let pixels = try #require(driver(.sixel, capabilities) as? any PixelDriver)
    let colours = PixelImage(
      width: 32, height: 32, pixels: (0..<32 * 32 * 3).map { UInt8($0 * 37 % 256) })
    let tiles = pixels.tiles(
      of: colours, columns: 4, rows: 2, cell: (8, 16), isFine: false, plain: nil)
    let text = String(decoding: tiles.flatMap(\.bytes), as: UTF8.self)
    #expect(text.contains("#15;2;"))
    #expect(!text.contains("#16;2;"))
  }

  @Test("lets kitty's terminal enlarge the picture, and sends sixels in full")
  func sizes() throws {
    let kitty = try #require(driver(.kitty) as? any PixelDriver)
    let sixel = try #require(driver(.sixel) as? any PixelDriver)
    #expect(kitty.size(inBox: (800, 400), side: 128) == (384, 192))
    #expect(kitty.size(inBox: (800, 400), side: 256) == (512, 256))
    #expect(kitty.size(inBox: (100, 90), side: 128) == (100, 90))
    #expect(sixel.size(inBox: (800, 400), side: 128) == (800, 400))
  }

  @Test("draws small pictures with characters beside pixels")
  func thumbnails() {
    let beside = GraphicsProtocol.sixel.cellDriver(
      on: TerminalCapabilities(), environment: environment)
    #expect(beside is BlockDriver)
    let none = GraphicsProtocol.none.cellDriver(
      on: TerminalCapabilities(), environment: environment)
    #expect(none is ASCIIDriver)
  }
}
