import SPAEGraphics
import SPAEPixels
import Testing

private func rgb(_ value: Int) -> TerminalColour {
  .rgb(
    Colour(
      red: UInt8(value >> 16 & 255), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255)))
}

@Suite struct Blocks {
  static let (dark, bright) = (0x102030, 0xF0E0D0)

  /// The characters by the bits of the bright pixels: upper left, upper right, lower left, right.
  static let patterns: [Unicode.Scalar] = [
    " ", "\u{2598}", "\u{259D}", "\u{2580}", "\u{2596}", "\u{258C}", "\u{259E}", "\u{259B}",
    "\u{2597}", "\u{259A}", "\u{2590}", "\u{259C}", "\u{2584}", "\u{2599}", "\u{259F}", "\u{2588}",
  ]

  /// What a cell's four pixels look like.
  private func pixels(of cell: PictureCell) -> [TerminalColour] {
    let bits = Self.patterns.firstIndex(of: cell.character) ?? 0
    return (0..<4).map { bits >> $0 & 1 == 1 ? cell.foreground : cell.background }
  }

  @Test("of four quadrants show each of the 16 patterns exactly", arguments: 0..<16)
  func showPatterns(bits: Int) {
    let colours = (0..<4).map { bits >> $0 & 1 == 1 ? Self.bright : Self.dark }
    let image = Pictures.drawn([Array(colours[..<2]), Array(colours[2...])])
    let grid = BlockRenderer.cells(
      of: image, columns: 1, rows: 1, style: .quadrants, colours: .trueColour)
    #expect(pixels(of: grid[0, 0]) == colours.map(rgb))
  }

  @Test("of four quadrants part pixels where that costs least")
  func partWell() {
    // Three dark ones and a bright one, none quite like another.
    let image = Pictures.drawn([[0x101010, 0x141414], [0x121212, 0xF0F0F0]])
    let cell = BlockRenderer.cells(
      of: image, columns: 1, rows: 1, style: .quadrants, colours: .trueColour)[0, 0]
    #expect(pixels(of: cell) == [0x121212, 0x121212, 0x121212, 0xF0F0F0].map(rgb))
  }

  @Test("of two halves hold two colours")
  func holdTwoColours() {
    let image = Pictures.drawn([[0x010203], [0xC80203]])
    let grid = BlockRenderer.cells(
      of: image, columns: 1, rows: 1, style: .halfBlocks, colours: .trueColour)
    #expect(grid.lines == ["\u{1B}[38;2;1;2;3;48;2;200;2;3m\u{2580}\u{1B}[0m"])
  }

  @Test("tell a colour only when it changes")
  func tellChanges() {
    let image = Pictures.drawn([[0xFF0000, 0xFF0000, 0xFF0000], [0xFF, 0xFF, 0xFF00]])
    let grid = BlockRenderer.cells(
      of: image, columns: 3, rows: 1, style: .halfBlocks, colours: .trueColour)
    let first = "\u{1B}[38;2;255;0;0;48;2;0;0;255m\u{2580}\u{2580}"
    #expect(grid.lines == [first + "\u{1B}[48;2;0;255;0m\u{2580}\u{1B}[0m"])
  }

  @Test(
    "are told in the colours that the terminal has",
    arguments: [
      (ColourDepth.palette256, "\u{1B}[38;5;197;48;5;21m\u{2580}\u{1B}[0m"),
      (.palette16, "\u{1B}[91;44m\u{2580}\u{1B}[0m"),
    ])
  func inAPalette(colours: ColourDepth, line: String) {
    let image = Pictures.drawn([[0xFF005F], [0x0000FF]])
    let grid = BlockRenderer.cells(
      of: image, columns: 1, rows: 1, style: .halfBlocks, colours: colours)
    #expect(grid.lines == [line])
  }

  @Test(
    "in 16 colours mix two of them where none is near",
    arguments: [BlockStyle.quadrants, .halfBlocks])
  func mixColours(style: BlockStyle) {
    let brown = PixelImage(width: 8, height: 8, colour: Colour(red: 150, green: 75, blue: 50))
    let cell = BlockRenderer.cells(
      of: brown, columns: 2, rows: 2, style: style, colours: .palette16)[1, 1]
    #expect(cell.character != " " && cell.foreground != cell.background)
    let red = PixelImage(width: 8, height: 8, colour: Colour(red: 205, green: 0, blue: 0))
    let plain = BlockRenderer.cells(
      of: red, columns: 2, rows: 2, style: style, colours: .palette16)[1, 1]
    #expect(plain == PictureCell(character: " ", background: .indexed(1)))
  }

