import SPAEPyramid

/// The inverse of the encoder's linear code: estimates of cells to the numbers of their patches.
///
/// What a cell says of its own patch has a matrix for each label of a cell. What it says of the
/// patches around has one for each stride, which is that of the deepest layer decoded.
struct LabelledLinearPath: Sendable {
  private let own: [Convolution]  // [labels], of one pixel over cells
  private let around: [Convolution]  // [strides], of nine

  /// What the patches' errors ask each cell of two words to change by, at full depth.
  ///
  /// The least squares solution for one cell among unchanged ones, and four fifths of the way there,
  /// for the cells around it change as well. A convolution of nine patches: a cell writes to the
  /// patch at an offset, and reads of the one at the opposite place.
  let correction: Convolution

  private static let correctionStep = 0.8

  /// How many cells away a patch looks.
  let reach = 1

  init(_ configuration: ModelConfiguration, from weights: inout Weights) throws(EngineError) {
    let (numbers, latent) = (configuration.patchNumbers, configuration.latent)
    let (labels, strides) = (PyramidFill.labels, PyramidFill.strides)
    let basis = try weights.floats("decoder.linear.basis", [labels, latent, numbers])
    let mean = try weights.floats("decoder.linear.mean", [numbers])
    let kernels = try weights.floats("decoder.linear.around", [strides, numbers, latent, 3, 3])
    own = (0..<labels).map { label in
      let start = label * latent * numbers
      let columns = (0..<numbers * latent).map {
        basis[start + $0 % latent * numbers + $0 / latent]
      }
      return Convolution(
        weights: columns, bias: mean, inputs: latent, outputs: numbers, window: .same(1))
    }
    around = (0..<strides).map { stride in
      let count = numbers * latent * 9
      return Convolution(
        weights: Array(kernels[stride * count..<(stride + 1) * count]),
        bias: .init(repeating: 0, count: numbers), inputs: latent, outputs: numbers,
        window: .same(3))
    }
    correction = Self.correction(basis, kernels, latent: latent, numbers: numbers)
  }

  private static func correction(
    _ basis: [Float], _ around: [Float], latent: Int, numbers: Int
  ) -> Convolution {
    let label = 2  // of two words at stride 1
    // What each component of the cell adds to each number of the nine patches, [latent][number, tap].
    let rows = (0..<latent).map { i in
      (0..<numbers * 9).map { index -> Double in
        let (number, tap) = (index / 9, index % 9)
        let own = tap == 4 ? basis[(label * latent + i) * numbers + number] : 0
        // A convolution's tap is where the cell stands as the patch sees it.
        return Double(around[(number * latent + i) * 9 + 8 - tap] + own)
      }
    }
    let normal = rows.map { a in rows.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    let weights = inverse(normal).flatMap { shares in
      var sum = [Double](repeating: 0, count: numbers * 9)
      for (share, row) in zip(shares, rows) {
        for index in sum.indices { sum[index] += correctionStep * share * row[index] }
      }
      return sum.map { Float($0) }
    }
    return Convolution(
      weights: weights, bias: .init(repeating: 0, count: latent), inputs: numbers,
      outputs: latent, window: .same(3))
  }

  /// The buffers of one picture.
  final class Planes {
    fileprivate let estimates: Plane
    fileprivate let own: Plane  // each patch by its own cell alone

    /// Each patch, [channel, row, column].
    let patches: Plane

    /// The deepest layer's stride, as a power of two.
    var stride = 0

    init(_ configuration: ModelConfiguration, grid: Int) {
      func cells(_ channels: Int, border: Int) -> Plane {
        Plane(height: grid, width: grid, channels: channels, border: border)
      }
      estimates = cells(configuration.latent, border: 1)
      own = cells(configuration.patchNumbers, border: 0)
      patches = cells(configuration.patchNumbers, border: 0)
    }
  }

  /// Sets what a cell's patch is made of: its estimate, [latent], and its label.
  func set(
    row: Int, column: Int, to estimate: ArraySlice<Float>, label: Int, in planes: Planes,
    with context: Context
  ) {
    let target = unsafe planes.estimates.pixel(row, column)
    for (i, component) in estimate.enumerated() { unsafe target[i] = component }
    own[label].apply(
      to: planes.estimates, into: planes.own,
      rectangle: Rectangle(rows: row..<row + 1, columns: column..<column + 1), with: context)
  }

  /// Computes all patches that a rectangle of cells reaches.
  func refresh(_ cells: Rectangle, in planes: Planes, with context: Context) {
    around[planes.stride].apply(
      to: planes.estimates, into: planes.patches,
      rectangle: cells.grown(by: reach, within: planes.patches.bounds), residual: planes.own,
      with: context)
  }
}

/// The inverse of a symmetric matrix that is not negative, by Cholesky's method and a ridge that
/// keeps a matrix of zeros solvable.
private func inverse(_ a: [[Double]]) -> [[Double]] {
  let n = a.count
  let ridge = 1e-6 * a.indices.reduce(0) { $0 + a[$1][$1] } / Double(n) + 1e-12
  var lower = a
  for i in 0..<n {
    for j in 0...i {
      var value = a[i][j] + (i == j ? ridge : 0)
      for k in 0..<j { value -= lower[i][k] * lower[j][k] }
      lower[i][j] = i == j ? value.squareRoot() : value / lower[j][j]
    }
  }
  return (0..<n).map { column in
    var x = [Double](repeating: 0, count: n)
    x[column] = 1
    for i in 0..<n {
      for k in 0..<i { x[i] -= lower[i][k] * x[k] }
      x[i] /= lower[i][i]
    }
    for i in (0..<n).reversed() {
      for k in i + 1..<n { x[i] -= lower[k][i] * x[k] }
      x[i] /= lower[i][i]
    }
    return x
  }
}
