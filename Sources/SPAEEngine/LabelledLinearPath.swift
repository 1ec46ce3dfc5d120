import SPAEPyramid

/// The inverse of the encoder's linear code: estimates of cells to the numbers of their patches.
///
/// What a cell says of its own patch has a matrix for each label of a cell. What it says of the
/// patches around has one for each stride, which is that of the deepest layer decoded.
struct LabelledLinearPath: Sendable {
  private let own: [Convolution]  // [labels], of one pixel over cells
  private let around: [Convolution]  // [strides], of nine

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
