import SPAEPyramid

/// Whose estimates each latent cell takes at some depth, and the label that says so.
///
/// A cell with words of its own takes their mean. A cell without takes the estimate of the deepest
/// layer's cell that contains it, and where many share one, a bilinear blend of those around it. So a
/// pyramid can be decoded from any depth.
struct PyramidFill: Sendable {
  /// The number of different strides.
  static let strides = 5  // coarser layers of large pictures share the greatest
  /// The labels of a stride: filled from above, or of one, two or more words.
  static let labelsOfStride = 4
  /// The number of different labels.
  static let labels = labelsOfStride * strides

  /// A cell, and how much of its estimate another one takes.
  struct Part: Sendable {
    let cell: Int  // a flat position in the latent grid
    let share: Float
  }

  let sources: [[Part]]  // [cell]; the shares of each sum to 1
  let label: [Int]  // [cell]
  let stride: Int  // the deepest layer's, as a power of two

  /// Cells blend the positions around them from `blendedStride` on, and copy one below it.
  init(shape: PyramidShape, depth: Int, blendedStride: Int) {
    let grid = shape.grid
    var visits = [Int](repeating: 0, count: grid * grid)
    let deepest = shape.stride(ofLayer: depth)
    let places = (0..<grid).map {
      Self.places(
        along: $0, side: grid / deepest, stride: deepest, isBlended: deepest >= blendedStride)
    }
    var sources = (0..<grid * grid).map { cell in
      places[cell / grid].flatMap { row in
        places[cell % grid].map { column in
          let address = CellAddress(layer: depth, row: row.place, column: column.place)
          return Part(cell: shape.latentIndex(of: address), share: row.share * column.share)
        }
      }
    }
    var label = [Int](repeating: Self.labelsOfStride * Self.logarithm(deepest), count: grid * grid)
    for layer in 1...depth {
      for cell in shape.cells(ofLayer: layer).map(shape.latentIndex(of:)) {
        visits[cell] += 1
        sources[cell] = [Part(cell: cell, share: 1)]
        label[cell] =
          Self.labelsOfStride * Self.logarithm(shape.stride(ofLayer: layer))
          + min(visits[cell], Self.labelsOfStride - 1)
      }
    }
    self.sources = sources
    self.label = label
    stride = Self.logarithm(deepest)
  }

  /// What a cell takes of the estimates of other cells, each [latent].
  func blend(
    at cell: Int, latent: Int, of estimate: (_ source: Int) -> ArraySlice<Float>
  ) -> ArraySlice<Float> {
    let sources = sources[cell]
    if sources.count == 1 { return estimate(sources[0].cell) }
    var blend = [Float](repeating: 0, count: latent)
    for source in sources {
      for (i, component) in estimate(source.cell).enumerated() {
        blend[i] += component * source.share
      }
    }
    return blend[...]
  }

  /// The layer's places that a row or a column of cells takes of, and how much of each.
  private static func places(
    along cell: Int, side: Int, stride: Int, isBlended: Bool
  ) -> [(place: Int, share: Float)] {
    guard isBlended else { return [(cell / stride, 1)] }
    let middle = (Float(cell) + 0.5) / Float(stride) - 0.5
    let at = min(max(middle, 0), Float(side - 1))
    let place = Int(at)
    let share = at - Float(place)
    if share == 0 { return [(place, 1)] }
    return [(place, 1 - share), (place + 1, share)]
  }

  private static func logarithm(_ stride: Int) -> Int {
    min(stride.trailingZeroBitCount, strides - 1)
  }
}
