import SPAEEngine
import SPAEExplorer
package import SPAEFiles
import SPAEPyramid
import SPAESystem
import Synchronization

/// A film that is open: any frame's words, with the edits that hold there.
///
/// Calls from several threads wait for each other. No more of the film is in memory than a frame,
/// and the places of its key frames.
package final class FilmReel: @unchecked Sendable {
  let path: String
  let model: Model
  let header: FilmHeader
  private var file: FilmFile  // within a turn
  private let turn = Mutex(State())

  struct State {
    /// What is wrong with the file behind the frames that are whole.
    var fault: String?
    /// What leads from the words of the file to those that are shown.
    var edits: [FilmEdit] = []
    /// What is painted ahead and not in the history yet.
    var ahead: [FilmEdit.Run] = []
    /// The frame that is shown.
    var current = 0
    /// How often words became others.
    var version = 0
    /// Hears of the first frame whose words became others.
    var hearChange: @Sendable (Int) -> Void = { _ in }
  }

  /// Opens a film, and reads its first frames.
  ///
  /// Throws a `Failure` that names the file where it has no whole frame or no model.
  package init(path: String, models: ModelLibrary) throws {
    self.path = path
    var found: Model?
    do {
      file = try FilmFile(path: path) { header in
        let model = try models.model(header.model, for: path)
        found = model
        return model.vocabulary
      }
    } catch let error as FilmTextError {
      throw Failure("\(path): \(error)")
    } catch let error as SystemError {
      throw Failure("\(path): \(error)")
    }
    guard let found else { throw Failure("\(path): it names no model") }
    (model, header) = (found, file.header)
    _ = scan(atMost: Self.firstFrames)
    guard file.frames > 0 else {
      throw Failure("\(path): \(turn.withLock { $0.fault } ?? "it has no whole frame")")
    }
  }

  /// The same file with no edits, as it is now, whatever is written in its place later.
  init(_ other: FilmReel) {
    (path, model, header) = (other.path, other.model, other.header)
    let (file, fault) = other.turn.withLock { state in (FilmFile(other.file), state.fault) }
    self.file = file
    turn.withLock { $0.fault = fault }
  }

  /// Whether a file is a film of words.
  package static func isFilm(_ path: String) -> Bool {
    path != "-" && Input.holdsFilm(FileSystem.start(of: path, count: 4096))
  }

  private static let firstFrames = 100

  // MARK: Reading on

  /// Reads on by some frames; false where there is nothing more to read now.
  func scan(atMost count: Int) -> Bool {
    turn.withLock { state in
      guard state.fault == nil else { return false }
      do {
        return try file.scan(atMost: count) == nil
      } catch {
        state.fault = "\(error)"
        return false
      }
    }
  }

  /// Reads the file that was written in its place, as far as the last one was read.
  func reopen() throws {
    let (fresh, count) = (try FilmFile(path: path) { [model] _ in model.vocabulary }, extent.frames)
    while fresh.frames < count, try fresh.scan(atMost: Self.firstFrames) == nil {}
    turn.withLock { _ in file = fresh }
  }

  /// Reads all frames as they stand in the file; gives the comments behind the last.
  func readAll(_ body: (FilmFrame) throws -> Void) throws -> [PyramidDocument.Comment] {
    try FilmFile(turn.withLock { _ in file }).readAll(body)
  }

  /// Reads on until a frame is there, or the end.
  func reach(_ frame: Int) {
    while extent.frames <= frame, scan(atMost: Self.firstFrames) {}
  }

  /// Reads on until the shot of a frame is known to its end.
  func reachEndOfShot(_ frame: Int) {
    while endOfShot(frame) == nil, scan(atMost: Self.firstFrames) {}
  }

  /// Whether the film has the line that ends it.
  var hasEnded: Bool {
    turn.withLock { _ in if case .whole = file.ending { true } else { false } }
  }

  /// Whether all that its path leads to is read, and is whole: what another program wrote meanwhile
  /// is part of it.
  var holdsItsFile: Bool { turn.withLock { _ in file.isStill(at: path) } && hasEnded }

  /// Whether it lacks that line: it is still being written, or was cut short.
  var isCut: Bool {
    turn.withLock { _ in if case .cut = file.ending { true } else { false } }
  }

  func endOfShot(_ frame: Int) -> Int? {
    turn.withLock { _ in file.keyFrames.first { $0 > frame } }
  }

  var extent: FilmState.Extent {
    turn.withLock { state in
      FilmState.Extent(
        frames: file.frames, cuts: file.keyFrames,
        isScanned: file.ending != nil || state.fault != nil)
    }
  }

  /// What a person should know of how the film ends; nil where it is whole, or not read to its end.
  var notice: String? {
    turn.withLock { state in
      if let fault = state.fault {
        let before = file.frames == 1 ? "frame before is" : "\(file.frames) frames before are"
        return "\(fault); the \(before) whole"
      }
      return file.ending?.notice
    }
  }

  // MARK: Words

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

  private func words(
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
        edited: state.edits.map(\.frames), isDirty: !state.edits.isEmpty, version: state.version)
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

  // MARK: Edits

  /// What leads from the words of the file to those that are shown.
  var edits: [FilmEdit] { turn.withLock { $0.edits } }

  /// Puts other edits in the place of those that hold; `ahead` is what shows besides. True where the
  /// film may have other words by that.
  @discardableResult
  func take(_ edits: [FilmEdit], ahead: [FilmEdit.Run] = []) -> Bool {
    turn.withLock { state in
      let before = state.all.flatMap(\.runs)
      (state.edits, state.ahead) = (edits, ahead)
      return state.noteChange(from: before)
    }
  }

  /// What is known of a frame, with the edits that hold now.
  func restated(_ moment: FilmMoment) -> FilmMoment {
    var moment = moment
    let edits = edits
    (moment.edited, moment.isDirty) = (edits.map(\.frames), !edits.isEmpty)
    return moment
  }

  /// What is painted ahead and not in the history yet.
  var ahead: [FilmEdit.Run] { turn.withLock { $0.ahead } }

  /// Makes what is painted ahead show.
  func show(ahead runs: [FilmEdit.Run]) {
    turn.withLock { state in
      let before = state.ahead
      state.ahead = runs
      state.noteChange(from: before, to: runs)
    }
  }

  /// How many words of edits the film no longer has as they were: it was changed outside.
  func misfits(of edits: [FilmEdit]) throws -> Int {
    reach(edits.flatMap(\.runs).map(\.frames.lowerBound).max() ?? 0)
    return try turn.withLock { _ in
      var count = 0
      for (index, edit) in edits.enumerated() {
        for (frame, runs) in Dictionary(grouping: edit.runs, by: \.frames.lowerBound) {
          let words = try words(ofFrame: frame, Array(edits[..<index]))?.shown
          count += runs.filter { words?[$0.cell] != $0.old }.count
        }
      }
      return count
    }
  }
}

