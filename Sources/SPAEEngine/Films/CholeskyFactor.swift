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
