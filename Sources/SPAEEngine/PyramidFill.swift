import SPAEPyramid

/// Where each latent cell takes its estimate from at some depth, and the label that says so.
///
/// A cell with words of its own takes their mean. A cell without takes the estimate of the deepest
/// layer's cell that contains it. So a pyramid can be decoded from any depth.
struct PyramidFill: Sendable {
  /// The number of different strides.
  static let strides = 5  // coarser layers of large pictures share the greatest
  /// The labels of a stride: filled from above, or of one, two or more words.
  static let labelsOfStride = 4
  /// The number of different labels.
  static let labels = labelsOfStride * strides

  let source: [Int]  // [cell], flat positions in the latent grid
  let label: [Int]  // [cell]
  let stride: Int  // the deepest layer's, as a power of two

  init(shape: PyramidShape, depth: Int) {
    let grid = shape.grid
    var visits = [Int](repeating: 0, count: grid * grid)
    let deepest = shape.stride(ofLayer: depth)
    var source = (0..<grid * grid).map { cell in
      shape.latentIndex(
        of: CellAddress(layer: depth, row: cell / grid / deepest, column: cell % grid / deepest))
    }
    var label = [Int](repeating: Self.labelsOfStride * Self.logarithm(deepest), count: grid * grid)
    for layer in 1...depth {
      for cell in shape.cells(ofLayer: layer).map(shape.latentIndex(of:)) {
        visits[cell] += 1
        source[cell] = cell
        label[cell] =
          Self.labelsOfStride * Self.logarithm(shape.stride(ofLayer: layer))
          + min(visits[cell], Self.labelsOfStride - 1)
      }
    }
    self.source = source
    self.label = label
    stride = Self.logarithm(deepest)
  }

  private static func logarithm(_ stride: Int) -> Int {
    min(stride.trailingZeroBitCount, strides - 1)
  }
}
