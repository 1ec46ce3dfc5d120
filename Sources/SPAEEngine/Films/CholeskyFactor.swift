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

  /// The product of a vector, [width], with that whose image in the metric it is.
  func product(ofImage image: UnsafePointer<Float>) -> Float {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { solved in
      unsafe factor.withUnsafeBufferPointer { factor in
        var sum: Float = 0
        for row in 0..<width {
          var rest = unsafe image[row]
          for k in 0..<row { unsafe rest -= factor[row * width + k] * solved[k] }
          unsafe rest /= factor[row * (width + 1)]
          unsafe solved.initializeElement(at: row, to: rest)
          sum += rest * rest
        }
        return sum
      }
    }
  }
}
