/// The place of one word in a pyramid: its layer, counted from 1, and row and column in that layer's
/// grid, counted from 0.
public struct CellAddress: Hashable, Sendable {
  public var layer: Int
  public var row: Int
  public var column: Int

  public init(layer: Int, row: Int, column: Int) {
    self.layer = layer
    self.row = row
    self.column = column
  }
}

extension PyramidShape {
  /// The position of a cell's word in the flat list of words: layer after layer, row after row.
  public func index(of cell: CellAddress) -> Int {
    let side = side(ofLayer: cell.layer)
    return wordCount(toDepth: cell.layer - 1) + cell.row * side + cell.column
  }

  /// The cell at a position in the flat list of words.
  public func cell(at index: Int) -> CellAddress {
    let layer = (1...depth).first { index < wordCount(toDepth: $0) } ?? depth
    let place = index - wordCount(toDepth: layer - 1)
    let side = side(ofLayer: layer)
    return CellAddress(layer: layer, row: place / side, column: place % side)
  }

  /// The row and column of the latent grid that a cell visits: the dilation subsampler P(l).
  ///
  /// With stride s the visited positions per axis are s(i - 1) + s/2 + [s > 1], counted from 1
  /// (SPAE, section 3.1); counted from 0 that is s i + s/2, and i itself where the stride is one.
  public func latentPosition(of cell: CellAddress) -> (row: Int, column: Int) {
    let stride = stride(ofLayer: cell.layer)
    return (cell.row * stride + stride / 2, cell.column * stride + stride / 2)
  }
}

extension PyramidShape {
  /// All cells of a layer, row by row.
  public func cells(ofLayer layer: Int) -> [CellAddress] {
    let side = side(ofLayer: layer)
    return (0..<side * side).map {
      CellAddress(layer: layer, row: $0 / side, column: $0 % side)
    }
  }

  /// The flat index, row by row, of the latent cell that a cell visits.
  public func latentIndex(of cell: CellAddress) -> Int {
    let position = latentPosition(of: cell)
    return position.row * grid + position.column
  }
}
