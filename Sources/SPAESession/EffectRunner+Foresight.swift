import Dispatch
import SPAEExplorer
import SPAEHistory
import SPAEPyramid
import Synchronization

/// The picture of what the history is about to hold: it need not wait for the disk.
extension EffectRunner {
  /// How long a picture is waited for before the words around it are drawn: half a frame.
  private static let patience = DispatchTimeInterval.milliseconds(8)

  /// The words that an effect leads to once it is done; nil where that is not known at once.
  func words(after effect: SessionEffect) -> Pyramid? {
    guard film == nil else { return nil }
    switch effect {
    case .commit(let pyramid, _): return pyramid
    case .move(.undo(1)): return history.before
    case .move(.redo(1)): return history.after
    default: return nil
    }
  }

  /// Decodes what will be asked for when the words are accepted.
  func foresee(_ request: DecodeRequest) {
    worker.request(request)
    foreseen.withLock { $0 = (request, inUse.model) }
  }

  /// Decodes, unless just that was foreseen.
  func decode(_ request: DecodeRequest) {
    let known = foreseen.withLock { foreseen in
      defer { foreseen = nil }
      return foreseen
    }
    if let known, known.request == request, known.model === inUse.model { return }
    worker.request(request)
  }

  /// Waits for a moment for the picture that was asked for last.
  func awaitPicture() { worker.awaitPicture(atMost: Self.patience) }
}

extension SessionEffect {
  /// Nobody waits for it: it can be done when the picture is on the screen.
  var isUnhurried: Bool {
    switch self {
    case .findNeighbours, .findFits, .countPictures: true
    default: false
    }
  }
}
