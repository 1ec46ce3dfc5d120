import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import Synchronization

/// Finds the words that follow an edit, for its preview and then for good.
///
/// What the frozen branches say of the picture is asked once. The edit that was painted last is
/// kept, so that to accept what is previewed takes no time.
final class EditPainter: Sendable {
  private struct State {
    var known: (model: Model, evidence: PictureEvidence)?
    var last: (painting: Painting, painted: Painted)?
  }

  private let inUse: ModelInUse
  /// What the frozen branches look at; without it, the picture that the words give.
  private let view: PixelImage?
  private let state = Mutex(State())

  init(inUse: ModelInUse, view: PixelImage?) {
    (self.inUse, self.view) = (inUse, view)
  }

  /// Paints an edit; calls wait for each other.
  func painted(
    _ painting: Painting, isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Painted {
    try state.withLock { state throws(EngineError) in
      let model = inUse.model
      if let last = state.last, last.painting == painting, state.known?.model === model {
        return last.painted
      }
      if isCancelled() { throw .cancelled }
      let evidence = try known(&state, model, painting.pyramid)
      var painter = Painter(model: model, pyramid: painting.pyramid, evidence: evidence)
      painter.hold(painting.held)
      let isDone = try painter.apply(painting.change, isCancelled: isCancelled)
      let outcome = painter.outcome
      let painted: Painted =
        isDone
        ? .words(
          painter.pyramid, edited: outcome.edited.map(\.index), steered: outcome.steered)
        : .nothing
      state.last = (painting, painted)
      return painted
    }
  }

  /// What the frozen branches say of the picture.
  func evidence(for pyramid: Pyramid) throws(EngineError) -> PictureEvidence {
    try state.withLock { state throws(EngineError) in
      try known(&state, inUse.model, pyramid)
    }
  }

  /// Forgets the picture: another is shown now.
  func forget() { state.withLock { ($0.known, $0.last) = (nil, nil) } }

  private func known(
    _ state: inout State, _ model: Model, _ pyramid: Pyramid
  ) throws(EngineError) -> PictureEvidence {
    if let known = state.known, known.model === model { return known.evidence }
    let picture = if let view { view } else { try model.decode(pyramid) }
    let evidence = model.evidence(of: picture, fit: .whole, shape: pyramid.shape)
    state.known = (model, evidence)
    return evidence
  }
}
