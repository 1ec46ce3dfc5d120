import SPAEPyramid

/// A block of words that was yanked with all the words beneath it.
struct Subtree: Hashable, Sendable {
  /// The layer of the block.
  let layer: Int
  let shape: PyramidShape
  /// Of each layer from that one on, the words row by row.
  private let layers: [[[Int32]]]

  /// The cells of one layer, a rectangle in the order of reading, and what lies beneath.
  init(_ cells: [CellAddress], of pyramid: Pyramid) {
    let (shape, first, last) = (pyramid.shape, cells[0], cells[cells.count - 1])
    (layer, self.shape) = (first.layer, shape)
    layers = (first.layer...shape.depth).map { layer in
      let beneath = shape.cells(ofLayer: layer, from: first, to: last)
      return beneath.rows.map { row in
        beneath.columns.map { pyramid[CellAddress(layer: layer, row: row, column: $0)] }
      }
    }
  }

  /// How many words there are in all layers.
  var count: Int { layers.joined().reduce(0) { $0 + $1.count } }

  /// Puts the words into a pyramid of the same shape, from a cell of the same layer on; what would
  /// lie outside is left out.
  ///
  /// Where cells of the layer hold different numbers of those beneath, the last ones are repeated
  /// or left out.
  func place(at cell: CellAddress, in pyramid: inout Pyramid) {
    let size = shape.size(ofLayer: layer)
    let last = CellAddress(
      layer: layer, row: min(cell.row + layers[0].count, size.rows) - 1,
      column: min(cell.column + layers[0][0].count, size.columns) - 1)
    for (offset, rows) in layers.enumerated() {
      let beneath = shape.cells(ofLayer: layer + offset, from: cell, to: last)
      for (y, row) in beneath.rows.enumerated() {
        let words = rows[min(y, rows.count - 1)]
        for (x, column) in beneath.columns.enumerated() {
          pyramid[CellAddress(layer: layer + offset, row: row, column: column)] =
            words[min(x, words.count - 1)]
        }
      }
    }
  }
}

extension PyramidShape {
  /// The rows and columns of a layer beneath a block of cells, its first and its last.
  fileprivate func cells(
    ofLayer layer: Int, from first: CellAddress, to last: CellAddress
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let (start, end) = (cells(ofLayer: layer, in: first), cells(ofLayer: layer, in: last))
    return (
      start.rows.lowerBound..<end.rows.upperBound,
      start.columns.lowerBound..<end.columns.upperBound
    )
  }
}

extension Explorer {
  /// Yanks the marked block, or the word, with all that is beneath it.
  mutating func yankBeneath() -> [Effect] {
    let cells = target
    let yanked = Subtree(cells, of: pyramid)
    subtree = yanked
    if mode.context == .block { cursor = cells[0] }
    mode = .browsing
    say(
      "yanked \(yanked.count) word\(yanked.count == 1 ? "" : "s") of layers \(yanked.layer) to \(shape.depth)"
    )
    return []
  }

  /// Puts what was yanked with all beneath it at the cursor.
  mutating func pasteBeneath() -> [Effect] {
    guard let subtree else {
      say("nothing was yanked with what is beneath it yet; Y does", .warning)
      return []
    }
    guard subtree.layer == cursor.layer else {
      say("these words are of layer \(subtree.layer): \(subtree.layer)G goes there", .warning)
      return []
    }
    var edited = pyramid
    subtree.place(at: target[0], in: &edited)
    mode = .browsing
    return commit(edited, verb: "paste")
  }
}
