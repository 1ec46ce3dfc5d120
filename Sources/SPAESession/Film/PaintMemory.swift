import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Synchronization

/// The frames that were painted last, so that to begin anew does not paint them again.
final class PaintMemory: Sendable {
  fileprivate struct State {
    var painted: [PaintRequest: Pyramid] = [:]
    var order: [PaintRequest] = []
    var words = 0
  }

  /// The words that are kept at most, of all frames: some 32 MB.
  fileprivate static let limit = 8 << 20

  private let state = Mutex(State())

  /// Paints, or gives what was painted before.
  func painted(
    _ request: PaintRequest, by model: Model, isCancelled: () -> Bool
  ) throws -> Pyramid {
    if let known = state.withLock({ $0.painted[request] }) { return known }
    let own = request.own
    let evidence = model.evidence(of: try model.decode(own), fit: .whole, shape: own.shape)
    let painted = try model.steer(
      own, Steering(request.typed, to: request.word, of: own.shape), evidence: evidence,
      keeping: request.kept, isCancelled: isCancelled)
    state.withLock { $0.keep(painted, of: request) }
    return painted
  }
}

extension PaintMemory.State {
  fileprivate mutating func keep(_ words: Pyramid, of request: PaintRequest) {
    guard painted.updateValue(words, forKey: request) == nil else { return }
    order.append(request)
    self.words += 4 * words.words.count
    while self.words > PaintMemory.limit, !order.isEmpty {
      let oldest = order.removeFirst()
      if let dropped = painted.removeValue(forKey: oldest) { self.words -= 4 * dropped.words.count }
    }
  }
}
