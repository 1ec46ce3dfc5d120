import SPAEPyramid
import SPAEScreen

/// How the layers stand in their pane: the upper ones and, where it has room, the one in hand as
/// words, all others as mosaics, beside each other where they fit.
struct PyramidArrangement {
  /// For the number of a layer, left of it.
  static let gutter = 3
  /// The layers that are always written where there is room.
  private static let alwaysWritten = 3
  /// How many rows and columns of a mosaic are written out around the cursor.
  private static let window = 4

  struct Block: Hashable {
    enum Kind: Hashable {
      case words(WrittenColumns)
      case mosaic(Mosaic)
    }

    let layer: Int
    let kind: Kind
    let rows: Range<Int>
    let columns: Range<Int>
    /// The first line, and where the layer's number stands.
    var line = 0
    var column = 0
    /// Whether it writes out a part of the mosaic above it.
    var isWindow = false

    /// Its lines, and its columns with the gutter.
    var size: (lines: Int, columns: Int) {
      switch kind {
      case .words(let written): (rows.count * written.lines, gutter + written.width)
      case .mosaic(let mosaic):
        ((mosaic.pixels.rows + 1) / 2, gutter + columns.count * mosaic.scale)
      }
    }

    var lines: Range<Int> { line..<line + size.lines }
  }

  private(set) var blocks: [Block] = []
  private(set) var lineCount = 0

  private let state: Explorer
  private let room: (lines: Int, columns: Int)

  /// Arranges the layers for a room of characters.
  init(_ state: Explorer, room: (lines: Int, columns: Int)) {
    (self.state, self.room) = (state, room)
    let written = Dictionary(
      uniqueKeysWithValues: (1...state.shape.depth).compactMap { layer in
        self.written(layer).map { (layer, $0) }
      })
    let ways = [MosaicSize.twiceTheGrid, .grid, .cells].flatMap { [($0, 1), ($0, 0)] }
    for (size, space) in ways {
      arrange(written, size, space: space)
      if lineCount <= room.lines { return }
    }
  }

  /// The block of the layer in hand, and the written part of it where there is one.
  var inHand: [Block] { blocks.filter { $0.layer == state.cursor.layer } }

  /// The lines of the layer in hand.
  var linesInHand: Range<Int> {
    let own = inHand
    return (own.first?.line ?? 0)..<(own.last?.lines.upperBound ?? 1)
  }

  func isMosaic(_ layer: Int) -> Bool {
    blocks.contains { block in
      if case .mosaic = block.kind { block.layer == layer } else { false }
    }
  }

  // MARK: Arranging

  private mutating func arrange(
    _ written: [Int: WrittenColumns], _ size: MosaicSize, space: Int
  ) {
    (blocks, lineCount) = ([], 0)
    /// Where the next mosaic may stand beside the last.
    var beside: Block?
    for layer in 1...state.shape.depth {
      let grid = state.shape.size(ofLayer: layer)
      if let words = written[layer] {
        let block = Block(
          layer: layer, kind: .words(words), rows: 0..<grid.rows, columns: 0..<grid.columns)
        append(block, space: space)
        beside = nil
      } else {
        beside = append(mosaic(of: layer, size), beside: beside, space: space)
      }
      if let window = window(of: layer), isMosaic(layer) {
        append(window, space: 0)
        beside = nil
      }
    }
  }

  private mutating func append(_ block: Block, space: Int) {
    var block = block
    block.line = lineCount + (blocks.isEmpty || block.isWindow ? 0 : space)
    blocks.append(block)
    lineCount = max(lineCount, block.lines.upperBound)
  }

  /// Puts a mosaic right of another one if it fits there, else below all.
  private mutating func append(_ block: Block, beside: Block?, space: Int) -> Block {
    var block = block
    if let beside, beside.column + beside.size.columns + block.size.columns <= room.columns {
      block.line = beside.line
      block.column = beside.column + beside.size.columns
      blocks.append(block)
      lineCount = max(lineCount, block.lines.upperBound)
    } else {
      append(block, space: space)
    }
    return blocks[blocks.count - 1]
  }

