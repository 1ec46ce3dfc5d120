package import SPAEPixels
package import SPAEPyramid

/// Turns a film's frames into the pictures that they show, one after the other.
///
/// Only what a frame's changed words reach is decoded anew; a frame that changes nothing costs next to
/// nothing. The pictures are those of `Model.decode` after the filter of the film.
package final class FilmDecoder {
  private let model: Model
  private let depth: Int?
  private var frame: ShownFrame?
  private var session: DecodeSession?
  private var filter = SteadyFilter(levels: 0)
  private var shown: PixelImage?

  /// Decodes the first `depth` layers of each frame; nil is all of them.
  package init(model: Model, depth: Int? = nil) { (self.model, self.depth) = (model, depth) }

  /// The picture of the next frame; nil where a key frame is missing.
  ///
  /// Throws `EngineError` for a word that the vocabulary lacks or a key frame of another shape.
  package func picture(of frame: FilmFrame) throws(EngineError) -> PixelImage? {
    guard let pyramid = frame.pyramid(after: self.frame?.pyramid) else { return nil }
    let steady = frame.steady ?? self.frame?.steady ?? 0
    return try picture(of: ShownFrame(pyramid: pyramid, steady: steady, isKey: frame.isKey))
  }

  /// The picture of the next frame, whose words differ from those of the last one in a few, or in many.
  package func picture(of frame: ShownFrame) throws(EngineError) -> PixelImage {
    let decoded = try decoded(frame.pyramid)
    if filter.levels != frame.steady { filter = SteadyFilter(levels: frame.steady) }
    let last = frame.isKey ? nil : shown
    let picture = last.map { filter.picture(decoded, after: $0) } ?? decoded
    (self.frame, shown) = (frame, picture)
    return picture
  }

  private func decoded(_ pyramid: Pyramid) throws(EngineError) -> PixelImage {
    if let session {
      _ = try session.apply(pyramid)
      return session.picture
    }
    let session = try DecodeSession(model: model, pyramid: pyramid, depth: depth)
    self.session = session
    return session.picture
  }
}
