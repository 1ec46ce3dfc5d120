import SPAEPyramid
package import SPAEScreen

// How deep the picture is decoded, and the inset that shows the layers above.
extension Explorer {
  /// Decodes so many layers, or with nil all; `[` and `]` end at the first and the last, and say so.
  mutating func pin(_ wanted: Int?) -> [Effect] {
    pinnedDepth = wanted.map { min(max(1, $0), shape.depth) }
    let limits = wanted == nil || wanted == depth ? "" : "; there are 1 to \(shape.depth)"
    say("the picture is of \(depthInWords)\(limits)")
    return []
  }

  /// The layers that the picture is decoded from, and how many words they have.
  var depthInWords: String {
    let words = shape.wordCount(toDepth: depth)
    return "\(shape.layersInWords(toDepth: depth)), \(words) word\(words == 1 ? "" : "s")"
  }

  // MARK: The inset

  /// How deep the inset is decoded; nil where it would show nothing else than the picture, or as of
  /// the first layer hardly more than a colour.
  private var insetDepth: Int? {
    guard showsInset, picture == .decoded, cursor.layer > 1, cursor.layer < depth else {
      return nil
    }
    return cursor.layer
  }

  /// The words of the inset, if it is shown and there is room for it.
  var insetRequest: DecodeRequest? {
    guard let depth = insetDepth, graphics != "none", Layout(self).insetSize != nil else {
      return nil
    }
    return DecodeRequest(pyramid: shown, depth: depth, painting: previewed)
  }

  /// The inset and its place in the picture.
  func inset(in layout: Layout) -> Inset? {
    guard let depth = insetDepth, let size = layout.insetSize else { return nil }
    return Inset(
      depth: depth, box: layout.corner(of: size, awayFrom: layout.box(of: framed, in: self)))
  }

  /// What the inset shows.
  func insetNote(in layout: Layout) -> String? {
    inset(in: layout).map { "inset: \(shape.layersInWords(toDepth: $0.depth))" }
  }

  mutating func toggleInset() -> [Effect] {
    showsInset.toggle()
    guard showsInset else { return [] }
    if Layout(self).insetSize == nil {
      say("there is no room for an inset here; zd decodes down to this layer", .warning)
    } else if insetDepth == nil {
      say("an inset is shown between the first layer and the last that is decoded")
    }
    return []
  }
}

extension PyramidShape {
  /// "all layers", "layers 1-3" or "layer 1".
  func layersInWords(toDepth depth: Int) -> String {
    if depth >= self.depth { return "all layers" }
    return depth == 1 ? "layer 1" : "layers 1-\(depth)"
  }
}

/// A small picture in a corner of the large one: the same words, not as deep.
package struct Inset: Hashable, Sendable {
  package let depth: Int
  /// Where it is, in characters from the upper left corner of the picture.
  package let box: Box

  package init(depth: Int, box: Box) { (self.depth, self.box) = (depth, box) }
}

extension Layout {
  /// A third of the picture in each direction; nil where that would be a stamp.
  fileprivate var insetSize: (rows: Int, columns: Int)? {
    let image = image
    guard image.rows >= 21, image.columns >= 24 else { return nil }
    return (image.rows / 3, image.columns / 3)
  }

  /// The first corner, from the lower right one on, in which nothing of a box is covered; the lower
  /// right one where there is none.
  fileprivate func corner(of size: (rows: Int, columns: Int), awayFrom framed: Box) -> Box {
    let (down, right) = (image.rows - size.rows, image.columns - size.columns)
    let corners = [(down, right), (down, 0), (0, right), (0, 0)].map {
      Box(row: $0.0, column: $0.1, rows: size.rows, columns: size.columns)
    }
    return corners.first { !$0.intersects(framed) } ?? corners[0]
  }

  /// What two corner cells enclose, in characters from the picture's upper left corner.
  fileprivate func box(of cells: [CellAddress], in state: Explorer) -> Box {
    let (image, first, last) = (image, cells[0], cells[cells.count - 1])
    let size = state.shape.size(ofLayer: last.layer)
    let rows = PictureCrop.edges(
      of: min(first.row, last.row)..<max(first.row, last.row) + 1, count: size.rows,
      shown: image.rows, state.crop?.rows)
    let columns = PictureCrop.edges(
      of: min(first.column, last.column)..<max(first.column, last.column) + 1,
      count: size.columns, shown: image.columns, state.crop?.columns)
    return Box(
      row: rows.lowerBound, column: columns.lowerBound, rows: max(1, rows.count),
      columns: max(1, columns.count))
  }
}
