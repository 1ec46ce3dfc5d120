import SPAEExplorer
import SPAEGraphics
import SPAEPixels
import SPAEScreen
import SPAETerminal
import Synchronization

/// The small pictures of the picker's candidates: as characters, and in pixels by their numbers.
final class CandidatePictures: Sendable {
  /// How many are kept, more than a list has.
  private static let limit = 400

  private struct State {
    var last = 0
    var pictures: [Int: Thumbnail] = [:]
  }

  private let cells: any CellDriver
  private let state = Mutex(State())

  init(cells: any CellDriver) { self.cells = cells }

  var all: [Int: Thumbnail] { state.withLock { $0.pictures } }

  /// A candidate with its picture.
  func candidate(
    _ word: Int32, _ picture: PixelImage, part: LibraryPart? = nil
  ) -> WordPicker.Candidate {
    let number = state.withLock { state in
      state.last += 1
      state.pictures[state.last] = Thumbnail(image: picture, version: state.last)
      state.pictures[state.last - Self.limit] = nil
      return state.last
    }
    return WordPicker.Candidate(
      word: word, thumbnail: Screen(picture: picture, rows: 2, columns: 4, by: cells),
      picture: number, part: part)
  }
}
