package import SPAEPyramid
import SPAESystem

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

  /// How a paste fits the words into other layers, or into a block of another size.
  struct Scaling: Hashable {
    /// The cells that get the words, a rectangle of one layer in the order of reading.
    let cells: [CellAddress]
    /// The layer that each layer from that of the cells on takes its words from.
    let sources: [Int]
    /// Whether words of a layer are repeated.
    var repeats = false
    /// Whether some words of a layer that is used are left out.
    var skips = false
  }

  /// Puts the words into some cells, a rectangle of one layer in the order of reading.
  ///
  /// Layer by layer the words go from the block's layer to that of the cells, and so on downwards.
  /// Where there are more layers than words for them the last one's are taken again; where there are
  /// fewer its deepest ones are left out. The words of a layer are spread over its cells: repeated
  /// where those are more, and left out where they are fewer.
  func place(in cells: [CellAddress], of pyramid: inout Pyramid) -> Scaling {
    let shape = pyramid.shape
    let top = cells[0].layer
    let sources = (top...shape.depth).map { min($0 - top + layer, self.shape.depth) }
    var scaling = Scaling(cells: cells, sources: sources)
    for (offset, source) in sources.enumerated() {
      let rows = layers[source - layer]
      let beneath = shape.cells(ofLayer: top + offset, from: cells[0], to: cells[cells.count - 1])
      let size = GridSize(rows: rows.count, columns: rows[0].count)
      scaling.note(size, into: beneath)
      for (y, row) in beneath.rows.enumerated() {
        let words = rows[y * size.rows / beneath.rows.count]
        for (x, column) in beneath.columns.enumerated() {
          pyramid[CellAddress(layer: top + offset, row: row, column: column)] =
            words[x * size.columns / beneath.columns.count]
        }
      }
    }
    return scaling
  }

  /// The block without what would lie outside a layer from a cell on.
  func clipped(to size: GridSize, from cell: CellAddress) -> Subtree {
    let rows = min(layers[0].count, size.rows - cell.row)
    let columns = min(layers[0][0].count, size.columns - cell.column)
    guard rows < layers[0].count || columns < layers[0][0].count else { return self }
    let kept = layers.map { words in
      words.prefix(max(1, words.count * rows / layers[0].count)).map { row in
        Array(row.prefix(max(1, row.count * columns / layers[0][0].count)))
      }
    }
    return Subtree(layer: layer, shape: shape, layers: kept) ?? self
  }
}

extension Subtree.Scaling {
  fileprivate mutating func note(
    _ size: GridSize, into beneath: (rows: Range<Int>, columns: Range<Int>)
  ) {
    let (rows, columns) = (beneath.rows.count, beneath.columns.count)
    repeats = repeats || rows > size.rows || columns > size.columns
    skips = skips || rows < size.rows || columns < size.columns
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
    lastChange = .beneath
    let first = target[0]
    let isBlock = mode.context == .block
    let block =
      isBlock ? subtree : subtree.clipped(to: shape.size(ofLayer: first.layer), from: first)
    let cells = isBlock ? target : block.cells(from: first)
    mode = .browsing
    var edited = pyramid
    let scaling = block.place(in: cells, of: &edited)
    guard edited != pyramid else {
      say("these words are here already")
      return []
    }
    say(subtree.note(of: scaling, of: shape, lost: subtree.count - block.count))
    return commit(edited, verb: "paste")
  }
}

extension Subtree {
  /// As many cells of a layer as the block has in its own, from one on.
  fileprivate func cells(from first: CellAddress) -> [CellAddress] {
    layers[0].indices.flatMap { y in
      layers[0][0].indices.map { x in
        CellAddress(layer: first.layer, row: first.row + y, column: first.column + x)
      }
    }
  }

  /// What a paste has done with the words.
  fileprivate func note(of scaling: Scaling, of shape: PyramidShape, lost: Int) -> String {
    let (to, deepest) = (scaling.cells[0].layer, scaling.sources[scaling.sources.count - 1])
    var parts = ["pasted \(count - lost) word\(count - lost == 1 ? "" : "s")"]
    if to != layer { parts[0] += " of layer \(layer) as layer \(to)" }
    if deepest < self.shape.depth {
      parts.append(Self.layers(deepest + 1, self.shape.depth) + " left out")
    }
    let again = scaling.sources.count { $0 == self.shape.depth } - 1
    if again > 0 {
      parts.append("layer \(self.shape.depth) \(again == 1 ? "twice" : "\(again + 1) times")")
    }
    if scaling.repeats { parts.append("words repeated") }
    if scaling.skips { parts.append("some words left out") }
    if lost > 0 { parts.append(lost.counted("word lies outside", "words lie outside")) }
    return parts.joined(separator: ", ")
  }

  private static func layers(_ first: Int, _ last: Int) -> String {
    first == last ? "layer \(first)" : "layers \(first) to \(last)"
  }
}
