import SPAEColour
import SPAEPyramid
import SPAEScreen

extension PyramidPane {
  /// A layer in the colours of its pixels; without colours its lighter half against the darker.
  func draw(_ block: Block, _ mosaic: Mosaic, on pane: inout Screen) {
    let left = block.column + PyramidArrangement.gutter
    let (first, count) = (
      block.columns.lowerBound * mosaic.scale, block.columns.count * mosaic.scale
    )
    let hasColours = state.isTinted && mosaic.layer <= state.depth
    let threshold = hasColours ? 0 : threshold(ofLayer: mosaic.layer)
    for line in 0..<block.size.lines {
      for column in 0..<count {
        let (upper, lower) = (
          mosaic.cell(row: 2 * line, column: first + column),
          mosaic.cell(row: 2 * line + 1, column: first + column)
        )
        let (character, style) = look(upper, lower, threshold)
        let (y, x) = (self.line(block.line + line), left + column)
        guard pane.box.contains(row: y, column: x) else { continue }
        pane[y, x] = Screen.Cell(character, style)
      }
    }
    drawEdges(block, mosaic, on: &pane)
  }

  private func drawEdges(_ block: Block, _ mosaic: Mosaic, on pane: inout Screen) {
    let (row, style) = (line(block.line), Style(.faint))
    if block.columns.lowerBound > 0 {
      pane.put("‹", row: row, column: block.column + 2, style: style)
    }
    if block.columns.upperBound * mosaic.scale < mosaic.pixels.columns {
      pane.put("›", row: row, column: block.column + block.size.columns - 1, style: style)
    }
  }

  /// A character for two cells, one above the other.
  ///
  /// A marked half is the background of its role, for not every role has a foreground of its own.
  private func look(
    _ upper: CellAddress?, _ lower: CellAddress?, _ threshold: Int
  ) -> (Character, Style) {
    switch (upper.flatMap(mark), lower.flatMap(mark)) {
    case (let role?, _?): return (" ", Style(role))
    case (let role?, nil):
      return ("▄", Style(role, foreground: lower.flatMap { colour(of: $0) }))
    case (nil, let role?):
      return ("▀", Style(role, foreground: upper.flatMap { colour(of: $0) }))
    case (nil, nil): return unmarked(upper, lower, threshold)
    }
  }

  private func unmarked(
    _ upper: CellAddress?, _ lower: CellAddress?, _ threshold: Int
  ) -> (Character, Style) {
    if let top = upper.flatMap({ colour(of: $0) }) {
      let below = lower.flatMap { colour(of: $0) }
      return ("▀", Style(.word, foreground: top, background: below))
    }
    let isFaint = upper.map { $0.layer > state.depth } ?? false
    let style = Style(isFaint ? .faint : .word)
    switch (isLight(upper, threshold), isLight(lower, threshold)) {
    case (true, true): return ("█", style)
    case (true, false): return ("▀", style)
    case (false, true): return ("▄", style)
    case (false, false): return (" ", style)
    }
  }

  /// How a cell is marked; nil where its colour stands for it.
  private func mark(_ cell: CellAddress) -> Role? {
    markedRole(of: cell) ?? (isMatch(cell) ? .match : nil)
  }

  /// The colour of a cell, where colours are wished for and the picture has its layer.
  private func colour(of cell: CellAddress) -> RGB? {
    state.isTinted && cell.layer <= state.depth ? tint(of: cell) : nil
  }

  private func isLight(_ cell: CellAddress?, _ threshold: Int) -> Bool {
    cell.flatMap { tint(of: $0) }.map { $0.lightness >= threshold } ?? false
  }

  /// The lightness that half of a layer's cells have.
  private func threshold(ofLayer layer: Int) -> Int {
    guard let tints = state.decoded?.tints, layer <= tints.count else { return 0 }
    let sorted = tints[layer - 1].map(\.lightness).sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}

extension RGB {
  /// From 0 to 255, with the weights of the three colours in eighths.
  fileprivate var lightness: Int { (2 * Int(red) + 5 * Int(green) + Int(blue)) / 8 }
}
