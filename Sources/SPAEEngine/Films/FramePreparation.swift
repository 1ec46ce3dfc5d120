package import SPAEPixels
import SPAEPyramid

/// A frame of a clip with what a film's encoder asks of it whatever the words are.
package struct PreparedFrame: Sendable {
  let frame: PixelImage
  let shape: PyramidShape
  /// The frame at the size of its pyramid's picture.
  let source: PixelImage
  /// The share of it, from 0 to 1, that the frame before does not explain.
  let novelty: Float
}

/// Prepares the frames of a clip in their order; another thread may do so while a film's encoder is
/// at earlier ones.
package struct FramePreparation: Sendable {
  private let model: Model
  private let size: Int
  private let fit: Fit
  private var detector = ShotDetector()

  package init(model: Model, size: Int = 128, fit: Fit = .crop) {
    (self.model, self.size, self.fit) = (model, size, fit)
  }

  /// Throws `EngineError` for a size that does not exist.
  package mutating func prepare(_ frame: PixelImage) throws(EngineError) -> PreparedFrame {
    let shape = try model.shape(forSize: size, fit: fit, width: frame.width, height: frame.height)
    let source = model.picture(frame, for: shape, fit: fit)
    return PreparedFrame(
      frame: frame, shape: shape, source: source, novelty: detector.novelty(of: source))
  }
}
