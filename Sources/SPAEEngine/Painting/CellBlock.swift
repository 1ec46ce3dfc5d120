package import SPAEPyramid

/// A rectangle of positions of one layer.
package struct CellBlock: Hashable, Sendable {
  /// Counted from 1, the coarsest.
  package let layer: Int
  /// Counted from 0, at the top.
  package let rows: Range<Int>
  /// Counted from 0, at the left.
  package let columns: Range<Int>

  /// Takes cells in any order; nil where they are of two layers or no whole rectangle.
  package init?(_ cells: some Collection<CellAddress>) {
    guard let block = CellBlock(around: cells), Set(cells).count == block.count else { return nil }
    self = block
  }

  /// The smallest rectangle that holds some cells of one layer; nil for none, or cells of two layers.
  package init?(around cells: some Collection<CellAddress>) {
    let (rows, columns) = (cells.map(\.row), cells.map(\.column))
    guard let first = cells.first, cells.allSatisfy({ $0.layer == first.layer }),
      let top = rows.min(), let bottom = rows.max(), let left = columns.min(),
      let right = columns.max()
    else { return nil }
    (layer, self.rows, self.columns) = (first.layer, top..<bottom + 1, left..<right + 1)
  }

  /// How many positions there are.
  package var count: Int { rows.count * columns.count }

  /// The positions, row by row.
  package var cells: [CellAddress] {
    rows.flatMap { row in
      columns.map { CellAddress(layer: layer, row: row, column: $0) }
    }
  }

  /// The rows and columns of the latent grid that the positions stand for.
  func latentCells(of shape: PyramidShape) -> (rows: Range<Int>, columns: Range<Int>) {
    func cells(_ row: Int, _ column: Int) -> (rows: Range<Int>, columns: Range<Int>) {
      shape.latentCells(of: CellAddress(layer: layer, row: row, column: column))
    }
    let first = cells(rows.lowerBound, columns.lowerBound)
    let last = cells(rows.upperBound - 1, columns.upperBound - 1)
    return (
      first.rows.lowerBound..<last.rows.upperBound,
      first.columns.lowerBound..<last.columns.upperBound
    )
  }
}
