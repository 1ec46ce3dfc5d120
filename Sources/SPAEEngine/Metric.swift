import Synchronization

/// A metric of the latent's width other than Euclid's: a symmetric, positive matrix.
///
/// The word nearest to t has the greatest score e . (M t) - e . (M e) / 2, so the search for it is the
/// same with other halves of squares, and is given M t in place of t.
final class Metric: Sendable {
  private let matrix: [Float]  // [latent, latent]
  private let latent: Int
  private let halves = Mutex<PackedFloats?>(nil)

  init(_ matrix: [Float], latent: Int) {
    precondition(matrix.count == latent * latent)
    (self.matrix, self.latent) = (matrix, latent)
  }

  subscript(row: Int, column: Int) -> Float { matrix[row * latent + column] }

  /// Adds what the matrix makes of a vector, [latent], to another.
  func addImage(
    of vector: UnsafePointer<Float>, to target: UnsafeMutableBufferPointer<Float>
  ) {
    for row in 0..<latent {
      // The matrix is symmetric, so its rows are its columns.
      for i in 0..<latent { unsafe target[i] += self[row, i] * vector[row] }
    }
  }

  /// Half of a vector's square.
  func halfSquare(of vector: UnsafePointer<Float>) -> Float {
    var square: Float = 0
    for row in 0..<latent {
      var image: Float = 0
      for i in 0..<latent { unsafe image += self[row, i] * vector[i] }
      unsafe square += image * vector[row]
    }
    return square / 2
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
