import Foundation
import Glibc
package import SPAESystem

/// Where the results of a run go.
package protocol ResultsStore: AnyObject {
  func holds(_ episode: Int, of cell: FewShotCell) -> Bool
  func append(_ result: FewShotResult) throws(Failure)
}

/// Results that end with the command.
package final class InMemoryResults: ResultsStore {
  package private(set) var results: [FewShotResult] = []

  package init() {}

  package func holds(_ episode: Int, of cell: FewShotCell) -> Bool { false }

  package func append(_ result: FewShotResult) { results.append(result) }
}

/// A file of few-shot results, a line of JSON an episode, which a later run goes on with.
///
/// One process at a time adds to it. A command that was killed leaves its last line short: that line is
/// taken off, and its episode is asked again.
package final class ResultsFile: ResultsStore {
  package let path: String
  private let descriptor: Int32
  // A lock of the open file, which ends with it: Glibc's name for it is not imported.
  private static let setLock: Int32 = 37
  private var known: [FewShotCell: Set<Int>] = [:]
  /// The results that were there, and those that were added.
  package private(set) var results: [FewShotResult]
  /// Whether the last line was short.
  package let wasCut: Bool

  /// Opens a file, or makes it.
  package init(_ path: String) throws(Failure) {
    self.path = path
    descriptor = FileSystem.open(path, O_RDWR | O_CREAT | O_APPEND, mode: 0o644)
    guard descriptor >= 0 else {
      throw Failure("\(path): cannot be written: \(SystemError.lastReason)")
    }
    try Self.lock(descriptor, path)
    let contents = try Self.contents(of: path)
    if contents.whole < contents.length, ftruncate(descriptor, off_t(contents.whole)) != 0 {
      throw Failure("\(path): cannot be written: \(SystemError.lastReason)")
    }
    results = contents.results
    wasCut = contents.whole < contents.length
    for result in results { known[result.cell, default: []].insert(result.episode) }
  }

  deinit { close(descriptor) }

  /// Whether the file has an episode of a cell.
  package func holds(_ episode: Int, of cell: FewShotCell) -> Bool {
    known[cell]?.contains(episode) == true
  }

  /// Adds a line, which is in the file when this returns.
  package func append(_ result: FewShotResult) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let line = [UInt8](try encoder.encode(result)) + [UInt8(ascii: "\n")]
      try FileSystem.write(line, to: descriptor)
    } catch {
      throw Failure("\(path): cannot be written: \(error)")
    }
    known[result.cell, default: []].insert(result.episode)
    results.append(result)
  }

  /// The results of files that are only read; a short last line is passed over.
  package static func results(of paths: [String]) throws(Failure) -> [FewShotResult] {
    var all: [FewShotResult] = []
    for path in paths { all += try contents(of: path).results }
    return all
  }

  // MARK: Parts

  private static func lock(_ descriptor: Int32, _ path: String) throws(Failure) {
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    guard unsafe fcntl(descriptor, Self.setLock, &request) == 0 else {
      throw Failure("\(path): another run is adding to it; wait for its end, or name another file")
    }
  }

  /// The results, how many bytes are whole lines, and how many there are.
  private static func contents(
    of path: String
  ) throws(Failure) -> (results: [FewShotResult], whole: Int, length: Int) {
    let bytes: [UInt8]
    do { bytes = try FileSystem.bytes(of: path) } catch {
      throw Failure("\(path): cannot be read: \(error)")
    }
    let newline = UInt8(ascii: "\n")
    let whole = bytes.lastIndex(of: newline).map { $0 + 1 } ?? 0
    var (results, seen) = ([FewShotResult](), [FewShotCell: Set<Int>]())
    let lines = bytes[..<whole].split(separator: newline, omittingEmptySubsequences: false)
    for (index, line) in lines.dropLast().enumerated() {
      let result = try result(line, "\(path): line \(index + 1)")
      if seen[result.cell, default: []].insert(result.episode).inserted { results.append(result) }
    }
    guard
      whole > 0 || bytes.isEmpty
        || bytes.starts(with: Array("{\"asked\":".utf8).prefix(bytes.count))
    else {
      throw Failure("\(path): line 1: not a result of spae evaluate few-shot; name another file")
    }
    return (results, whole, bytes.count)
  }

  private static func result(
    _ line: ArraySlice<UInt8>, _ place: String
  ) throws(Failure) -> FewShotResult {
    guard let result = try? JSONDecoder().decode(FewShotResult.self, from: Data(line)) else {
      throw Failure(
        "\(place): not a result of spae evaluate few-shot; remove the line, or name another file")
    }
    if let problem = result.problem { throw Failure("\(place): \(problem); remove the line") }
    return result
  }
}
