import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAELibrary
import SPAEPyramid
import SPAESystem
import Synchronization

/// Finds how well words fit a picture, and how many pictures of the library have one.
final class WordFactFinder: Sendable {
  private enum Library {
    /// Not asked for yet, or not there yet.
    case closed
    case open(PictureLibrary)
    /// It cannot be read: `spae index` tells why.
    case none
  }

  private let inUse: ModelInUse
  private let models: ModelLibrary
  /// What tells how the classifier sees the picture; nil where only words were opened.
  private let painter: EditPainter?
  private let path: String?
  private let library = Mutex(Library.closed)

  /// `library` is the file of the index of pictures, if that is to be looked at.
  init(inUse: ModelInUse, models: ModelLibrary, painter: EditPainter?, library: String?) {
    (self.inUse, self.models, self.painter, path) = (inUse, models, painter, library)
  }

  /// How well each word fits a cell, in hundredths of the best one; empty where nothing tells.
  func fits(at cell: CellAddress, of pyramid: Pyramid) throws -> [UInt8] {
    guard let painter else { return [] }
    let evidence = try painter.evidence(for: pyramid)
    return inUse.model.fits(at: cell, of: pyramid.shape, in: evidence).map {
      UInt8(($0 * 100).rounded())
    }
  }

  /// How many pictures of the library have a word in their upper layers; nil without a library.
  func pictureCount(holding word: Int32) -> Int? {
    library.withLock { library in
      if case .closed = library { library = opened() }
      guard case .open(let library) = library else { return nil }
      return try? library.store.pictureCount(holding: word, encoding: library.encoding)
    }
  }

  private func opened() -> Library {
    guard let path, FileSystem.exists(path) else { return .closed }
    guard let store = try? LibraryStore(path: path, forAsking: true),
      let library = try? PictureLibrary(store: store, models: models)
    else { return .none }
    return .open(library)
  }
}
