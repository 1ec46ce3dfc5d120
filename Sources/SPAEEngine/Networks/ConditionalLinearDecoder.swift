import SPAEPyramid

/// The inverse of the linear encoder: from the estimates of cells to the numbers of their patches.
///
/// A cell writes to its own patch by a matrix for its class, and to the patches around by one for
/// the stride of the deepest decoded layer.
struct ConditionalLinearDecoder: Sendable {
  /// The mean patch, [numbers].
  let mean: [Float]

  private let own: [Convolution]  // [class], of one pixel over cells
  private let around: [Convolution]  // [strides], of nine

  /// The same maps transposed, from the patches' errors to the estimates.
  private let ownTransposed: [Convolution]
  private let aroundTransposed: [Convolution]

  /// How many cells away a patch depends on.
  let reach = 1

  init(_ configuration: ModelConfiguration, from weights: inout Weights) throws(EngineError) {
    let (numbers, latent) = (configuration.patchNumbers, configuration.latent)
    let (cellClasses, strides) = (LatentUpsampling.classes, LatentUpsampling.strides)
    let basis = try weights.floats("decoder.linear.basis", [cellClasses, latent, numbers])
    mean = try weights.floats("decoder.linear.mean", [numbers])
    let kernels = try weights.floats("decoder.linear.around", [strides, numbers, latent, 3, 3])
    let silent = [Float](repeating: 0, count: max(numbers, latent))
    let bases = (0..<cellClasses).map { cellClass in
      Array(basis[cellClass * latent * numbers..<(cellClass + 1) * latent * numbers])
    }
    own = bases.map { [mean] basis in
      Convolution(
        weights: transposed(basis, rows: latent, columns: numbers), bias: mean, inputs: latent,
        outputs: numbers, window: .same(1))
    }
    ownTransposed = bases.map { basis in
      Convolution(
        weights: basis, bias: Array(silent.prefix(latent)), inputs: numbers, outputs: latent,
        window: .same(1))
    }
    let surroundings = (0..<strides).map { stride in
      let count = numbers * latent * 9
      return Array(kernels[stride * count..<(stride + 1) * count])
    }
    around = surroundings.map { kernel in
      Convolution(
        weights: kernel, bias: Array(silent.prefix(numbers)), inputs: latent, outputs: numbers,
        window: .same(3))
    }
    aroundTransposed = surroundings.map { kernel in
      // [numbers, latent x tap] to [latent x tap, numbers], the taps the other way round.
      let columns = transposed(kernel, rows: numbers, columns: latent * 9)
      let weights = (0..<latent * numbers * 9).map { index in
        let (component, number, tap) = (index / 9 / numbers, index / 9 % numbers, index % 9)
        return columns[(component * 9 + 8 - tap) * numbers + number]
      }
      return Convolution(
        weights: weights, bias: Array(silent.prefix(latent)), inputs: numbers, outputs: latent,
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

    init(_ configuration: ModelConfiguration, grid: GridSize) {
      estimates = Plane(grid, channels: configuration.latent)
      own = Plane(grid, channels: configuration.patchNumbers, border: 0)
      patches = Plane(grid, channels: configuration.patchNumbers, border: 0)
    }
  }

  /// Sets what the patches of some cells are made of: an estimate, [latent], of each, which `estimate`
  /// sets, and its class among those of all cells.
  func set(
    _ cells: [Int], cellClasses: [Int], in planes: Planes, with context: Context,
    to estimate: @Sendable (_ cell: Int, _ target: UnsafeMutablePointer<Float>) -> Void
  ) {
    let (alone, estimates, target) = (context.onOneThread, planes.estimates, planes.own)
    let width = estimates.width
    // An estimate may be of some small arrays: that takes as long as some thousand multiplications.
    context.parallel.forEachPart(of: cells.count, work: 4000 * cells.count) {
      for cell in cells[$0] { unsafe estimate(cell, estimates.pixel(cell / width, cell % width)) }
    }
    let groups = CellGroup.groups(of: cells, cellClasses: cellClasses, width: width)
    context.parallel.forEachPart(of: groups.count, work: cells.count * own[0].work) {
      for group in groups[$0] {
        own[group.label].apply(to: estimates, into: target, group: group, with: alone)
      }
    }
  }

  /// Computes all patches that a rectangle of cells reaches.
  func refresh(_ cells: Rectangle, in planes: Planes, with context: Context) {
    around[planes.stride].apply(
      to: planes.estimates, into: planes.patches,
      rectangle: cells.grown(by: reach, within: planes.patches.bounds), residual: planes.own,
      with: context)
  }

  // MARK: Transposed

  /// The errors of a picture's patches, and their gradient for each cell's estimate.
  final class Gradient {
    /// The errors of each patch, [channel, row, column].
    let errors: Plane
    fileprivate let own: Plane  // by each cell's own patch alone
    /// By how much the error falls as each component of a cell's estimate grows, [row, column, latent].
    let estimates: Plane

    init(_ configuration: ModelConfiguration, grid: GridSize) {
      errors = Plane(grid, channels: configuration.patchNumbers)
      own = Plane(grid, channels: configuration.latent, border: 0)
      estimates = Plane(grid, channels: configuration.latent, border: 0)
    }

    /// The sum of the squares of all errors.
    func squaredError(with context: Context) -> Float {
      let (errors, width) = (errors, errors.width)
      let sums = unsafe [Float](unsafeUninitializedCapacity: errors.height * width) { sums, count in
        count = errors.height * width
        guard let first = sums.baseAddress else { return }
        let all = unsafe SharedFloats(first)
        context.parallel.forEachPart(of: errors.height, work: 8 * count * errors.channels) { rows in
          for row in rows {
            for first in stride(from: 0, to: width, by: 4) {
              // Four pixels at once: the sums of one wait for each other.
              let count = min(4, width - first)
              let own = unsafe Self.squares(
                of: errors, from: errors.pixel(row, first), count: count)
              for pixel in 0..<count { unsafe all.floats[row * width + first + pixel] = own[pixel] }
            }
          }
        }
      }
      return Float(sums.reduce(0.0) { $0 + Double($1) })
    }

    /// The sum of the squares of each of some pixels, up to four.
    private static func squares(
      of errors: Plane, from first: UnsafePointer<Float>, count: Int
    ) -> SIMD4<Float> {
      var sums = SIMD4<Float>()
      let second = unsafe first + min(1, count - 1) * errors.padded
      let third = unsafe first + min(2, count - 1) * errors.padded
      let fourth = unsafe first + (count - 1) * errors.padded
      for i in 0..<errors.channels {
        let own = unsafe SIMD4(first[i], second[i], third[i], fourth[i])
        sums += own * own
      }
      return sums
    }

    /// By how much the error falls as each component of a cell's estimate grows, [latent].
    func pixel(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
      unsafe estimates.pixel(row, column)
    }
  }

  /// Some cells, for which a gradient is computed again and again.
  struct Cells: Sendable {
    let cells: [Int]
    private let cellClasses: [Int]
    private let width: Int
    fileprivate let ofClasses: [CellGroup]
    fileprivate let all: [CellGroup]

    /// `cellClasses` are those of all cells.
    init(_ cells: [Int], cellClasses: [Int], width: Int) {
      (self.cells, self.cellClasses, self.width) = (cells, cellClasses, width)
      ofClasses = CellGroup.groups(of: cells, cellClasses: cellClasses, width: width)
      all = CellGroup.groups(of: cells, cellClasses: nil, width: width)
    }

    /// Those of the cells that are not among some others, which are true, [cell].
    func without(_ others: [Bool]) -> Cells {
      let left = cells.filter { !others[$0] }
      return left.count == cells.count
        ? self : Cells(left, cellClasses: cellClasses, width: width)
    }
  }

  /// Computes the gradient of some cells from the errors.
  func transpose(_ gradient: Gradient, cells: Cells, stride: Int, with context: Context) {
    let (errors, own, estimates) = (gradient.errors, gradient.own, gradient.estimates)
    let (alone, count) = (context.onOneThread, cells.cells.count)
    context.parallel.forEachPart(of: cells.ofClasses.count, work: count * ownTransposed[0].work) {
      for group in cells.ofClasses[$0] {
        ownTransposed[group.label].apply(to: errors, into: own, group: group, with: alone)
      }
    }
    let work = count * aroundTransposed[stride].work
    context.parallel.forEachPart(of: cells.all.count, work: work) {
      for group in cells.all[$0] {
        aroundTransposed[stride].apply(
          to: errors, into: estimates, group: group, residual: own, with: alone)
      }
    }
  }
}

/// A matrix [rows, columns] as [columns, rows].
private func transposed(_ matrix: [Float], rows: Int, columns: Int) -> [Float] {
  (0..<matrix.count).map { matrix[$0 % rows * columns + $0 / rows] }
}
