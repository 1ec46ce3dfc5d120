package import SPAEColour
package import SPAEPixels
package import SPAEPyramid

/// The words of layers 1 to 3 of a picture, with the mean colour of each position.
///
/// Packed: the cells a side of the latent grid, a zero, two bytes a word, three bytes a colour.
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
    guard bytes.count > 2, let shape = PyramidShape(grid: Int(bytes[0])) else { return nil }
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
    [UInt8(shape.grid), 0]
      + words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
      + colours.flatMap { [$0.red, $0.green, $0.blue] }
  }

  /// The words of one layer.
  package func words(ofLayer layer: Int) -> ArraySlice<Int32> {
    words[shape.wordCount(toDepth: layer - 1)..<shape.wordCount(toDepth: layer)]
  }
}

extension PixelImage {
  /// The mean of the pixels that a cell of a pyramid covers.
  func meanColour(of cell: CellAddress, in shape: PyramidShape) -> RGB {
    let side = shape.side(ofLayer: cell.layer)
    let rows = cell.row * height / side..<(cell.row + 1) * height / side
    let columns = cell.column * width / side..<(cell.column + 1) * width / side
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
