import SPAEEngine
package import SPAELibrary
import SPAESystem
import Synchronization

/// Brings folders of the index up to date, with a progress line.
package struct LibraryUpdate {
  /// What was done to a folder.
  package struct Report: Encodable {
    package struct Unreadable: Encodable {
      package let path: String
      package let reason: String
    }

    package let folder: String
    package let pictures: Int
    package let encoded: Int
    package let recognised: Int
    package let unchanged: Int
    package let removed: Int
    package let others: Int
    package let unreadable: [Unreadable]

    /// In a line.
    package var text: String {
      var parts = ["\(pictures) \(pictures == 1 ? "picture" : "pictures")", "\(encoded) encoded"]
      if recognised > 0 { parts.append("\(recognised) recognised") }
      if removed > 0 { parts.append("\(removed) removed") }
      if !unreadable.isEmpty { parts.append("\(unreadable.count) unreadable") }
      if others > 0 { parts.append("\(others) other \(others == 1 ? "file" : "files") left out") }
      return "\(folder): \(parts.joined(separator: ", "))"
    }
  }

  private let library: PictureLibrary
  private let indexer: LibraryIndexer
  private let isQuiet: Bool

  package init(_ library: PictureLibrary, threads: Int?, isQuiet: Bool) throws {
    self.library = library
    indexer = try library.indexer(workers: threads ?? Parallel.processors)
    self.isQuiet = isQuiet
  }

  /// Updates folders, or those alone that are not in the index yet; tells what cannot be read.
  package func update(_ folders: [String], onlyNew: Bool) throws {
    if !folders.isEmpty, let obstacle = library.store.obstacle {
      print("spae: pictures are indexed for now alone: \(obstacle)", toStandardError: true)
    }
    for folder in folders {
      let path = Self.wholePath(folder)
      if onlyNew, try library.store.isIndexed(path, library.encoding) { continue }
      for line in Self.lines(about: try report(of: folder).unreadable, in: folder) {
        print("spae: \(line)", toStandardError: true)
      }
    }
  }

  /// Files that one reason leaves out have a line each up to this many.
  private static let mostNamed = 3

  /// What is left out: of many files that one reason leaves out, as those of a former model, the first.
  private static func lines(about files: [Report.Unreadable], in folder: String) -> [String] {
    let groups = Dictionary(grouping: files, by: \.reason).values
    return groups.sorted { $0[0].path < $1[0].path }.flatMap { group in
      guard group.count > mostNamed else {
        return group.map { "\($0.path): \($0.reason); left out" }
      }
      let others = (group.count - 1).counted("other file")
      return [
        "\(group[0].path): \(group[0].reason); left out, as are \(others) for the same reason,"
          + " which spae index \(folder) names"
      ]
    }
  }

  /// How many pictures of a folder an update would encode, and how many it has.
  package func waiting(in folder: String) throws -> (count: Int, of: Int) {
    try indexer.waiting(in: Self.wholePath(folder))
  }

  /// Updates a folder as a person named it.
  package func report(of folder: String) throws -> Report {
    let bar = Mutex<ProgressBar?>(nil)
    let isShown = !isQuiet
    let report = try indexer.update(
      Self.wholePath(folder),
      progress: { _, total in
        bar.withLock { bar in
          if bar == nil { bar = ProgressBar(total: total, isShown: isShown && total > 8) }
          bar?.advance()
        }
      })
    bar.withLock { $0?.finish() }
    return Report(
      folder: folder, pictures: report.pictures, encoded: report.encoded,
      recognised: report.recognised, unchanged: report.unchanged, removed: report.removed,
      others: report.others,
      unreadable: report.unreadable.map { .init(path: $0.path, reason: $0.reason) })
  }

  /// The path from the root, without links; as it is where nothing has that name.
  package static func wholePath(_ folder: String) -> String {
    folder.wholePath
  }
}
