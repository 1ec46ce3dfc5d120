/// The position of one word in a pyramid: its layer, counted from 1, and row and column in that layer's
/// grid, counted from 0.
public struct CellAddress: Hashable, Sendable {
  /// Counted from 1, the coarsest.
  public var layer: Int
  /// Counted from 0, at the top.
  public var row: Int
  /// Counted from 0, at the left.
  public var column: Int

  /// A position; no pyramid checks it before it is used.
  public init(layer: Int, row: Int, column: Int) {
    self.layer = layer
    self.row = row
    self.column = column
  }
}

extension PyramidShape {
  /// The position of a cell's word in the flat list of words: layer after layer, row after row.
  public func index(of cell: CellAddress) -> Int {
    wordCount(toDepth: cell.layer - 1) + position(of: cell)
  }

  /// The position of a cell in its layer, row after row.
  package func position(of cell: CellAddress) -> Int {
    cell.row * size(ofLayer: cell.layer).columns + cell.column
  }

  /// The cell at a position in the flat list of words.
  public func cell(at index: Int) -> CellAddress {
    let layer = (1...depth).first { index < wordCount(toDepth: $0) } ?? depth
    let position = index - wordCount(toDepth: layer - 1)
    let columns = size(ofLayer: layer).columns
    return CellAddress(layer: layer, row: position / columns, column: position % columns)
  }

  /// Whether the pyramid has the layer, and the layer the row and the column.
  package func contains(_ cell: CellAddress) -> Bool {
    guard (1...depth).contains(cell.layer) else { return false }
    let size = size(ofLayer: cell.layer)
    return (0..<size.rows).contains(cell.row) && (0..<size.columns).contains(cell.column)
  }

  /// The row and column of the latent grid that a cell visits: the dilation subsampler P(l).
  ///
  /// Position j of c along n cells visits the one that holds the middle of its part,
  /// floor((j + 1/2) n / c). Along a side of the square pyramid, whose stride s is n / c, that is
  /// s j + s/2, the paper's s(i - 1) + s/2 + [s > 1] counted from 1 (SPAE, section 3.1).
  public func latentPosition(of cell: CellAddress) -> (row: Int, column: Int) {
    let size = size(ofLayer: cell.layer)
    return (
      middle(of: cell.row, count: size.rows, length: grid.rows),
      middle(of: cell.column, count: size.columns, length: grid.columns)
    )
  }

  /// The flat index, row by row, of the latent cell that a cell visits.
  public func latentIndex(of cell: CellAddress) -> Int {
    let position = latentPosition(of: cell)
    return position.row * grid.columns + position.column
  }

  /// All cells of a layer, row by row.
  public func cells(ofLayer layer: Int) -> [CellAddress] {
    let size = size(ofLayer: layer)
    return (0..<size.count).map {
      CellAddress(layer: layer, row: $0 / size.columns, column: $0 % size.columns)
    }
  }
}

// Cells of different layers.
extension PyramidShape {
  /// The cell of a layer above that holds the middle of a cell; of a layer below, the one that
  /// holds its middle.
  package func cell(inLayer layer: Int, at cell: CellAddress) -> CellAddress {
    let (own, other) = (size(ofLayer: cell.layer), size(ofLayer: layer))
    return CellAddress(
      layer: layer, row: middle(of: cell.row, count: own.rows, length: other.rows),
      column: middle(of: cell.column, count: own.columns, length: other.columns))
  }

  /// The rows and columns of a layer below, or of the cell's own, whose middles a cell holds.
  package func cells(
    ofLayer layer: Int, in cell: CellAddress
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let (own, other) = (size(ofLayer: cell.layer), size(ofLayer: layer))
    return (
      held(by: cell.row, count: own.rows, length: other.rows),
      held(by: cell.column, count: own.columns, length: other.columns)
    )
  }

  /// Whether the middle of a cell is in another one, of the same layer or one above.
  package func holds(_ outer: CellAddress, _ inner: CellAddress) -> Bool {
    inner.layer >= outer.layer && cell(inLayer: outer.layer, at: inner) == outer
  }

  /// The latent cells that a cell stands for where nothing below it does: those of its part of the
  /// grid.
  package func latentCells(of cell: CellAddress) -> (rows: Range<Int>, columns: Range<Int>) {
    let size = size(ofLayer: cell.layer)
    return (
      part(of: cell.row, count: size.rows, length: grid.rows),
      part(of: cell.column, count: size.columns, length: grid.columns)
    )
  }

  /// The part of `length` cells with the middle of part j of `count`.
  private func middle(of j: Int, count: Int, length: Int) -> Int {
    (2 * j + 1) * length / (2 * count)
  }

  /// The parts of `length` with the middle in part j of `count`.
  private func held(by j: Int, count: Int, length: Int) -> Range<Int> {
    func first(_ j: Int) -> Int { (2 * length * j + count - 1) / (2 * count) }
    return first(j)..<first(j + 1)
  }

  /// The cells x of `length` with floor(x count / length) = j.
  private func part(of j: Int, count: Int, length: Int) -> Range<Int> {
    (j * length + count - 1) / count..<((j + 1) * length + count - 1) / count
  }
}
