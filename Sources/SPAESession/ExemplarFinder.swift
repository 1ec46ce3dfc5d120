import Dispatch
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Synchronization

/// Finds parts of the library's pictures for the picker and for edits that bring them.
///
/// The library is opened when it is asked for the first time; what is new in it is encoded then.
final class ExemplarFinder: Sendable {
  /// The most parts that are listed.
  private static let limit = 24

  private struct State {
    var opened: (model: Model, library: ExemplarLibrary, isWhole: Bool)?
    var newest: WordPicker.Query?
    /// The candidates that were drawn last.
    var drawn: [LibraryPart: WordPicker.Candidate] = [:]
  }

  private let inUse: ModelInUse
  private let source: ExemplarSource
  private let pictures: CandidatePictures
  private let post: @Sendable (Message) -> Void
  private let queue = DispatchQueue(label: "library", qos: .userInitiated)
  /// Held while the library is opened.
  private let opening = Mutex<Void>(())
  private let state = Mutex(State())

  init(
    inUse: ModelInUse, source: ExemplarSource, pictures: CandidatePictures,
    post: @escaping @Sendable (Message) -> Void
  ) {
    (self.inUse, self.source, self.pictures, self.post) = (inUse, source, pictures, post)
  }

  /// Waits until nothing is left to do.
  func finish() { queue.sync {} }

  /// Does something that needs the library, after what was asked for before.
  func inBackground(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

  // MARK: The picker

  /// Finds candidates in the background; what was asked for before is forgotten.
  func request(_ query: WordPicker.Query) {
    state.withLock { $0.newest = query }
    queue.async { [self] in
      guard isNewest(query) else { return }
      do {
        let candidates = try candidates(for: query)
        if isNewest(query) { post(.candidates(query: query, candidates)) }
      } catch {
        post(.noCandidates(query: query, note: error.reason))
      }
    }
  }

  private func isNewest(_ query: WordPicker.Query) -> Bool {
    state.withLock { $0.newest == query }
  }

  private func candidates(for query: WordPicker.Query) throws -> [WordPicker.Candidate] {
    let model = inUse.model
    let word = query.text.isEmpty ? query.pyramid[query.cell] : model.vocabulary.begun(query.text)
    guard let word else { throw Failure("no word begins with '\(query.text)'") }
    let library = try library(of: model) { [post] in
      post(.awaitingCandidates(query: query, note: $0))
    }
    return try library.parts(near: word, count: Self.limit).map { showing in
      try drawn(LibraryPart(showing), model)
    }
  }

  private func drawn(_ part: LibraryPart, _ model: Model) throws -> WordPicker.Candidate {
    if let known = state.withLock({ $0.drawn[part] }) { return known }
    let picture = try model.decode(part.pyramid).part(at: part.cell, of: part.pyramid.shape)
    let candidate = pictures.candidate(part.word, picture, part: part)
    state.withLock { state in
      if state.drawn.count >= 8 * Self.limit { state.drawn = [:] }
      state.drawn[part] = candidate
    }
    return candidate
  }

  // MARK: Edits

  /// The parts that show a word, the best first.
  func parts(showing word: Int32) throws(Failure) -> [LibraryPart] {
    do {
      return try library(of: inUse.model) { _ in }.parts(showing: word).map { LibraryPart($0) }
    } catch { throw Failure(error.reason) }
  }

  // MARK: The library

  private func library(
    of model: Model, tell: @escaping @Sendable (String) -> Void
  ) throws -> ExemplarLibrary {
    try opening.withLock { _ in
      let isWhole = source.isWhole
      if let opened = state.withLock({ $0.opened }), opened.model === model,
        opened.isWhole || !isWhole
      {
        return opened.library
      }
      let library = try source.library(
        of: model,
        tell: { event in
          switch event {
          case .encoding(let done, let total):
            tell("encoding the pictures of the library, \(done) of \(total)")
          // The picker then tells that it found nothing.
          case .leftOut: break
          }
        })
      state.withLock { $0.opened = (model, library, isWhole) }
      return library
    }
  }
}

extension LibraryPart {
  fileprivate init(_ showing: ExemplarLibrary.Showing) {
    self.init(
      word: showing.word, path: showing.path, pyramid: showing.part.pyramid,
      cell: showing.part.cell)
  }
}

extension PixelImage {
  /// What the region of a cell shows, of the whole picture of a shape.
  fileprivate func part(at cell: CellAddress, of shape: PyramidShape) -> PixelImage {
    let (patch, part) = (height / shape.grid.rows, shape.latentCells(of: cell))
    return cropped(
      left: patch * part.columns.lowerBound, top: patch * part.rows.lowerBound,
      width: patch * part.columns.count, height: patch * part.rows.count)
  }
}