extension Pyramid {
  fileprivate func edited(_ edits: [FilmEdit], _ frame: Int) -> Pyramid {
    var edited = self
    for edit in edits { edit.apply(to: &edited, frame: frame) }
    return edited
  }
}

extension FilmReel.State {
  /// Tells of runs that became others; false where none did.
  fileprivate mutating func noteChange(from old: [FilmEdit.Run]) -> Bool {
    noteChange(from: old, to: all.flatMap(\.runs))
  }

  @discardableResult
  fileprivate mutating func noteChange(
    from old: [FilmEdit.Run], to new: [FilmEdit.Run]
  ) -> Bool {
    guard old != new else { return false }
    version += 1
    hearChange(FilmEdit.Run.firstDifference(old, new))
    return true
  }

  /// The edits with what is painted ahead.
  fileprivate var all: [FilmEdit] {
    ahead.isEmpty ? edits : edits + [FilmEdit(verb: FilmEdit.ahead, runs: ahead)]
  }
}

extension FilmEdit {
  /// From the first frame that it changes to the last.
  fileprivate var frames: Range<Int> {
    let first = runs.map(\.frames.lowerBound).min() ?? 0
    return first..<(runs.map(\.frames.upperBound).max() ?? first)
  }
}

extension Pyramid {
  /// The number of cells that hold another word.
  fileprivate func differences(from other: Pyramid) -> Int {
    zip(words, other.words).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
  }
}