  private func mosaic(of layer: Int, _ size: MosaicSize) -> Block {
    let mosaic = Mosaic(layer: layer, size: size, shape: state.shape)
    let count = mosaic.pixels.columns / mosaic.scale
    let shown = max(1, min(count, (room.columns - Self.gutter) / mosaic.scale))
    let centre = mosaic.centre(of: state.shape.cell(inLayer: layer, at: state.cursor)).column
    let start = max(0, min(centre - shown / 2, count - shown))
    return Block(
      layer: layer, kind: .mosaic(mosaic), rows: 0..<state.shape.size(ofLayer: layer).rows,
      columns: start..<start + shown)
  }

  /// The words around the cursor, where they are wished for.
  private func window(of layer: Int) -> Block? {
    guard state.writesWindow, layer == state.cursor.layer else { return nil }
    let size = state.shape.size(ofLayer: layer)
    let (rows, columns) = (
      Self.around(state.cursor.row, count: size.rows),
      Self.around(state.cursor.column, count: size.columns)
    )
    let longest = state.longest(layer, in: state.shown, rows: rows, columns: columns)
    let words =
      WrittenColumns(longest: longest, room: room.columns - Self.gutter)
      ?? WrittenColumns(longest: longest, lines: WrittenColumns.mostLines)
    return Block(
      layer: layer, kind: .words(words), rows: rows, columns: columns, isWindow: true)
  }

  /// Four of them around one; it moves on by two, so that not each step moves all words.
  private static func around(_ place: Int, count: Int) -> Range<Int> {
    let shown = min(window, count)
    let start = max(0, min((place - 1) / 2 * 2, count - shown))
    return start..<start + shown
  }

  // MARK: Which layers are written

  private func written(_ layer: Int) -> WrittenColumns? {
    guard layer <= Self.alwaysWritten || layer == state.cursor.layer else { return nil }
    let lines = Self.mostLines(layer, of: state, height: room.lines)
    let room = room.columns - Self.gutter
    // A word that is only being tried is whole too where that is possible.
    return WrittenColumns(
      longest: state.longest(layer, in: state.shown), room: room, mostLines: lines)
      ?? WrittenColumns(
        longest: state.longest(layer, in: state.pyramid), room: room, mostLines: lines)
  }

  /// The most lines that a row of a layer may take; a lower layer has to be in sight as a whole.
  private static func mostLines(_ layer: Int, of state: Explorer, height: Int) -> Int {
    layer <= alwaysWritten
      ? WrittenColumns.mostLines
      : min(WrittenColumns.mostLines, height / state.shape.size(ofLayer: layer).rows)
  }

  /// The columns that the words want, within a pane that has `base` of them and may get `most`.
  static func width(of state: Explorer, base: Int, most: Int, height: Int) -> Int {
    var wanted = 0
    for layer in Set(1...min(alwaysWritten, state.shape.depth)).union([state.cursor.layer]) {
      let lines = mostLines(layer, of: state, height: height)
      let widths = WrittenColumns.all(state.longest(layer, in: state.pyramid), lines).map {
        $0.width + gutter
      }
      // A lower layer rather takes two lines a row than room from the picture.
      let isLow = layer > alwaysWritten && widths.count > 1 && widths[0] > base
      wanted = max(wanted, widths.dropFirst(isLow ? 1 : 0).first { $0 <= most } ?? 0)
    }
    return wanted
  }
}

extension Explorer {
  /// The width of the longest word in each column of a layer, or of a part of it.
  fileprivate func longest(
    _ layer: Int, in words: Pyramid, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> [Int] {
    let (size, first) = (shape.size(ofLayer: layer), shape.wordCount(toDepth: layer - 1))
    let columns = columns ?? 0..<size.columns
    var longest = [Int](repeating: 1, count: columns.count)
    for row in rows ?? 0..<size.rows {
      for column in columns {
        let width = Int(wordWidths[Int(words.words[first + row * size.columns + column])])
        let place = column - columns.lowerBound
        longest[place] = max(longest[place], width)
      }
    }
    return longest
  }
}

extension Vocabulary {
  /// The cells that each word takes; most are of plain letters, which need not be looked at one by
  /// one.
  var widths: [UInt16] {
    words.map { word in
      let isPlain = word.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
      return UInt16(clamping: isPlain ? word.utf8.count : word.displayWidth)
    }
  }
}
