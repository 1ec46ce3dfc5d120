/// The metric of each cell by the weights of its pixels, and what solves for a code in it.
///
/// They are kept as long as the weights stay: a frame is searched twice.
final class CellMetrics {
  private let weighted: WeightedMetrics
  private var weights: [Float] = []
  private var known: [Int: QuadraticMetric] = [:]  // of cells
  private var factors: [ObjectIdentifier: CholeskyFactor] = [:]  // of metrics in `known`

  init(_ weighted: WeightedMetrics) { self.weighted = weighted }

  /// Takes the weights of all pixels, [height, width]; forgets what others gave.
  func take(_ weights: [Float]) {
    guard weights != self.weights else { return }
    self.weights = weights
    (known, factors) = ([:], [:])
  }

  /// The metric of a cell of a class, whose pixels count so much, [pixel of the patch].
  func metric(
    of cell: Int, _ even: QuadraticMetric, ofClass cellClass: Int, mean: Float,
    weights: () -> [Float]
  ) -> QuadraticMetric {
    if let metric = known[cell] { return metric }
    let metric =
      weighted.metric(even, ofClass: cellClass, weights: weights(), mean: mean) ?? even
    known[cell] = metric
    return metric
  }

  /// The vector that one of these metrics turns into another one, [latent].
  func preimage(of image: [Float], in metric: QuadraticMetric) -> [Float] {
    let key = ObjectIdentifier(metric)
    let factor = factors[key] ?? CholeskyFactor(of: metric, width: image.count)
    factors[key] = factor
    return factor.preimage(of: image)
  }
}

/// Cholesky's factor of a metric.
struct CholeskyFactor {
  private let width: Int
  private let factor: [Float]  // [width, width], the lower triangle

  init(of metric: QuadraticMetric, width: Int) {
    self.width = width
    factor = unsafe [Float](unsafeUninitializedCapacity: width * width) { factor, count in
      unsafe factor.initialize(repeating: 0)
      count = width * width
      for row in 0..<width {
        for column in 0...row {
          var rest = metric[row, column]
          for k in 0..<column {
            unsafe rest -= factor[row * width + k] * factor[column * width + k]
          }
          unsafe factor[row * width + column] =
            row == column ? max(rest, 1e-12).squareRoot() : rest / factor[column * (width + 1)]
        }
      }
    }
  }

  /// The vector whose image this is, [width].
  func preimage(of image: [Float]) -> [Float] {
    var solved = image
    unsafe factor.withUnsafeBufferPointer { factor in
      for row in 0..<width {
        for k in 0..<row { unsafe solved[row] -= factor[row * width + k] * solved[k] }
        unsafe solved[row] /= factor[row * (width + 1)]
      }
      for row in (0..<width).reversed() {
        for k in row + 1..<width { unsafe solved[row] -= factor[k * width + row] * solved[k] }
        unsafe solved[row] /= factor[row * (width + 1)]
      }
    }
    return solved
  }
}
