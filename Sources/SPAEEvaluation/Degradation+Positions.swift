package import SPAELanguage
package import SPAEPyramid

extension Degradation {
  /// Where the degraded picture's words still say what the whole one's did: for each position of a
  /// square pyramid that of the degraded picture, nil where less than half of the region is left.
  package func kept(of shape: PyramidShape) -> [Int?] {
    (0..<shape.wordCount).map { index in
      let cell = shape.cell(at: index)
      return source(of: cell, side: shape.size(ofLayer: cell.layer).rows).map {
        shape.index(of: CellAddress(layer: cell.layer, row: $0.row, column: $0.column))
      }
    }
  }

  /// The row and column where the degraded picture shows a position of a layer with `side` rows.
  private func source(of cell: CellAddress, side: Int) -> (row: Int, column: Int)? {
    let own = (row: cell.row, column: cell.column)
    switch self {
    case .inpaint: return 1 - middleShare(of: cell, side) >= 0.5 ? own : nil
    case .outpaint: return middleShare(of: cell, side) >= 0.5 ? own : nil
    case .deblur: return own
    case .rotate: return (cell.column, side - 1 - cell.row)
    // Less than a whole position, of the second layer, is none.
    case .shift:
      if side == 2 { return nil }
      return (cell.row, (cell.column + side / 4) % side)
    }
  }

  /// The share of a position that lies in the middle of the picture, half as wide and high.
  private func middleShare(of cell: CellAddress, _ side: Int) -> Double {
    func share(_ at: Int) -> Double {
      let (low, high) = (Double(at) / Double(side), Double(at + 1) / Double(side))
      return max(0, min(0.75, high) - max(0.25, low)) / (high - low)
    }
    return share(cell.row) * share(cell.column)
  }
}

extension NoisyCopies {
  /// The copies and the degraded picture's words as versions of one picture.
  ///
  /// How far a degraded picture is to be believed is read off the copies: the share of its words
  /// that one of them has too.
  package func versions(
    degraded: [Int32], kept: [Int?]
  ) -> [WordRestoration.Version] {
    let words = kept.map { $0.map { degraded[$0] } }
    let known = words.indices.filter { words[$0] != nil }
    let right = known.count { position in
      copies.contains { $0[position] == words[position] }
    }
    let share = known.isEmpty ? 0 : Double(right) / Double(known.count)
    let own = copies.indices.map {
      WordRestoration.Version(words: copies[$0], reliability: 1 - Self.rate($0, of: copies.count))
    }
    return own + [WordRestoration.Version(words: words, reliability: share)]
  }
}
