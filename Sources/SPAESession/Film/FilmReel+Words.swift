import SPAEExplorer
import SPAEFiles
import SPAEPyramid
import Synchronization

// The words of a film's frames.

extension FilmReel {
  var current: Int {
    get { turn.withLock { $0.current } }
    set { turn.withLock { $0.current = newValue } }
  }

  /// The words of a frame in the file and as they are shown; nil where there is no such frame.
  func words(ofFrame frame: Int) throws -> (saved: Pyramid, shown: Pyramid)? {
    try turn.withLock { state in try words(ofFrame: frame, state.all) }
  }

  /// The words of the frame that is shown as other edits would have it.
  func words(after edits: [FilmEdit]) throws -> Pyramid? {
    try turn.withLock { state in try words(ofFrame: state.current, edits)?.shown }
  }

  /// The words of a frame as other edits would have them.
  func words(ofFrame frame: Int, after edits: [FilmEdit]) throws -> Pyramid? {
    try turn.withLock { _ in try words(ofFrame: frame, edits)?.shown }
  }

  /// The same after two lists of edits.
  func words(
    ofFrame frame: Int, after first: [FilmEdit], and second: [FilmEdit]
  ) throws -> (Pyramid, Pyramid)? {
    try turn.withLock { _ in
      try file.pyramid(ofFrame: frame).map { ($0.edited(first, frame), $0.edited(second, frame)) }
    }
  }

  func words(
    ofFrame frame: Int, _ edits: [FilmEdit]
  ) throws -> (saved: Pyramid, shown: Pyramid)? {
    try file.pyramid(ofFrame: frame).map { ($0, $0.edited(edits, frame)) }
  }

  /// The words of a frame as they are shown, and how; nil where there is no such frame.
  func shown(ofFrame frame: Int) throws -> ShownFrame? {
    try turn.withLock { state in try shown(ofFrame: frame, state.all) }
  }

  /// The same as other edits would have it.
  func shown(ofFrame frame: Int, after edits: [FilmEdit]) throws -> ShownFrame? {
    try turn.withLock { _ in try shown(ofFrame: frame, edits) }
  }

  private func shown(ofFrame frame: Int, _ edits: [FilmEdit]) throws -> ShownFrame? {
    guard var shown = try file.shown(ofFrame: frame) else { return nil }
    shown.pyramid = shown.pyramid.edited(edits, frame)
    return shown
  }

  /// All that is told of a frame.
  func moment(ofFrame frame: Int) throws -> FilmMoment? {
    let extent = extent
    return try turn.withLock { state in
      let isKey = file.keyFrames.contains(frame)
      let before = isKey ? nil : try words(ofFrame: frame - 1, state.all)?.shown
      guard let (saved, shown) = try words(ofFrame: frame, state.all) else { return nil }
      let changed = before.map { shown.differences(from: $0) } ?? shown.words.count
      return FilmMoment(
        frame: frame, pyramid: shown, saved: saved, changed: changed, extent: extent,
        edited: state.edited, isDirty: !state.edits.isEmpty, version: state.version)
    }
  }

  /// The frame from which on all must be decoded for a frame to be shown.
  func firstFrame(toShow frame: Int) throws -> Int {
    try turn.withLock { _ in try file.firstFrame(toShow: frame) }
  }

  /// Calls `hear` with the first frame whose words become others, whenever some do.
  func whenChanged(_ hear: @escaping @Sendable (Int) -> Void) {
    turn.withLock { $0.hearChange = hear }
  }
}

extension Pyramid {
  fileprivate func edited(_ edits: [FilmEdit], _ frame: Int) -> Pyramid {
    var edited = self
    for edit in edits { edit.apply(to: &edited, frame: frame) }
    return edited
  }
}

extension Pyramid {
  /// The number of cells that hold another word.
  fileprivate func differences(from other: Pyramid) -> Int {
    zip(words, other.words).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
  }
}
