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
  var file: FilmFile  // within a turn
  let turn = Mutex(State())

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
}
