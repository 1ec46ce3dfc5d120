package import SPAEPixels
package import SPAEPyramid

/// Turns a film's frames into pictures, one after the other.
///
/// Only what a frame's changed words reach is decoded anew; a frame that changes nothing costs
/// nothing. The pictures are those of `Model.decode`, bit for bit.
package final class FilmDecoder {
  private let model: Model
  private var pyramid: Pyramid?
  private var session: DecodeSession?

  package init(model: Model) { self.model = model }

  /// The picture of the next frame; nil where a key frame is missing.
  ///
  /// Throws `EngineError` for a word that the vocabulary lacks or a key frame of another shape.
  package func picture(of frame: FilmFrame) throws(EngineError) -> PixelImage? {
    guard let pyramid = frame.pyramid(after: pyramid) else { return nil }
    return try picture(of: pyramid)
  }

  /// The picture of a frame's words, which differ from those of the last one in a few, or in many.
  package func picture(of pyramid: Pyramid) throws(EngineError) -> PixelImage {
    self.pyramid = pyramid
    if let session {
      _ = try session.apply(pyramid)
      return session.picture
    }
    let session = try DecodeSession(model: model, pyramid: pyramid)
    self.session = session
    return session.picture
  }
}
