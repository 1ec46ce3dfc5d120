import Foundation
package import SPAEGraphics
package import SPAEPixels
import SPAESystem

/// Words and a picture side by side, as lines for a terminal; one above the other when it is narrow.
package struct Presentation {
  package let title: String
  package let words: [String]
  package let picture: PixelImage
  /// The picture's width in characters.
  package let columns: Int
  package let capabilities: TerminalCapabilities
  package let colours: ColourDepth
  /// What the lines have to fit in; nil where there is no terminal.
  package let terminal: (columns: Int, rows: Int)?

  private static let gap = 3

  package init(
    title: String, words: [String], picture: PixelImage, columns: Int,
    capabilities: TerminalCapabilities, colours: ColourDepth, terminal: (columns: Int, rows: Int)?
  ) {
    self.title = title
    self.words = words
    self.picture = picture
    self.columns = columns
    self.capabilities = capabilities
    self.colours = colours
    self.terminal = terminal
  }

  package func show(by graphics: GraphicsProtocol) throws {
    print(title)
    print("")
    switch graphics {
    case .none: words.forEach { print($0) }
    case .ascii: placeCells(.ascii(isLight: isLight))
    // Without colours blocks show nothing.
    case .halfBlocks: placeCells(colours == .none ? .ascii(isLight: isLight) : .halfBlocks)
    case .quadrants: placeCells(colours == .none ? .ascii(isLight: isLight) : .quadrants)
    case .sixel:
      let registers = min(256, capabilities.sixelColours ?? 256)
      let tiles = SixelEncoder.tiles(
        of: enlarged, quality: .fine(colours: registers), cell: cell,
        largest: capabilities.largestSixel)
      try draw { left in
        tiles.flatMap { tile in
          Self.move(down: tile.row, right: left + tile.column)
            + (capabilities.sixel ? tile.bytes : handedThrough(tile.bytes))
        }
      }
    case .kitty:
      let place = KittyEncoder.Place(columns: columns)
      let bytes = handedThrough(try KittyEncoder.bytes(of: picture, form: .png, place: place))
      try draw { left in Self.move(down: 0, right: left) + bytes }
    }
  }

  private var isLight: Bool { capabilities.isLight ?? false }

  /// A character's size in pixels.
  private var cell: (width: Int, height: Int) { capabilities.cellSize ?? (8, 16) }

  /// What tmux does not know itself must be wrapped for the terminal around it.
  private func handedThrough(_ escape: [UInt8]) -> [UInt8] {
    capabilities.isTmux ? TmuxPassthrough.wrapped(escape) : escape
  }

  private func placeCells(_ style: BlockStyle) {
    let rows = BlockRenderer.rows(of: picture, columns: columns)
    place(
      BlockRenderer.cells(
        of: picture, columns: columns, rows: rows, style: style, colours: colours
      ).lines)
  }

  private var wordsWidth: Int { words.map(\.count).max() ?? 0 }

  private var isBeside: Bool {
    guard let terminal else { return true }
    return wordsWidth + Self.gap + columns <= terminal.columns
  }

  private var enlarged: PixelImage {
    let side = columns * cell.width
    return picture.resampled(width: side, height: side)
  }

  /// The rows of characters that the enlarged picture covers.
  private var rows: Int { (columns * cell.width + cell.height - 1) / cell.height }

  private func place(_ lines: [String]) {
    guard isBeside else { return (lines + [""] + words).forEach { print(withEscapes: $0) } }
    for row in 0..<max(lines.count, words.count) {
      let word = row < words.count ? words[row] : ""
      let space = String(repeating: " ", count: wordsWidth - word.count + Self.gap)
      print(withEscapes: row < lines.count ? word + space + lines[row] : word)
    }
  }

  /// From the place that was saved, so many characters down and right.
  private static func move(down rows: Int, right columns: Int) -> [UInt8] {
    let down = rows > 0 ? "\u{1B}[\(rows)B" : ""
    let right = columns > 0 ? "\u{1B}[\(columns)C" : ""
    return Array("\u{1B}8\(down)\(right)".utf8)
  }

  /// Makes room, then draws: right of the words when all of it fits on the screen, else above them.
  private func draw(_ picture: (_ left: Int) -> [UInt8]) throws {
    let height = max(words.count, rows)
    let beside = isBeside && height + 3 <= terminal?.rows ?? .max
    if beside {
      for row in 0..<height { print(row < words.count ? words[row] : "") }
    } else {
      for _ in 0..<rows { print("") }
    }
    let up = beside ? height : rows
    let output =
      Array("\u{1B}[\(up)A\u{1B}7".utf8) + picture(beside ? wordsWidth + Self.gap : 0)
      + Array("\u{1B}8\u{1B}[\(up)B".utf8)
    StandardOutput.write(output)
    StandardOutput.flush()
    if !beside { words.forEach { print($0) } }
  }
}
