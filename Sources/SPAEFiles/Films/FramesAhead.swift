import Dispatch
import SPAEEngine
import SPAEFrames
import SPAEPixels
import Synchronization

/// Reads the frames of a clip and prepares them on a thread of its own, a few ahead of the encoder.
///
/// They come in the clip's order, so the film is the same as without. Memory holds a few frames.
final class FramesAhead: Sendable {
  /// What became of a frame; `failure` is where the clip breaks off.
  enum Result: Sendable {
    case frame(PreparedFrame, width: Int, height: Int)
    case end
    case failure(FrameError)
    case refused(EngineError)
  }

  private struct State {
    var results: [Result] = []
    var isCancelled = false
  }

  /// The clip; until the thread has ended nobody else asks it for anything.
  private struct Clip: @unchecked Sendable {
    let source: any FrameSource
  }

  private static let most = 4

  private let clip: Clip
  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)
  private let ready = DispatchSemaphore(value: 0)
  private let work = DispatchGroup()

  init(_ source: any FrameSource, _ preparation: FramePreparation) {
    clip = Clip(source: source)
    for _ in 0..<Self.most { room.signal() }
    DispatchQueue.global(qos: .userInitiated).async(group: work) { [self] in
      var preparation = preparation
      while read(&preparation) {}
    }
  }

  /// The next frame, or why there is none; nothing comes behind that.
  func next() -> Result {
    ready.wait()
    let result = state.withLock { $0.results.removeFirst() }
    room.signal()
    return result
  }

  /// Ends the thread, and waits for it: then the clip is free.
  func finish() {
    state.withLock { $0.isCancelled = true }
    room.signal()
    work.wait()
  }

  /// Reads a frame when there is room for it; false at the end.
  private func read(_ preparation: inout FramePreparation) -> Bool {
    room.wait()
    if state.withLock({ $0.isCancelled }) { return false }
    let result = prepared(&preparation)
    state.withLock { $0.results.append(result) }
    ready.signal()
    if case .frame = result { return true }
    return false
  }

  private func prepared(_ preparation: inout FramePreparation) -> Result {
    let image: PixelImage
    do throws(FrameError) {
      guard let frame = try clip.source.next() else { return .end }
      image = frame.image
    } catch { return .failure(error) }
    do throws(EngineError) {
      return .frame(try preparation.prepare(image), width: image.width, height: image.height)
    } catch { return .refused(error) }
  }
}
