package import Foundation
import GRDB
import SPAESystem

// What a store holds, where nothing can be written.

extension HistoryStore {
  /// Opens a store to look at it. Where the file or its folder cannot be written, a copy in memory
  /// refuses changes with the reason; one that is not there is empty, and is not made.
  package static func reading(
    path: String?, clock: @escaping @Sendable () -> Date
  ) throws(HistoryError) -> HistoryStore {
    do throws(HistoryError) { return try HistoryStore(path: path, clock: clock) } catch {
      guard error.obstacle != nil, let path = path.map(absolute), mayBe(path) else { throw error }
      return HistoryStore(copy: try copy(of: path), of: path, obstacle: error, clock: clock)
    }
  }

  /// A store in memory that begins with what a file holds, as far as that can be read.
  package static func inMemory(
    copyOf path: String?, clock: @escaping @Sendable () -> Date
  ) throws(HistoryError) -> HistoryStore {
    guard let path = path.map(absolute), let copy = try? copy(of: path) else {
      return try HistoryStore(path: nil, clock: clock)
    }
    return HistoryStore(copy: copy, of: nil, obstacle: nil, clock: clock)
  }

  private static func copy(of path: String) throws(HistoryError) -> DatabaseQueue {
    guard FileSystem.exists(path) else { return try connected(path) { try memoryQueue() } }
    do throws(HistoryError) { return try copiedQueue(path) } catch {
      guard case .damaged(_, let reason) = error else { throw error }
      throw .damaged(
        path: path,
        reason: reason + "; to have it saved, copy it to a folder that can be written, and name the"
          + " copy with --history")
    }
  }

  /// Whether there may be a file of that name: what it would be in is no file.
  private static func mayBe(_ path: String) -> Bool {
    let folder = FileName.folder(of: path)
    guard !FileSystem.exists(folder) else { return FileSystem.isFolder(folder) }
    return folder == path || mayBe(folder)
  }

  /// Throws where nothing can be written.
  package func expectWritable() throws(HistoryError) { try write { _ in } }
}
