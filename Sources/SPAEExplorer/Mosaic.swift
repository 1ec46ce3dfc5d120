import SPAEPyramid

/// How large mosaics are drawn.
enum MosaicSize {
  /// A half block for each cell of the layer.
  case cells
  /// All of them with a half block, or two by two, for each cell of the latent grid.
  case grid, twiceTheGrid
}

/// A layer as coloured half blocks: two pixels, one above the other, in each character.
struct Mosaic: Hashable {
  let layer: Int
  /// Characters for each column that the range of a block counts.
  let scale: Int
  /// All pixels of the mosaic.
  let pixels: GridSize
  private let shape: PyramidShape
  private let isOfCells: Bool

  init(layer: Int, size: MosaicSize, shape: PyramidShape) {
    (self.layer, self.shape) = (layer, shape)
    isOfCells = size == .cells
    scale = size == .twiceTheGrid ? 2 : 1
    pixels = size == .cells ? shape.size(ofLayer: layer) : shape.grid.scaled(by: scale)
  }

  /// The layer's cell at a pixel; nil outside.
  func cell(row: Int, column: Int) -> CellAddress? {
    guard (0..<pixels.rows).contains(row), (0..<pixels.columns).contains(column) else {
      return nil
    }
    if isOfCells { return CellAddress(layer: layer, row: row, column: column) }
    let latent = CellAddress(layer: shape.depth, row: row / scale, column: column / scale)
    return shape.cell(inLayer: layer, at: latent)
  }

  /// The pixel row in the middle of a cell, and the column as the range of a block counts it.
  func centre(of cell: CellAddress) -> (row: Int, column: Int) {
    if isOfCells { return (cell.row, cell.column) }
    let latent = shape.latentPosition(of: cell)
    return (latent.row * scale, latent.column)
  }
}
