import Foundation
import SPAEHistory
import SPAESystem

/// Standard error in a file while the terminal is a screen, so that nothing is written over it.
package struct ErrorLog {
  package let path: String
  private let terminal: Int32

  /// Sends standard error to spae/explorer.log beside the history; nil where no file can be made.
  package init?(environment: [String: String]) {
    let history = URL(fileURLWithPath: HistoryStore.defaultPath(environment: environment))
    let folder = history.deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("explorer.log").path
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    dup2(file, STDERR_FILENO)
    close(file)
  }

  /// Gives standard error back.
  package func end() {
    guard terminal >= 0 else { return }
    dup2(terminal, STDERR_FILENO)
    close(terminal)
  }

  /// Adds a line with the time.
  package static func add(_ text: String) {
    print("\(Date().formatted(.iso8601)) \(text)", toStandardError: true)
  }
}
