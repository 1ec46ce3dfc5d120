package import ArgumentParser
package import SPAEEngine
package import SPAEFiles
package import SPAELibrary
import SPAESystem

/// Whether edits bring what their words say from other pictures, and from which.
package struct BringOptions: ParsableArguments {
  @Flag(help: "Bring what each new word says from a picture of the library.")
  package var bring = false

  @Option(
    help: ArgumentHelp(
      "The pictures to bring from; by itself the index and the bundled ones.",
      valueName: "folder"))
  package var library: String?

  package init() {}

  /// How many pictures are encoded without being asked for by 'spae index'.
  private static let most = 2_000

  package func validate() throws {
    guard library == nil || bring else { throw ValidationError("--library needs --bring") }
  }

  /// The pictures to bring from, with words of a model.
  package func exemplars(_ models: ModelLibrary, _ model: Model) throws -> ExemplarLibrary {
    guard let folder = try library ?? Preferences().library else {
      return ExemplarLibrary(try everything(models, model))
    }
    guard FileSystem.isFolder(folder) else {
      throw Failure("\(folder): no folder; --library and the configuration name one of pictures")
    }
    let library = try PictureLibrary(
      store: LibraryStore(path: LibraryStore.defaultPath()), models: models, model: model)
    try update(folder, in: library)
    return ExemplarLibrary([(library, [LibraryUpdate.wholePath(folder)])])
  }

  /// The index, and the bundled pictures, so that there is something at once.
  private func everything(
    _ models: ModelLibrary, _ model: Model
  ) throws -> [(library: PictureLibrary, folders: [String])] {
    let index = LibraryStore.defaultPath()
    let bundled = try bundled(models, model).map { [($0, [String]())] } ?? []
    guard FileSystem.exists(index) else { return bundled }
    let own = try PictureLibrary(store: LibraryStore(path: index), models: models, model: model)
    return [(own, [])] + bundled
  }

  private func bundled(_ models: ModelLibrary, _ model: Model) throws -> PictureLibrary? {
    let places = InstalledFiles.places(installed: "pictures", inTree: "Assets/pictures")
    guard let folder = places.first(where: { FileSystem.isFolder($0) }) else { return nil }
    do {
      let store = try LibraryStore(path: LibraryStore.bundledPath())
      let library = try PictureLibrary(store: store, models: models, model: model)
      try update(folder, in: library)
      return library
    } catch {
      print("spae: the bundled pictures are left out: \(error)", toStandardError: true)
      return nil
    }
  }

  /// Encodes what is new in a folder, if that is not too much.
  private func update(_ folder: String, in library: PictureLibrary) throws {
    // The model's threads work on one picture at a time.
    let update = try LibraryUpdate(library, threads: 1, isQuiet: false)
    let (waiting, all) = try update.waiting(in: folder)
    guard all > 0 else { throw ExemplarError.empty(folder: folder) }
    guard waiting <= Self.most else {
      throw ExemplarError.huge(folder: folder, waiting: waiting)
    }
    let report = try update.report(of: folder)
    guard report.pictures == 0, let first = report.unreadable.first else { return }
    throw ExemplarError.unusable(
      folder: folder, count: report.unreadable.count, path: first.path, reason: first.reason)
  }
}
