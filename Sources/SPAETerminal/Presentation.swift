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
  /// What the lines have to fit in; nil where there is no terminal.
  package let terminal: (columns: Int, rows: Int)?

  private static let gap = 3

  package init(
    title: String, words: [String], picture: PixelImage, columns: Int,
    capabilities: TerminalCapabilities, terminal: (columns: Int, rows: Int)?
  ) {
    self.title = title
    self.words = words
    self.picture = picture
    self.columns = columns
    self.capabilities = capabilities
    self.terminal = terminal
  }

  package func show(by driver: (any PictureDriver)?) throws {
    print(title)
    print("")
    if let cells = driver as? any CellDriver {
      let rows = BlockRenderer.rows(of: picture, columns: columns)
      place(cells.cells(of: picture, columns: columns, rows: rows).lines)
    } else if let pixels = driver as? any PixelDriver {
      let tiles = try pixels.still(picture, columns: columns, cell: cell)
      draw { left in
        tiles.flatMap { Self.move(down: $0.row, right: left + $0.column) + $0.bytes }
      }
    } else {
      words.forEach { print($0) }
    }
  }

  private var wordsWidth: Int { words.map(\.count).max() ?? 0 }

  private var isBeside: Bool {
    guard let terminal else { return true }
    return wordsWidth + Self.gap + columns <= terminal.columns
  }

  private var cell: (width: Int, height: Int) { capabilities.cell }

  /// The rows of characters that the enlarged picture covers.
  private var rows: Int {
    let height = columns * cell.width * picture.height / picture.width
    return (height + cell.height - 1) / cell.height
  }

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
  private func draw(_ picture: (_ left: Int) -> [UInt8]) {
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
