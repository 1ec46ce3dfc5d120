import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEPixels
import Synchronization

/// Decodes the inset's picture while nothing else is decoded: the newest request wins.
final class InsetWorker: Sendable {
  private struct State {
    var newest: DecodeRequest?
    var isRunning = false
    var session: (model: Model, session: DecodeSession)?
  }

  private let inUse: ModelInUse
  private let painter: EditPainter
  private let deliver: @Sendable (DecodeRequest, PixelImage) -> Void
  private let queue = DispatchQueue(label: "inset", qos: .utility)
  private let state = Mutex(State())

  init(
    inUse: ModelInUse, painter: EditPainter,
    deliver: @escaping @Sendable (DecodeRequest, PixelImage) -> Void
  ) {
    (self.inUse, self.painter, self.deliver) = (inUse, painter, deliver)
  }

  /// Asks for a picture; what was asked for before and is not done yet is forgotten.
  func request(_ request: DecodeRequest) {
    let mustStart = state.withLock { state in
      state.newest = request
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart { queue.async { self.work() } }
  }

  /// Waits until nothing is left to do.
  func finish() { queue.sync {} }

  private func work() {
    while let request = next() {
      // Without a picture there is no inset: what is wrong the large picture tells.
      if let picture = try? picture(of: request) { deliver(request, picture) }
    }
  }

  private func next() -> DecodeRequest? {
    state.withLock { state in
      let request = state.newest
      state.newest = nil
      state.isRunning = request != nil
      return request
    }
  }

  private var isOutdated: Bool { state.withLock { $0.newest != nil } }

  private func picture(of request: DecodeRequest) throws -> PixelImage {
    let model = inUse.model
    var pyramid = request.pyramid
    if let painting = request.painting,
      case .words(let words, _, _) = try painter.painted(painting, isCancelled: { isOutdated })
    {
      pyramid = words
    }
    if let (known, session) = state.withLock({ $0.session }), known === model {
      _ = try session.apply(pyramid, depth: request.depth) { isOutdated }
      return session.picture
    }
    let session = try DecodeSession(model: model, pyramid: pyramid, depth: request.depth)
    state.withLock { $0.session = (model, session) }
    return session.picture
  }
}
