import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import Synchronization

/// Decodes the frames of a film that runs before their time comes.
///
/// A few pictures wait; whoever shows them says which is due, and what is too late by then is never
/// decoded.
final class FilmPlayer: Sendable {
  /// A frame that is ready to be shown.
  struct Ready: Sendable {
    /// The frames since the start.
    let position: Int
    var moment: FilmMoment
    let decoded: Decoded
    let picture: PixelImage

    fileprivate var shown: FilmPictures.Shown {
      FilmPictures.Shown(
        frame: moment.frame, depth: decoded.request.depth, picture: picture)
    }
  }

  /// What there is at a time.
  enum Answer {
    case ready(Ready)
    case nothing
    /// This position is made, however long it takes.
    case waits(Int)
    case ended
    case failed(String)
  }

  /// A playback of the words that a film has: others make another run.
  private struct Run: Equatable {
    let playback: FilmState.Playback
    let number: Int
  }

  private struct State {
    var playback: FilmState.Playback?
    /// Another number whenever the film's words become others.
    var number = 0
    var next = 0
    /// The position that was taken last, and what is on the screen since.
    var taken = -1
    var shown: FilmPictures.Shown?
    var due = 0
    var ready: [Ready] = []
    var isRunning = false
    var hasEnded = false
    var failure: String?
    var painting: Int?
    var session: (model: Model, session: DecodeSession)?
    /// The picture that was made last.
    var last: FilmPictures.Shown?

    var run: Run? { playback.map { Run(playback: $0, number: number) } }
  }

  /// Pictures that wait for their time.
  private static let most = 8

  private let model: @Sendable () -> Model
  private let moment: @Sendable (Int, () -> Bool) throws -> FilmMoment?
  private let pictures: FilmPictures
  private let wake: @Sendable () -> Void
  private let queue = DispatchQueue(label: "film", qos: .userInteractive)
  private let state = Mutex(State())

  /// `moment` gives a frame's words; while it waits for them it asks its second argument whether to
  /// go on.
  init(
    model: @escaping @Sendable () -> Model,
    moment: @escaping @Sendable (Int, () -> Bool) throws -> FilmMoment?,
    pictures: FilmPictures,
    wake: @escaping @Sendable () -> Void
  ) {
    (self.model, self.moment, self.pictures, self.wake) = (model, moment, pictures, wake)
  }

  /// Begins, in place of what ran before.
  func play(_ playback: FilmState.Playback) {
    state.withLock { state in
      (state.last, state.shown, state.taken) = (nil, nil, -1)
      (state.playback, state.next, state.due, state.ready) = (playback, 0, 0, [])
      (state.hasEnded, state.failure, state.painting) = (false, nil, nil)
    }
    decodeAhead()
  }

  /// Makes the frames that were made ready again: the film's words are others now.
  func renew() {
    state.withLock { state in
      state.number += 1
      (state.next, state.ready, state.last) = (state.taken + 1, [], state.shown)
      (state.hasEnded, state.failure, state.painting) = (false, nil, nil)
    }
    decodeAhead()
  }

  func stop() {
    state.withLock { state in (state.playback, state.ready) = (nil, []) }
  }

  /// Waits until nothing is decoded.
  func finish() { queue.sync {} }

  /// The newest frame whose time has come; older ones are dropped.
  func take(due: Int) -> Answer {
    defer { decodeAhead() }
    return state.withLock { state in
      guard state.playback != nil else { return .nothing }
      state.due = max(state.due, due)
      if let failure = state.failure { return .failed(failure) }
      if let index = state.ready.lastIndex(where: { $0.position <= due }) {
        let ready = state.ready[index]
        state.ready.removeFirst(index + 1)
        (state.taken, state.shown) = (ready.position, ready.shown)
        return .ready(ready)
      }
      if let painting = state.painting, painting <= due { return .waits(painting) }
      return state.hasEnded && state.ready.isEmpty && due >= state.next ? .ended : .nothing
    }
  }

  private func decodeAhead() {
    let mustStart = state.withLock { state in
      let isWanted = state.playback != nil && !state.hasEnded && state.failure == nil
      guard isWanted, !state.isRunning, state.ready.count < Self.most else { return false }
      state.isRunning = true
      return true
    }
    if mustStart { queue.async { self.work() } }
  }

  private func work() {
    while let (run, position) = next() {
      guard let frame = run.playback.frame(at: position) else {
        state.withLock { if $0.run == run { $0.hasEnded = true } }
        continue
      }
      do {
        let ready = try decode(frame, at: position, of: run)
        put(ready, of: run)
      } catch {
        state.withLock { if $0.run == run { $0.failure = "\(error)" } }
      }
      wake()
    }
  }

  /// What is decoded next; frames whose time has passed are left out.
  private func next() -> (Run, Int)? {
    state.withLock { state in
      state.isRunning = false
      guard let run = state.run, !state.hasEnded, state.failure == nil,
        state.ready.count < Self.most
      else { return nil }
      state.isRunning = true
      if state.next < state.due, run.playback.frame(at: state.due + 1) != nil {
        state.next = state.due + 1
      }
      defer { if run.playback.frame(at: state.next) != nil { state.next += 1 } }
      return (run, state.next)
    }
  }

  private func put(_ ready: Ready?, of run: Run) {
    state.withLock { state in
      guard state.run == run else { return }
      state.painting = nil
      if let ready { state.ready.append(ready) } else { state.hasEnded = true }
    }
  }

  private func decode(_ frame: Int, at position: Int, of run: Run) throws -> Ready? {
    let moment = try moment(frame) {
      let isNew = state.withLock { state in
        guard state.run == run else { return Bool?.none }
        defer { state.painting = position }
        return state.painting != position
      }
      if isNew == true { wake() }
      return isNew != nil
    }
    guard let moment else { return nil }
    let clock = ContinuousClock()
    let start = clock.now
    let picture = try picture(of: moment, run)
    let decoded = Decoded(
      request: DecodeRequest(pyramid: moment.pyramid, depth: run.playback.depth, frame: frame),
      psnr: nil, ssim: nil,
      milliseconds: (clock.now - start) / Duration.milliseconds(1),
      tints: picture.tints(of: moment.pyramid.shape))
    let ready = Ready(position: position, moment: moment, decoded: decoded, picture: picture)
    state.withLock { if $0.run == run { $0.last = ready.shown } }
    return ready
  }

  /// What a frame shows; nearly that where too many frames before it were left out.
  private func picture(of moment: FilmMoment, _ run: Run) throws -> PixelImage {
    let (frame, depth) = (moment.frame, run.playback.depth)
    let decoded = try picture(of: moment.pyramid, depth: depth)
    let isNear = try pictures.missing(before: frame, depth: depth) <= FilmPictures.near
    guard !isNear, let last = state.withLock({ $0.last }), last.depth == depth else {
      let picture = try pictures.picture(
        ofFrame: frame, words: moment.pyramid, decoded: decoded, depth: depth)
      return picture ?? decoded
    }
    return try pictures.nearPicture(ofFrame: frame, decoded: decoded, after: last)
  }

  /// Of a frame only what differs from the one before is decoded.
  private func picture(of pyramid: Pyramid, depth: Int) throws -> PixelImage {
    let model = model()
    if let (known, session) = state.withLock({ $0.session }), known === model {
      _ = try session.apply(pyramid, depth: depth)
      return session.picture
    }
    let session = try DecodeSession(model: model, pyramid: pyramid, depth: depth)
    state.withLock { $0.session = (model, session) }
    return session.picture
  }
}
