import SPAEPyramid

/// Which estimates each latent cell takes at some depth, and the class of each cell.
///
/// A cell with words of its own takes their mean. A cell without takes the estimate of the deepest
/// layer's cell that contains it, or from a stride of `blendedStride` on a bilinear blend of those
/// around it. So a pyramid can be decoded from any depth.
struct LatentUpsampling: Sendable {
  /// The number of different strides.
  static let strides = 5  // coarser layers of large pictures share the greatest
  /// The classes of a stride: without own words, or with one, two, three or more.
  static let classesOfStride = 4
  /// The number of different classes.
  static let classes = classesOfStride * strides

  /// A cell, and how much of its estimate another one takes.
  struct Part: Sendable {
    let cell: Int  // a flat position in the latent grid
    let weight: Float
  }

  let sources: [[Part]]  // [cell]; the weights of each sum to 1
  let cellClass: [Int]  // [cell]
  let stride: Int  // the deepest layer's, as a power of two

  /// Cells blend the positions around them from `blendedStride` on, and copy one below it.
  ///
  /// Only the words of layers `first` ... `depth` count.
  init(shape: PyramidShape, from first: Int = 1, depth: Int, blendedStride: Int) {
    let (grid, layer) = (shape.grid, shape.size(ofLayer: depth))
    var visits = [Int](repeating: 0, count: grid.count)
    let deepest = shape.stride(ofLayer: depth)
    let isBlended = deepest >= blendedStride
    let rows = Self.positions(of: layer.rows, along: grid.rows, isBlended: isBlended)
    let columns = Self.positions(of: layer.columns, along: grid.columns, isBlended: isBlended)
    var sources = (0..<grid.count).map { cell in
      rows[cell / grid.columns].flatMap { row in
        columns[cell % grid.columns].map { column in
          let address = CellAddress(layer: depth, row: row.position, column: column.position)
          return Part(cell: shape.latentIndex(of: address), weight: row.weight * column.weight)
        }
      }
    }
    var cellClass = [Int](
      repeating: Self.classesOfStride * Self.logarithm(deepest), count: grid.count)
    for layer in first...depth {
      for cell in shape.cells(ofLayer: layer).map(shape.latentIndex(of:)) {
        visits[cell] += 1
        sources[cell] = [Part(cell: cell, weight: 1)]
        cellClass[cell] =
          Self.classesOfStride * Self.logarithm(shape.stride(ofLayer: layer))
          + min(visits[cell], Self.classesOfStride - 1)
      }
    }
    self.sources = sources
    self.cellClass = cellClass
    stride = Self.logarithm(deepest)
  }

  /// Sets the weighted sum of other cells' latents that a cell uses, [latent]; `lend` gives one's.
  func blend(
    at cell: Int, latent: Int, into target: UnsafeMutablePointer<Float>,
    of lend: (_ source: Int, _ body: (UnsafePointer<Float>) -> Void) -> Void
  ) {
    let sources = sources[cell]
    if sources.count == 1 {
      return unsafe lend(sources[0].cell) { unsafe target.update(from: $0, count: latent) }
    }
    unsafe target.update(repeating: 0, count: latent)
    for source in sources {
      unsafe lend(source.cell) { estimate in
        for i in 0..<latent { unsafe target[i] += estimate[i] * source.weight }
      }
    }
  }

  /// The same of all cells' latents, [cell, latent].
  func blend(
    at cell: Int, latent: Int, of estimates: [Float], into target: UnsafeMutablePointer<Float>
  ) {
    unsafe estimates.withUnsafeBufferPointer { estimates in
      guard let first = estimates.baseAddress else { return }
      unsafe blend(at: cell, latent: latent, into: target) { unsafe $1(first + $0 * latent) }
    }
  }

  /// The layer's positions along a side, `count` of them, that each of the side's cells depends on,
  /// and their weights.
  private static func positions(
    of count: Int, along cells: Int, isBlended: Bool
  ) -> [[(position: Int, weight: Float)]] {
    (0..<cells).map { cell in
      guard isBlended else { return [(cell * count / cells, 1)] }
      let middle = (Double(cell) + 0.5) * Double(count) / Double(cells) - 0.5
      let at = min(max(middle, 0), Double(count - 1))
      let position = Int(at)
      let weight = Float(at - Double(position))
      if weight == 0 { return [(position, 1)] }
      return [(position, 1 - weight), (position + 1, weight)]
    }
  }

  private static func logarithm(_ stride: Int) -> Int {
    min(stride.trailingZeroBitCount, strides - 1)
  }
}
