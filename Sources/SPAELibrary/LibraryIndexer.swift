import Dispatch
import Foundation
import GRDB
import SPAEPixels
import SPAEPyramid
package import SPAESystem
import Synchronization

/// Brings the index of a folder up to date, on several threads and in constant memory.
///
/// Every few pictures are a commit of their own, so that a run that was killed goes on where it was.
package struct LibraryIndexer: Sendable {
  /// Turns the bytes of a file into words; throws a `Failure` that names no path.
  package typealias Encode = @Sendable (_ path: String, _ bytes: [UInt8]) throws -> EncodedPicture

  /// What an update has done.
  package struct Report: Hashable, Sendable {
    /// Pictures that were encoded.
    package var encoded = 0
    /// Pictures whose bytes were known already: moved, copied or touched.
    package var recognised = 0
    package var unchanged = 0
    /// Pictures that are gone.
    package var removed = 0
    /// Files that have no words, and why, in the order of their paths.
    package var unreadable: [Unreadable] = []
    /// Files that are neither pictures nor pyramids.
    package var others = 0

    package var pictures: Int { encoded + recognised + unchanged }
  }

  package struct Unreadable: Hashable, Sendable {
    package let path: String
    package let reason: String
  }

  /// What is known while an update goes on, from any thread.
  package enum Event: Sendable {
    /// All files, with the times of their last changes, and how many of them wait for their words.
    case found([(path: String, time: Int64)], waiting: Int)
    /// What has become of some files; it is in the index.
    case done([Outcome])
  }

  package struct Outcome: Sendable {
    package let path: String
    package let time: Int64
    package let picture: Result<EncodedPicture, Failure>
  }

  let store: LibraryStore
  let encoding: PictureEncoding
  let workers: Int
  let encode: Encode

  /// How many pictures are a commit, and how long the first of them waits for it.
  private static let batch = 8
  private static let patience = Duration.milliseconds(500)

  package init(
    store: LibraryStore, encoding: PictureEncoding, workers: Int, encode: @escaping Encode
  ) throws(LibraryError) {
    guard encoding.vocabulary.count <= UpperLayers.greatestVocabulary else {
      throw .vocabulary(count: encoding.vocabulary.count)
    }
    (self.store, self.encoding, self.workers) = (store, encoding, workers)
    self.encode = encode
  }

  /// Encodes what is new or changed in a folder, and removes what is gone.
  ///
  /// What could not be read is tried again: a package that reads it may have been installed.
  /// `folder` is a path from the root without links. `progress` is called from any thread, with
  /// how many files are done, of how many, and so is `tell`; where `isStopped` says so, the run ends
  /// early.
  package func update(
    _ folder: String, isStopped: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
    tell: @escaping @Sendable (Event) -> Void = { _ in }
  ) throws(LibraryError) -> Report {
    let scan = try FolderScan(folder)
    let number = try store.write { try $0.number(of: encoding) }
    let states = try store.read { try $0.states(number, below: folder) }
    let report = try update(
      scan, states, number, isStopped: isStopped, progress: progress, tell: tell)
    if !isStopped() { try markIndexed(folder, number) }
    return report
  }

  /// The same for single files, by their paths from the root without links.
  package func update(
    files: [String], isStopped: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
    tell: @escaping @Sendable (Event) -> Void = { _ in }
  ) throws(LibraryError) -> Report {
    let scan = FolderScan(files: files)
    let number = try store.write { try $0.number(of: encoding) }
    let states = try store.read { try $0.states(number, of: files) }
    return try update(
      scan, states, number, isStopped: isStopped, progress: progress, tell: tell)
  }

  private func update(
    _ scan: FolderScan, _ states: FileStates, _ number: Int64,
    isStopped: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Int, Int) -> Void,
    tell: @escaping @Sendable (Event) -> Void
  ) throws(LibraryError) -> Report {
    let waiting = scan.files.filter { states.known[$0.name] != $0.state }
    tell(.found(scan.files.map { ($0.path, $0.state.time) }, waiting: waiting.count))
    let work = Work(self, waiting, number: number, tell: tell)
    try work.run(isStopped: isStopped, progress: progress)
    var report = work.report
    report.unchanged = scan.files.count - waiting.count
    report.others = scan.others
    report.removed = try removeGone(scan, states, number)
    report.unreadable += scan.refused.map { Unreadable(path: $0.path, reason: $0.reason) }
    report.unreadable.sort { FileName.precedes($0.path, $1.path) }
    return report
  }

  /// How many files of a folder an update would encode, and how many there are.
  package func waiting(in folder: String) throws(LibraryError) -> (count: Int, of: Int) {
    let scan = try FolderScan(folder)
    let number = try store.write { try $0.number(of: encoding) }
    let states = try store.read { try $0.states(number, below: folder) }
    return (scan.files.count { states.known[$0.name] != $0.state }, scan.files.count)
  }

  /// Removes what no file is any more, except in folders that could not be listed; gives the number
  /// of pictures.
  private func removeGone(
    _ scan: FolderScan, _ states: FileStates, _ number: Int64
  ) throws(LibraryError) -> Int {
    let kept = scan.refused.map { PathRange(below: $0.path).first }
    let gone = states.unreadable.union(states.known.keys).subtracting(scan.files.map(\.name))
      .filter { path in !kept.contains { path.starts(with: $0) } }
    if gone.isEmpty { return 0 }
    try store.write { db in for path in gone { try db.remove(path, number) } }
    return gone.count { states.known[$0] != nil }
  }

  private func markIndexed(_ folder: String, _ number: Int64) throws(LibraryError) {
    try store.write { db in
      try db.execute(
        sql: "INSERT OR IGNORE INTO folder (encoding, path) VALUES (?, ?)",
        arguments: [number, Data(FileName.bytes(folder))])
    }
  }

  // MARK: Work

  /// The files that wait, the threads that take them, and what is not written yet.
  private final class Work: Sendable {
    private struct Result {
      let file: FolderScan.File
      let content: Data
      let picture: Swift.Result<EncodedPicture, Failure>
      var isRecognised = false
    }

    private struct State {
      var report = Report()
      var results: [Result] = []
      var failure: LibraryError?
      var done = 0
      var written = ContinuousClock.now
    }

    private let indexer: LibraryIndexer
    private let files: [FolderScan.File]
    private let number: Int64
    private let next = Atomic<Int>(0)
    private let state = Mutex(State())
    private let tell: @Sendable (Event) -> Void

    init(
      _ indexer: LibraryIndexer, _ files: [FolderScan.File], number: Int64,
      tell: @escaping @Sendable (Event) -> Void
    ) {
      (self.indexer, self.files, self.number) = (indexer, files, number)
      self.tell = tell
    }

    var report: Report { state.withLock { $0.report } }

    func run(
      isStopped: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(LibraryError) {
      DispatchQueue.concurrentPerform(iterations: max(1, min(indexer.workers, files.count))) { _ in
        while !isStopped(), let file = take() {
          add(result(of: file))
          progress(state.withLock { $0.done }, files.count)
        }
      }
      state.withLock { write(&$0) }
      if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func take() -> FolderScan.File? {
      guard state.withLock({ $0.failure == nil }) else { return nil }
      let index = next.add(1, ordering: .relaxed).oldValue
      return index < files.count ? files[index] : nil
    }

    private func result(of file: FolderScan.File) -> Result {
      do {
        let bytes = try ImageFile.bytes(path: file.path)
        let content = unsafe bytes.withUnsafeBytes {
          unsafe Data(Fingerprint.bytes(of: $0).prefix(16))
        }
        let known = try indexer.store.read { try $0.picture(number, content: content) }
        let picture = try known ?? indexer.encode(file.path, bytes)
        return Result(
          file: file, content: content, picture: .success(picture), isRecognised: known != nil)
      } catch let failure as Failure {
        return Result(file: file, content: Data(), picture: .failure(failure))
      } catch {
        return Result(file: file, content: Data(), picture: .failure(Failure("\(error)")))
      }
    }

    private func add(_ result: Result) {
      state.withLock { state in
        state.results.append(result)
        state.done += 1
        let isLate = .now - state.written > LibraryIndexer.patience
        if isLate || state.results.count >= LibraryIndexer.batch { write(&state) }
      }
    }

    /// Writes what waits as one commit.
    private func write(_ state: inout State) {
      let results = state.results
      (state.results, state.written) = ([], .now)
      guard state.failure == nil, !results.isEmpty else { return }
      do throws(LibraryError) {
        try indexer.store.write { db in for result in results { try put(result, db) } }
      } catch {
        state.failure = error
        return
      }
      for result in results { count(result, in: &state.report) }
      tell(
        .done(
          results.map {
            Outcome(path: $0.file.path, time: $0.file.state.time, picture: $0.picture)
          }))
    }

    private func put(_ result: Result, _ db: Database) throws {
      let path = result.file.name
      switch result.picture {
      case .success(let picture):
        try db.put(
          picture, at: path, result.file.state, content: result.content, number,
          indexer.encoding.vocabulary)
      case .failure(let failure):
        try db.put(
          unreadable: path, result.file.state, reason: failure.lines.joined(separator: "; "), number
        )
      }
    }

    private func count(_ result: Result, in report: inout Report) {
      switch result.picture {
      case .success where result.isRecognised: report.recognised += 1
      case .success: report.encoded += 1
      case .failure(let failure):
        report.unreadable.append(
          Unreadable(path: result.file.path, reason: failure.lines.joined(separator: "; ")))
      }
    }
  }
}