  @Test("without colours are ASCII", arguments: [BlockStyle.quadrants, .halfBlocks])
  func withoutColours(style: BlockStyle) {
    let image = Pictures.drawn([[0xFFFFFF, 0], [0xFFFFFF, 0]])
    let grid = BlockRenderer.cells(of: image, columns: 2, rows: 1, style: style, colours: .none)
    #expect(grid.lines == ["@ "])
  }

  @Test("of ASCII are light on dark and dark on light", arguments: [(false, "@ "), (true, " @")])
  func inASCII(isLight: Bool, line: String) {
    let image = Pictures.drawn([[0xFFFFFF, 0], [0xFFFFFF, 0]])
    let grid = BlockRenderer.cells(
      of: image, columns: 2, rows: 1, style: .ascii(isLight: isLight), colours: .trueColour)
    #expect(grid.lines == [line])
  }

  @Test(
    "fill a grid of any size",
    arguments: [(0, 0), (0, 3), (3, 0), (-1, 4), (1, 1), (7, 1), (2, 9)],
    [BlockStyle.quadrants, .halfBlocks, .ascii(isLight: false)])
  func fillAnyGrid(size: (Int, Int), style: BlockStyle) {
    for image in [Pictures.drawn([[0x445566]]), Pictures.gradient(width: 31, height: 5)] {
      let grid = BlockRenderer.cells(
        of: image, columns: size.0, rows: size.1, style: style, colours: .palette256)
      let isEmpty = size.0 <= 0 || size.1 <= 0
      #expect(grid.columns == (isEmpty ? 0 : size.0) && grid.rows == (isEmpty ? 0 : size.1))
      #expect(grid.lines.count == grid.rows && grid.cells.count == grid.rows * grid.columns)
    }
  }

  @Test(
    "keep a picture's shape",
    arguments: [
      (100, 100, 48, 1, 2, 24), (200, 100, 40, 1, 2, 10), (100, 100, 40, 10, 20, 20),
      (100, 1, 10, 1, 2, 1), (1, 1, 1, 8, 16, 1), (100, 100, 0, 1, 2, 1),
    ])
  func keepTheShape(
    width: Int, height: Int, columns: Int, cellWidth: Int, cellHeight: Int, rows: Int
  ) {
    let image = PixelImage(width: width, height: height, colour: .white)
    let got = BlockRenderer.rows(of: image, columns: columns, cell: (cellWidth, cellHeight))
    #expect(got == rows)
  }
}

@Suite struct Palettes {
  @Test(
    "give the colour that looks nearest",
    arguments: [
      (ColourDepth.palette16, 0xFF0000, TerminalColour.indexed(9)), (.palette16, 0, .indexed(0)),
      (.palette16, 0xFFFFFF, .indexed(15)), (.palette16, 0x808080, .indexed(8)),
      (.palette256, 0x000000, .indexed(16)), (.palette256, 0xFFFFFF, .indexed(231)),
      (.palette256, 0x080808, .indexed(232)), (.palette256, 0x5F87AF, .indexed(67)),
      (.trueColour, 0x5F87AF, rgb(0x5F87AF)), (.none, 0x5F87AF, .standard),
    ])
  func giveTheNearest(depth: ColourDepth, colour: Int, expected: TerminalColour) {
    let image = Pictures.drawn([[colour]])
    #expect(depth.nearest(to: image[0, 0]) == expected)
  }

  @Test("have each of their colours for itself")
  func haveTheirOwn() {
    let levels = [0, 95, 135, 175, 215, 255]
    for index in 0..<216 {
      let colour = Colour(
        red: UInt8(levels[index / 36]), green: UInt8(levels[index / 6 % 6]),
        blue: UInt8(levels[index % 6]))
      #expect(ColourDepth.palette256.nearest(to: colour) == .indexed(UInt8(16 + index)))
    }
  }
}
