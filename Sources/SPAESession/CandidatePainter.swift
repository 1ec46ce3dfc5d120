import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEPixels
import SPAEPyramid
import Synchronization

/// Draws the picker's candidates as they would be painted, one after the other: the newest list wins,
/// and whatever a person waits for goes first.
final class CandidatePainter: Sendable {
  private let inUse: ModelInUse
  private let painter: EditPainter
  private let pictures: CandidatePictures
  private let post: @Sendable (Message) -> Void
  private let queue = DispatchQueue(label: "candidates", qos: .utility)
  private let newest = Mutex<WordPicker.Query?>(nil)

  init(
    inUse: ModelInUse, painter: EditPainter, pictures: CandidatePictures,
    post: @escaping @Sendable (Message) -> Void
  ) {
    (self.inUse, self.painter, self.pictures, self.post) = (inUse, painter, pictures, post)
  }

  /// Paints candidates of a list that is shown, in its order.
  func request(_ query: WordPicker.Query, _ words: [Int32]) {
    newest.withLock { $0 = query }
    queue.async { [self] in
      for word in words where isWanted(query) { draw(word, query) }
    }
  }

  /// Stops: nobody looks at the list any more.
  func cancel() { newest.withLock { $0 = nil } }

  /// Waits until nothing is left to do.
  func finish() { queue.sync {} }

  private func isWanted(_ query: WordPicker.Query) -> Bool { newest.withLock { $0 == query } }

  /// A candidate that cannot be painted stays as it is; an edit by it tells why.
  private func draw(_ word: Int32, _ query: WordPicker.Query) {
    guard let painting = query.painting(word),
      let words = painter.paintedAtLeisure(painting, while: { isWanted(query) })?.pyramid,
      let picture = try? inUse.model.decode(words), isWanted(query)
    else { return }
    let shape = words.shape
    let whole = Rectangle(rows: 0..<picture.height, columns: 0..<picture.width)
    let crop = picture.cropped(around: query.cell, of: shape, in: whole)
    post(.candidate(query: query, pictures.candidate(word, crop)))
  }
}
