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
      let size = shape.side(ofLayer: layer) / shape.side(ofLayer: first.layer)
      return (first.row * size..<(last.row + 1) * size).map { row in
        (first.column * size..<(last.column + 1) * size).map { column in
          pyramid[CellAddress(layer: layer, row: row, column: column)]
        }
      }
    }
  }

  /// How many words there are in all layers.
  var count: Int { layers.joined().reduce(0) { $0 + $1.count } }

  /// Puts the words into a pyramid of the same shape, from a cell of the same layer on; what would
  /// lie outside is left out.
  func place(at cell: CellAddress, in pyramid: inout Pyramid) {
    for (offset, rows) in layers.enumerated() {
      let (number, side) = (layer + offset, shape.side(ofLayer: layer + offset))
      let size = side / shape.side(ofLayer: layer)
      for (y, row) in rows.enumerated() where cell.row * size + y < side {
        for (x, word) in row.enumerated() where cell.column * size + x < side {
          let target = CellAddress(
            layer: number, row: cell.row * size + y, column: cell.column * size + x)
          pyramid[target] = word
        }
      }
    }
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
    showsPainted = true
    return commit(edited, verb: "paste")
  }
}
