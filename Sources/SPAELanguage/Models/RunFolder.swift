import FoundationEssentials
import Glibc
import SPAESystem
import Synchronization

/// A folder that keeps what one command asked a language model, and what it answered.
///
/// Its file `run.ndjson` has one line of JSON a question, written before the answer is used. The key of
/// an endpoint is in none of them.
package final class RunFolder: Sendable {
  package let path: String

  private struct State {
    var descriptor: Int32
    var fingerprints: Set<String> = []
  }

  private let state: Mutex<State>
  private var file: String { path + "/" + Self.fileName }

  static let fileName = "run.ndjson"

  /// Makes the folder; it must be new or hold no run, unless `isNamedByUs`, where a number is added.
  package init(path: String, isNamedByUs: Bool = false) throws(LanguageError) {
    var (path, descriptor) = (path, Int32(-1))
    for attempt in 1...99 {
      let candidate = attempt == 1 ? path : "\(path)-\(attempt)"
      try makePrivateFolder(candidate)
      descriptor = FileSystem.open(
        candidate + "/" + Self.fileName, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, mode: 0o600)
      if descriptor >= 0 {
        path = candidate
        break
      }
      guard errno == EEXIST, isNamedByUs else { break }
    }
    guard descriptor >= 0 else {
      let reason =
        errno == EEXIST ? "it holds a run already; name another folder" : SystemError.lastReason
      throw .unwritable(path: path, reason: reason)
    }
    self.path = path
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { _ = state.withLock { close($0.descriptor) } }

  /// Where runs go that are not told where: by the time, in UTC, and the command.
  package static func defaultPath(
    environment: [String: String], command: String, time: String
  ) -> String {
    UserFolders(environment: environment).state + "/spae/runs/\(time)-\(command)"
  }

  /// Adds a line; words that answers are restricted to are written once.
  func append(_ line: RunLine) throws(LanguageError) {
    if case .completion(let request, _) = line, let words = request.allowedWords {
      let isNew = state.withLock { $0.fingerprints.insert(RunLine.fingerprint(words)).inserted }
      if isNew { try put(.words(words)) }
    }
    try put(line)
  }

  private func put(_ line: RunLine) throws(LanguageError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(line) else {
      throw .unwritable(path: file, reason: "a number that JSON lacks")
    }
    let descriptor = state.withLock { $0.descriptor }
    let text = JSONText.escaped(bytes) + [UInt8(ascii: "\n")]
    try SPAELanguage.append(text, to: descriptor, path: file)
  }
}
