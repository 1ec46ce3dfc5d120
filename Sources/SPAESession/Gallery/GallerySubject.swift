import SPAELibrary
import SPAESystem

/// What a gallery is of.
package enum GallerySubject: Hashable, Sendable {
  /// A folder and all within it, as it was named.
  case folder(String)
  /// Files, as they were named.
  case files([String])

  /// The files that were named one by one; none in a folder.
  var named: [String] {
    if case .files(let paths) = self { paths } else { [] }
  }

  /// The path that a gallery's picture is named by: from the root, without links.
  static func wholePath(_ path: String) -> String {
    path.wholePath
  }

  /// As it is shown in the title.
  var title: String {
    switch self {
    case .folder(let path): path.printable
    case .files(let paths): paths.count.counted("file")
    }
  }

  /// What stands before every name that is shown.
  private var prefix: [UInt8] {
    guard case .folder(let path) = self else { return [] }
    let whole = Self.wholePath(path)
    return FileName.bytes(whole == "/" ? "/" : whole + "/")
  }

  /// A path as it is shown: below the folder.
  func name(of path: String) -> String {
    guard case .folder = self else { return FileName.label(of: path) }
    let (bytes, prefix) = (FileName.bytes(path), prefix)
    return FileName.text(bytes.starts(with: prefix) ? Array(bytes.dropFirst(prefix.count)) : bytes)
      .printable
  }

  /// The folders to search in.
  var folders: [String] {
    switch self {
    case .folder(let path): [Self.wholePath(path)]
    case .files(let paths): Array(Set(paths.map { FileName.folder(of: Self.wholePath($0)) }))
    }
  }

  func known(
    in store: LibraryStore, _ encoding: PictureEncoding
  ) throws(LibraryError) -> [IndexedPicture] {
    switch self {
    case .folder(let path): try store.pictures(below: Self.wholePath(path), encoding: encoding)
    case .files(let paths):
      try store.pictures(at: paths.map { Self.wholePath($0) }, encoding: encoding)
    }
  }

  /// Files that could not be read when they were tried last, and why.
  func unreadable(
    in store: LibraryStore, _ encoding: PictureEncoding
  ) throws(LibraryError) -> [(path: String, reason: String)] {
    guard case .folder(let path) = self else { return [] }
    return try store.unreadable(below: Self.wholePath(path), encoding: encoding)
  }

  func update(
    by indexer: LibraryIndexer, isStopped: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (Int, Int) -> Void,
    tell: @escaping @Sendable (LibraryIndexer.Event) -> Void
  ) throws(LibraryError) -> LibraryIndexer.Report {
    switch self {
    case .folder(let path):
      try indexer.update(
        Self.wholePath(path), isStopped: isStopped, progress: progress, tell: tell)
    case .files(let paths):
      try indexer.update(
        files: paths.map { Self.wholePath($0) }, isStopped: isStopped, progress: progress,
        tell: tell)
    }
  }
}
