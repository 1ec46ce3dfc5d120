import SPAEPixels
import SPAEPyramid

/// What a frozen branch is shown of a picture, and by how many threads: its buffers go by that.
struct BranchView: Hashable, Sendable {
  let size: GridSize
  let threads: Int

  init(_ view: PixelImage, threads: Int) {
    (size, self.threads) = (GridSize(rows: view.height, columns: view.width), threads)
  }

  /// The pixels of the view of a picture that becomes a pyramid of a shape.
  ///
  /// A branch is used to squares of `input` pixels a side. Other pictures are seen at their own
  /// aspect, with about as many pixels, in sides that are multiples of `unit`.
  static func size(of input: Int, unit: Int = 1, for shape: PyramidShape) -> GridSize {
    let units = Double(input / unit)
    let aspect = Double(shape.grid.columns) / Double(shape.grid.rows)
    func side(_ share: Double) -> Int { max(1, Int(units * share.squareRoot() + 0.5)) * unit }
    return GridSize(rows: side(1 / aspect), columns: side(aspect))
  }
}

extension PixelImage {
  func resampled(to size: GridSize) -> PixelImage {
    resampled(width: size.columns, height: size.rows)
  }
}
