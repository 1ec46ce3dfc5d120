package import SPAEPyramid

/// A block of words that was yanked with all the words beneath it.
package struct Subtree: Hashable, Sendable {
  /// The layer of the block.
  package let layer: Int
  package let shape: PyramidShape
  /// Of each layer from that one on, the words row by row.
  package let layers: [[[Int32]]]

  /// Takes the words of a layer of a shape and of all below it; nil where they are no rectangles, or
  /// none, or of other layers.
  package init?(layer: Int, shape: PyramidShape, layers: [[[Int32]]]) {
    guard (1...shape.depth).contains(layer), layers.count == shape.depth - layer + 1 else {
      return nil
    }
    for (rows, size) in zip(layers, shape.layers.dropFirst(layer - 1)) {
      guard let columns = rows.first?.count, (1...size.rows).contains(rows.count),
        (1...size.columns).contains(columns), rows.allSatisfy({ $0.count == columns })
      else { return nil }
    }
    (self.layer, self.shape, self.layers) = (layer, shape, layers)
  }

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

  /// Puts the words into a pyramid of as many layers, from a cell of the same layer on; what would
  /// lie outside is left out.
  ///
  /// Where cells of the layer hold different numbers of those beneath, the last ones are repeated
  /// or left out.
  func place(at cell: CellAddress, in pyramid: inout Pyramid) {
    let shape = pyramid.shape
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
    if mode.context == .block { cursor = cells[0] }
    mode = .browsing
    say(
      "yanked \(yanked.count) word\(yanked.count == 1 ? "" : "s") of layers \(yanked.layer) to \(shape.depth)"
    )
    return [.session(.keepYanked(yanked))]
  }

  /// Puts what was yanked with all beneath it, in this picture or another, at the cursor.
  mutating func paste(_ subtree: Subtree?) -> [Effect] {
    guard let subtree else {
      say("nothing was yanked with what is beneath it yet; Y does", .warning)
      return []
    }
    guard subtree.shape.depth == shape.depth else {
      let (own, other) = (8 * shape.grid.shorter, 8 * subtree.shape.grid.shorter)
      say(
        "these words are of a picture of \(other) pixels, this one has \(own):"
          + " --size opens a picture in another size", .warning)
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
