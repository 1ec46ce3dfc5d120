import Synchronization

/// A metric of the latent's width other than Euclid's: a symmetric, positive matrix.
///
/// The word nearest to t has the greatest score e . (M t) - e . (M e) / 2, so the search for it is the
/// same with other halves of squares, and is given M t in place of t.
final class QuadraticMetric: Sendable {
  private let matrix: [Float]  // [latent, latent]
  private let latent: Int
  private let halves = Mutex<PackedFloats?>(nil)

  init(_ matrix: [Float], latent: Int) {
    precondition(matrix.count == latent * latent && latent % 16 == 0)
    (self.matrix, self.latent) = (matrix, latent)
  }

  subscript(row: Int, column: Int) -> Float { matrix[row * latent + column] }

  /// Adds what the matrix makes of a vector, [latent], to another.
  func addImage(
    of vector: UnsafePointer<Float>, to target: UnsafeMutableBufferPointer<Float>
  ) {
    unsafe matrix.withUnsafeBytes { matrix in
      let target = UnsafeMutableRawBufferPointer(target)
      for first in stride(from: 0, to: latent, by: 16) {
        var sum = unsafe target.loadUnaligned(
          fromByteOffset: 4 * first, as: SIMD16<Float>.self)
        for row in 0..<latent {
          // The matrix is symmetric, so its rows are its columns.
          let column = unsafe matrix.loadUnaligned(
            fromByteOffset: 4 * (row * latent + first), as: SIMD16<Float>.self)
          unsafe sum += column * vector[row]
        }
        unsafe target.storeBytes(of: sum, toByteOffset: 4 * first, as: SIMD16<Float>.self)
      }
    }
  }

  /// Half of a vector's square.
  func halfSquare(of vector: UnsafePointer<Float>) -> Float {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: latent) { image in
      unsafe image.initialize(repeating: 0)
      unsafe addImage(of: vector, to: image)
      var square: Float = 0
      for i in 0..<latent { unsafe square += image[i] * vector[i] }
      return square / 2
    }
  }

  /// Half of the square of every word's code, once it was asked for.
  func halfSquares(of codebook: Codebook) -> PackedFloats {
    halves.withLock { halves in
      if let halves { return halves }
      let found = codebook.halfSquares(in: self)
      halves = found
      return found
    }
  }
}
