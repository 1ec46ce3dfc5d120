import SPAEPyramid

/// Where each latent cell takes its estimate from at some depth, and the label that says so.
///
/// A cell with words of its own takes their mean. A cell without takes the estimate of the deepest
/// layer's cell that contains it. So a pyramid can be decoded from any depth.
struct PyramidFill: Sendable {
  /// The number of different labels.
  static let labels = 20
  private static let greatestStride = 4  // log2; coarser layers of large pictures share its label

  let source: [Int]  // [cell], flat positions in the latent grid
  let label: [Int]  // [cell]

  init(shape: PyramidShape, depth: Int) {
    let grid = shape.grid
    var visits = [Int](repeating: 0, count: grid * grid)
    let deepest = shape.stride(ofLayer: depth)
    var source = (0..<grid * grid).map { cell in
      shape.latentIndex(
        of: CellAddress(layer: depth, row: cell / grid / deepest, column: cell % grid / deepest))
    }
    var label = [Int](repeating: 4 * Self.logarithm(deepest), count: grid * grid)
    for layer in 1...depth {
      for cell in shape.cells(ofLayer: layer).map(shape.latentIndex(of:)) {
        visits[cell] += 1
        source[cell] = cell
        label[cell] = 4 * Self.logarithm(shape.stride(ofLayer: layer)) + min(visits[cell], 3)
      }
    }
    self.source = source
    self.label = label
  }

  private static func logarithm(_ stride: Int) -> Int {
    min(stride.trailingZeroBitCount, greatestStride)
  }
}
