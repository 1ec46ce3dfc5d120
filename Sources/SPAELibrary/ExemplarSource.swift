package import SPAEEngine
package import SPAEFiles
import SPAESystem

/// Where edits bring words from: a folder of pictures, or the index with the bundled pictures.
package struct ExemplarSource: Sendable {
  /// What happens while a library is opened; it is told from any thread.
  package enum Event: Hashable, Sendable {
    case encoding(done: Int, total: Int)
    /// Why the bundled pictures cannot be used.
    case leftOut(String)
  }

  private let models: ModelLibrary
  private let folder: String?
  private let index: String
  private let bundledIndex: String

  /// How many pictures are encoded without being asked for by 'spae index'.
  private static let most = 2_000

  /// Takes the folder that a person named, if any, and the files of the indexes.
  package init(
    models: ModelLibrary, folder: String?, index: String = LibraryStore.defaultPath(),
    bundledIndex: String = LibraryStore.bundledPath()
  ) {
    (self.models, self.folder) = (models, folder)
    (self.index, self.bundledIndex) = (index, bundledIndex)
  }

  /// Whether all is there that it may be asked for: an index can be made meanwhile.
  package var isWhole: Bool { folder != nil || FileSystem.exists(index) }

  /// Opens the pictures with words of a model; those of a folder that are new are encoded first.
  package func library(
    of model: Model, isStopped: @escaping @Sendable () -> Bool = { false },
    tell: @escaping @Sendable (Event) -> Void = { _ in }
  ) throws -> ExemplarLibrary {
    guard let folder else { return ExemplarLibrary(try everything(model, isStopped, tell)) }
    guard FileSystem.isFolder(folder) else {
      throw Failure("\(folder): no folder; --library and the configuration name one of pictures")
    }
    let library = try PictureLibrary(
      store: LibraryStore(path: index, forAsking: true), models: models, model: model)
    try update(folder, in: library, isStopped, tell)
    return ExemplarLibrary([(library, [folder.wholePath])])
  }

  /// The index, and the bundled pictures, so that there is something at once.
  private func everything(
    _ model: Model, _ isStopped: @escaping @Sendable () -> Bool,
    _ tell: @escaping @Sendable (Event) -> Void
  ) throws -> [(library: PictureLibrary, folders: [String])] {
    let bundled = try bundled(model, isStopped, tell).map { [($0, [String]())] } ?? []
    guard FileSystem.exists(index) else { return bundled }
    let store = try LibraryStore(path: index, forAsking: true)
    let own = try PictureLibrary(store: store, models: models, model: model)
    return [(own, [])] + bundled
  }

  private func bundled(
    _ model: Model, _ isStopped: @escaping @Sendable () -> Bool,
    _ tell: @escaping @Sendable (Event) -> Void
  ) throws -> PictureLibrary? {
    let places = InstalledFiles.places(installed: "pictures", inTree: "Assets/pictures")
    guard let folder = places.first(where: { FileSystem.isFolder($0) }) else { return nil }
    do {
      let store = try LibraryStore(path: bundledIndex, forAsking: true)
      let library = try PictureLibrary(store: store, models: models, model: model)
      try update(folder, in: library, isStopped, tell)
      return library
    } catch {
      tell(.leftOut("\(error)"))
      return nil
    }
  }

  /// Encodes what is new in a folder, if that is not too much.
  private func update(
    _ folder: String, in library: PictureLibrary, _ isStopped: @escaping @Sendable () -> Bool,
    _ tell: @escaping @Sendable (Event) -> Void
  ) throws {
    // The model's threads work on one picture at a time.
    let indexer = try library.indexer(workers: 1)
    let (waiting, all) = try indexer.waiting(in: folder.wholePath)
    guard all > 0 else { throw ExemplarError.empty(folder: folder) }
    guard waiting <= Self.most else {
      throw ExemplarError.huge(folder: folder, waiting: waiting)
    }
    let report = try indexer.update(
      folder.wholePath, isStopped: isStopped,
      progress: { tell(.encoding(done: $0, total: $1)) })
    guard report.pictures == 0, let first = report.unreadable.first, !isStopped() else { return }
    throw ExemplarError.unusable(
      folder: folder, count: report.unreadable.count, path: first.path, reason: first.reason)
  }
}

extension String {
  /// The path from the root, without links; as it is where nothing has that name.
  package var wholePath: String { FileSystem.resolved(self) ?? FileSystem.absolute(self) }
}
