import SPAEEngine
import SPAEExplorer
import SPAEPixels
import Synchronization

/// Decodes what the explorer asks for; of words that are nearly those of the request before, only
/// what changed is decoded again.
final class RequestDecoder: Sendable {
  private let inUse: ModelInUse
  private let painter: EditPainter
  private let last = Mutex<(model: Model, session: DecodeSession)?>(nil)

  init(inUse: ModelInUse, painter: EditPainter) {
    (self.inUse, self.painter) = (inUse, painter)
  }

  /// The picture of the words, or of those that the request's edit leads to.
  func picture(
    of request: DecodeRequest, isCancelled: () -> Bool
  ) throws(EngineError) -> PixelImage {
    let model = inUse.model
    var pyramid = request.pyramid
    if let painting = request.painting,
      let words = try painter.painted(painting, isCancelled: isCancelled).pyramid
    {
      pyramid = words
    }
    if let (known, session) = last.withLock({ $0 }), known === model {
      _ = try session.apply(pyramid, depth: request.depth, isCancelled: isCancelled)
      return session.picture
    }
    let session = try DecodeSession(model: model, pyramid: pyramid, depth: request.depth)
    last.withLock { $0 = (model, session) }
    return session.picture
  }
}
