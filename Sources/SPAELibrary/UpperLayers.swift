package import SPAEColour
package import SPAEPixels
package import SPAEPyramid

/// The words of layers 1 to 3 of a picture, with the mean colour of each position.
///
/// Packed: the cells a side of the latent grid and a zero, or rows and columns, each less one, where it
/// is no square; two bytes a word, three bytes a colour.
package struct UpperLayers: Hashable, Sendable {
  package let shape: PyramidShape
  /// Layer after layer, row after row.
  package let words: [Int32]
  /// sRGB, in the order of the words.
  package let colours: [RGB]

  package static let depth = 3
  package static let greatestVocabulary = 1 << 16

  /// Takes a pyramid and the picture that it decodes to.
  package init(_ pyramid: Pyramid, decoded picture: PixelImage) {
    shape = pyramid.shape
    words = Array(pyramid.words.prefix(shape.wordCount(toDepth: Self.depth)))
    let shape = shape
    colours = (1...Self.depth).flatMap { layer in
      shape.cells(ofLayer: layer).map { picture.meanColour(of: $0, in: shape) }
    }
  }

  /// Reads packed bytes; nil where they are not what `bytes` gives.
  package init?(bytes: [UInt8]) {
    guard bytes.count > 2, let shape = Self.shape(bytes[0], bytes[1]) else { return nil }
    let count = shape.wordCount(toDepth: Self.depth)
    guard bytes.count == 2 + 5 * count else { return nil }
    self.shape = shape
    words = (0..<count).map { Int32(bytes[2 + 2 * $0]) | Int32(bytes[3 + 2 * $0]) << 8 }
    let colours = bytes.dropFirst(2 + 2 * count)
    self.colours = (0..<count).map { index in
      let start = colours.startIndex + 3 * index
      return RGB(colours[start], colours[start + 1], colours[start + 2])
    }
  }

  package var bytes: [UInt8] {
    Self.header(of: shape.grid)
      + words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
      + colours.flatMap { [$0.red, $0.green, $0.blue] }
  }

  private static func header(of grid: GridSize) -> [UInt8] {
    grid.isSquare ? [UInt8(grid.rows), 0] : [UInt8(grid.rows - 1), UInt8(grid.columns - 1)]
  }

  private static func shape(_ first: UInt8, _ second: UInt8) -> PyramidShape? {
    second == 0
      ? PyramidShape(grid: Int(first))
      : PyramidShape(grid: GridSize(rows: Int(first) + 1, columns: Int(second) + 1))
  }

  /// The words of one layer.
  package func words(ofLayer layer: Int) -> ArraySlice<Int32> {
    words[shape.wordCount(toDepth: layer - 1)..<shape.wordCount(toDepth: layer)]
  }
}

extension PixelImage {
  /// The mean of the pixels that a cell of a pyramid covers.
  func meanColour(of cell: CellAddress, in shape: PyramidShape) -> RGB {
    let size = shape.size(ofLayer: cell.layer)
    let rows = cell.row * height / size.rows..<(cell.row + 1) * height / size.rows
    let columns =
      cell.column * width / size.columns..<(cell.column + 1) * width / size.columns
    var sums = [0, 0, 0]
    for row in rows {
      for column in columns {
        for channel in 0..<3 { sums[channel] += Int(self[row, column, channel]) }
      }
    }
    let means = sums.map { UInt8($0 / max(1, rows.count * columns.count)) }
    return RGB(means[0], means[1], means[2])
  }
}
