import SPAEEngine
import SPAEPixels
import SPAEPyramid
import Synchronization

/// What a film's frames show: the pictures of `spae decode`, to the bit.
///
/// The filter holds still pixels: a frame is filtered after the one before, and so on back to the key
/// frame, whatever was on the screen. Pictures that were made are kept until words change in their frame
/// or before it, so that a step, an edit or an undo costs few decodes.
final class FilmPictures: Sendable {
  fileprivate struct State {
    var depth = 0
    var pictures: [Int: PixelImage] = [:]
    var order: [Int] = []
    var bytes = 0
    /// Another number whenever pictures are forgotten.
    var number = 0
  }

  /// A picture that was shown, for what is only to be nearly right.
  struct Shown: Sendable {
    let frame: Int
    let depth: Int
    let picture: PixelImage
  }

  /// The most frames that are decoded for one before it is shown.
  static let near = 8
  /// The bytes of all pictures that are kept.
  fileprivate static let limit = 64 << 20

  private let reel: FilmReel
  private let state = Mutex(State())
  private let session = Mutex<DecodeSession?>(nil)

  init(_ reel: FilmReel) {
    self.reel = reel
    reel.whenChanged { [weak self] in self?.forget(from: $0) }
  }

  /// How many frames are to be decoded before a frame can be shown.
  func missing(before frame: Int, depth: Int) throws -> Int {
    let first = try reel.firstFrame(toShow: frame)
    let kept = state.withLock { $0.last(before: frame, from: first, depth: depth) }
    return frame - (kept.map { $0 + 1 } ?? first)
  }

  /// What a frame shows whose words, the film's or some that are tried, decode to `decoded`; nil once it
  /// is cancelled.
  func picture(
    ofFrame frame: Int, words: Pyramid, decoded: PixelImage, depth: Int,
    isCancelled: () -> Bool = { false }
  ) throws -> PixelImage? {
    let number = begin(depth)
    guard let shown = try reel.shown(ofFrame: frame), shown.steady > 0 else { return decoded }
    var picture = decoded
    if !shown.isKey {
      guard let before = try made(frame - 1, depth, isCancelled) else { return nil }
      picture = SteadyFilter(levels: shown.steady).picture(decoded, after: before)
    }
    if shown.pyramid == words { keep(picture, of: frame, number) }
    return picture
  }

  /// Nearly the same, where too many frames are missing: after another picture of the shot.
  func nearPicture(ofFrame frame: Int, decoded: PixelImage, after last: Shown) throws -> PixelImage
  {
    let first = try reel.firstFrame(toShow: frame)
    guard let shown = try reel.shown(ofFrame: frame), (first..<frame).contains(last.frame) else {
      return decoded
    }
    return SteadyFilter(levels: shown.steady).picture(decoded, after: last.picture)
  }

  /// What a frame shows by its own words; nil once it is cancelled.
  private func made(_ frame: Int, _ depth: Int, _ isCancelled: () -> Bool) throws -> PixelImage? {
    let number = begin(depth)
    let first = try reel.firstFrame(toShow: frame)
    let kept = state.withLock { state in
      state.last(before: frame + 1, from: first, depth: depth).map { ($0, state.pictures[$0]) }
    }
    var picture = kept?.1
    for next in (kept.map { $0.0 + 1 } ?? first)..<frame + 1 {
      guard !isCancelled() else { return nil }
      guard let shown = try reel.shown(ofFrame: next) else { return picture }
      let decoded = try decoded(shown.pyramid, depth)
      let filter = SteadyFilter(levels: shown.steady)
      let made =
        shown.isKey ? decoded : picture.map { filter.picture(decoded, after: $0) } ?? decoded
      keep(made, of: next, number)
      picture = made
    }
    return picture
  }

  private func decoded(_ words: Pyramid, _ depth: Int) throws -> PixelImage {
    try session.withLock { session in
      if let session {
        _ = try session.apply(words, depth: depth)
        return session.picture
      }
      let new = try DecodeSession(model: reel.model, pyramid: words, depth: depth)
      session = new
      return new.picture
    }
  }

  // MARK: What is kept

  /// The number that holds while nothing is forgotten.
  private func begin(_ depth: Int) -> Int {
    state.withLock { state in
      if state.depth != depth {
        state.forget(from: 0)
        state.depth = depth
      }
      return state.number
    }
  }

  private func keep(_ picture: PixelImage, of frame: Int, _ number: Int) {
    state.withLock { if $0.number == number { $0.keep(picture, of: frame) } }
  }

  private func forget(from frame: Int) { state.withLock { $0.forget(from: frame) } }
}

extension FilmPictures.State {
  /// The last frame before another whose picture is kept, from some frame on.
  fileprivate func last(before frame: Int, from first: Int, depth: Int) -> Int? {
    guard self.depth == depth, first < frame else { return nil }
    return (first..<frame).last { pictures[$0] != nil }
  }

  fileprivate mutating func keep(_ picture: PixelImage, of frame: Int) {
    if let old = pictures.updateValue(picture, forKey: frame) {
      bytes -= old.pixels.count
    } else {
      order.append(frame)
    }
    bytes += picture.pixels.count
    while bytes > FilmPictures.limit, order.count > 1 {
      bytes -= pictures.removeValue(forKey: order.removeFirst())?.pixels.count ?? 0
    }
  }

  fileprivate mutating func forget(from frame: Int) {
    number += 1
    for each in order where each >= frame {
      bytes -= pictures.removeValue(forKey: each)?.pixels.count ?? 0
    }
    order.removeAll { $0 >= frame }
  }
}
