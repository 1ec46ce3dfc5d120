import Dispatch
package import SPAEColour
import SPAEEngine
import SPAEExplorer
import SPAEPixels
package import SPAEPyramid
import SPAEScreen
import Synchronization

/// Decodes in the background: the newest request wins, an older one stops at once.
final class DecodeWorker: Sendable {
  /// A decoded picture with what is told of it.
  struct Outcome: Sendable {
    let decoded: Decoded
    let picture: PixelImage
  }

  private struct State {
    var newest: DecodeRequest?
    /// How many requests there were.
    var number = 0
    var isRunning = false
    /// The newest request's picture is yet to come, and takes no longer than words take to decode.
    var isAwaited = false
    /// Who waits for it.
    var waiting: DispatchSemaphore?
    /// The newest request's picture, whose similarity is yet to be computed.
    var unrated: Outcome?
  }

  /// How long the keys rest before what nobody waits for is computed: until then the processor is left
  /// to the screen, and to the terminal that has a picture to show.
  static let rest = DispatchTimeInterval.milliseconds(40)

  private let decoder: RequestDecoder
  private let original: PixelImage?
  private let show: @Sendable (DecodeRequest, PixelImage) -> Void
  private let deliver: @Sendable (Result<Decoded, EngineError>) -> Void
  private let queue = DispatchQueue(label: "decode", qos: .userInteractive)
  private let similarities = DispatchQueue(label: "similarity", qos: .utility)
  private let state = Mutex(State())

  /// `show` has a picture as soon as there is one; `deliver`, what is told of it.
  init(
    inUse: ModelInUse, painter: EditPainter, original: PixelImage?,
    show: @escaping @Sendable (DecodeRequest, PixelImage) -> Void,
    deliver: @escaping @Sendable (Result<Decoded, EngineError>) -> Void
  ) {
    decoder = RequestDecoder(inUse: inUse, painter: painter)
    self.original = original
    (self.show, self.deliver) = (show, deliver)
  }

  /// Asks for a picture; what was asked for before and is not done yet is forgotten.
  func request(_ request: DecodeRequest) {
    let mustStart = state.withLock { state in
      state.newest = request
      state.number += 1
      state.unrated = nil
      state.isAwaited = request.painting == nil && request.frame == nil
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart { queue.async { self.work() } }
  }

  /// Waits for the picture of the newest request, but not for long: where its words are still to be
  /// found, not at all.
  func awaitPicture(atMost limit: DispatchTimeInterval) {
    let waiting = state.withLock { state -> DispatchSemaphore? in
      state.waiting = state.isAwaited ? DispatchSemaphore(value: 0) : nil
      return state.waiting
    }
    _ = waiting?.wait(timeout: .now() + limit)
  }

  /// Waits until nothing is left to do.
  func finish() {
    queue.sync {}
    similarities.sync { rate() }
  }

  private func work() {
    while let request = next() {
      do throws(EngineError) {
        let outcome = try decode(request)
        deliver(.success(outcome.decoded))
        addSimilarity(to: outcome)
      } catch .cancelled {
        continue
      } catch {
        endWaiting()
        deliver(.failure(error))
      }
    }
  }

  /// Structural similarity takes longer than a frame: it follows, and nothing waits for it.
  private func addSimilarity(to outcome: Outcome) {
    let number = state.withLock { state -> Int? in
      guard original != nil, state.newest == nil else { return nil }
      state.unrated = outcome
      return state.number
    }
    guard let number else { return }
    similarities.asyncAfter(deadline: .now() + Self.rest) { [self] in
      if state.withLock({ $0.number == number }) { rate() }
    }
  }

  /// Computes the similarity of the newest request's picture, if that is to be done.
  private func rate() {
    let (outcome, number) = state.withLock { state in
      defer { state.unrated = nil }
      return (state.unrated, state.number)
    }
    guard let original, let decoded = outcome?.withSimilarity(to: original).decoded else { return }
    // A newer picture has to stay the last that is delivered.
    state.withLock { if $0.number == number { deliver(.success(decoded)) } }
  }

  private func next() -> DecodeRequest? {
    state.withLock { state in
      let request = state.newest
      state.newest = nil
      state.isRunning = request != nil
      return request
    }
  }

  /// Wakes who waits for the newest request's picture: it is there, or will not come.
  private func endWaiting() {
    state.withLock { state in
      guard state.newest == nil else { return }
      state.isAwaited = false
      state.waiting?.signal()
      state.waiting = nil
    }
  }

  private var isOutdated: Bool { state.withLock { $0.newest != nil } }

  private func decode(_ request: DecodeRequest) throws(EngineError) -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let picture = try decoder.picture(of: request) { isOutdated }
    let time = (clock.now - start) / Duration.milliseconds(1)
    show(request, picture)
    endWaiting()
    let decoded = Decoded(
      request: request, psnr: original.map { picture.psnr(to: $0) }, ssim: nil,
      milliseconds: time, tints: picture.tints(of: request.pyramid.shape))
    return Outcome(decoded: decoded, picture: picture)
  }
}

extension DecodeWorker.Outcome {
  fileprivate func withSimilarity(to original: PixelImage) -> Self {
    var decoded = decoded
    decoded.ssim = picture.ssim(to: original)
    return Self(decoded: decoded, picture: picture)
  }
}

extension PixelImage {
  /// The mean colour of each cell's pixels, layer by layer: [layer - 1][row, column].
  package func tints(of shape: PyramidShape) -> [[RGB]] {
    (1...shape.depth).map { layer in
      shape.cells(ofLayer: layer).map { cell in
        let (patch, part) = (height / shape.grid.rows, shape.latentCells(of: cell))
        return mean(
          top: patch * part.rows.lowerBound, left: patch * part.columns.lowerBound,
          rows: patch * part.rows.count, columns: patch * part.columns.count)
      }
    }
  }

  private func mean(top: Int, left: Int, rows: Int, columns: Int) -> RGB {
    var sums = (0, 0, 0)
    for row in top..<top + rows {
      let start = (row * width + left) * 3
      for pixel in stride(from: start, to: start + 3 * columns, by: 3) {
        sums.0 += Int(pixels[pixel])
        sums.1 += Int(pixels[pixel + 1])
        sums.2 += Int(pixels[pixel + 2])
      }
    }
    let count = max(1, rows * columns)
    return RGB(UInt8(sums.0 / count), UInt8(sums.1 / count), UInt8(sums.2 / count))
  }
}
