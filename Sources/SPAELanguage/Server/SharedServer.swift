import FoundationEssentials
import Glibc
import SPAESystem

/// The server that stays between commands, which all of them use: a file tells where it is.
package struct SharedServer: Sendable {
  /// What the file says.
  package struct Record: Codable, Hashable, Sendable {
    package var url: String
    package var process: Int32
  }

  private let folder: String
  private let name: String
  private var path: String { "\(folder)/\(name).json" }
  private var logPath: String { "\(folder)/\(name).log" }

  /// Takes the folder of the file: of the run, else of the state, of this person. Each model has a file.
  package init(environment: [String: String], model: ServedModel = .smollm2) {
    folder = UserFolders(environment: environment).runtime + "/spae"
    name = model == .smollm2 ? "language" : "language-\(model.rawValue)"
  }

  /// The server that stays, where there is one; a file that another left behind is removed.
  package func record() -> Record? {
    guard let bytes = try? FileSystem.bytes(of: path) else { return nil }
    if let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)), isOurs(record) {
      return record
    }
    FileSystem.remove(path)
    return nil
  }

  /// Starts a server that outlives this process.
  package func start(_ installation: LanguageInstallation) throws(LanguageError) -> Record {
    if let record = record() {
      throw .alreadyRunning(url: record.url, process: record.process)
    }
    try makePrivateFolder(folder)
    let flags = O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW
    let log = FileSystem.open(logPath, flags, mode: 0o600)
    guard log >= 0 else { throw .unwritable(path: logPath, reason: SystemError.lastReason) }
    let child = try LlamaServer.child(installation, log: log, stays: true)
    let record = Record(url: try LlamaServer.address(child), process: child.identifier)
    do throws(LanguageError) {
      try write(record)
    } catch {
      child.kill()
      throw error
    }
    return record
  }

  /// Ends the server that stays.
  package func stop() throws(LanguageError) -> Record {
    guard let record = record() else { throw .noServer }
    kill(record.process, SIGTERM)
    for _ in 0..<200 where isOurs(record) { usleep(10_000) }
    if isOurs(record) { kill(record.process, SIGKILL) }
    FileSystem.remove(path)
    return record
  }

  /// Whether the process still is a server: its number may be another's by now.
  private func isOurs(_ record: Record) -> Bool {
    guard record.process > 1, kill(record.process, 0) == 0,
      let words = try? FileSystem.bytes(of: "/proc/\(record.process)/cmdline")
    else { return false }
    let arguments = String(decoding: words, as: UTF8.self).split(separator: "\0")
    return arguments.contains { $0.hasSuffix("/serve.py") } && arguments.contains("--stay")
  }

  /// Writes the file under its name in one step; another's is never written over.
  private func write(_ record: Record) throws(LanguageError) {
    let temporary = path + ".\(getpid())"
    defer { FileSystem.remove(temporary) }
    guard let bytes = try? JSONEncoder().encode(record) else { return }
    try writePrivateFile([UInt8](bytes), to: temporary)
    do throws(SystemError) { try FileSystem.renameAsNew(temporary, to: path) } catch {
      if error.code == EEXIST, let other = self.record() {
        throw .alreadyRunning(url: other.url, process: other.process)
      }
      throw .unwritable(path: path, reason: "\(error)")
    }
  }
}

/// Makes a folder that only its owner sees.
func makePrivateFolder(_ path: String) throws(LanguageError) {
  do { try FileSystem.makeFolder(path, mode: 0o700) } catch {
    throw .unwritable(path: path, reason: "\(error)")
  }
}

/// Writes a new file that only its owner reads.
func writePrivateFile(_ bytes: [UInt8], to path: String) throws(LanguageError) {
  let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
  let descriptor = FileSystem.open(path, flags, mode: 0o600)
  guard descriptor >= 0 else { throw .unwritable(path: path, reason: SystemError.lastReason) }
  defer { close(descriptor) }
  try append(bytes, to: descriptor, path: path)
}

/// Writes all bytes to a file that is open.
func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(LanguageError) {
  do { try FileSystem.write(bytes, to: descriptor) } catch {
    throw .unwritable(path: path, reason: "\(error)")
  }
}
