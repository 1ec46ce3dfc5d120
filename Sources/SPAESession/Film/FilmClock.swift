import SPAEExplorer
import SPAEPyramid

/// When each frame of a film that runs is to be shown, and how well that went.
struct FilmClock {
  let playback: FilmState.Playback
  private let period: Duration
  private var start: ContinuousClock.Instant

  /// The position that was looked for last; positions count the frames since the start.
  private var looked = -1
  private var last = -1
  private var shown = 0
  private var dropped = 0
  private var late = 0

  /// How late a frame may be.
  private static let tolerance = Duration.milliseconds(40)

  init(_ playback: FilmState.Playback, rate: FrameRate, now: ContinuousClock.Instant) {
    self.playback = playback
    period = .seconds(1 / (rate.framesPerSecond * playback.speed))
    start = now
  }

  /// The position whose time has come.
  func due(at now: ContinuousClock.Instant) -> Int { max(0, Int((now - start) / period)) }

  /// When the next frame is to be looked for.
  var deadline: ContinuousClock.Instant { time(of: looked + 1) }

  private func time(of position: Int) -> ContinuousClock.Instant { start + period * position }

  mutating func look(for position: Int) { looked = max(looked, position) }

  /// A frame is on the screen.
  mutating func record(_ position: Int, at now: ContinuousClock.Instant) {
    guard position > last else { return }
    dropped += position - last - 1
    shown += 1
    if now - time(of: position) > Self.tolerance { late += 1 }
    last = position
  }

  /// Stands still: a position that is not to be missed is made now.
  mutating func wait(for position: Int, at now: ContinuousClock.Instant) {
    start = max(start, now - period * position)
    looked = min(looked, position)
  }

  /// "119 frames, 1 dropped, 99.2 % on time".
  var report: String {
    let all = shown + dropped
    let onTime = all == 0 ? 100 : Double(1000 * (shown - late) / all) / 10
    return "\(all) frame\(all == 1 ? "" : "s"), \(dropped) dropped, \(onTime) % on time"
  }
}
