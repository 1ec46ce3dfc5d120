import Foundation
import SPAEHistory
import SPAESystem

/// Standard error in a file while the terminal is a screen, so that nothing is written over it.
package struct ErrorLog {
  package let path: String
  private let terminal: Int32

  /// Sends standard error to spae/explorer.log beside the history; nil where no file can be made.
  package init?(environment: [String: String]) {
    let folder = FileName.folder(of: HistoryStore.defaultPath(environment: environment))
    _ = try? FileSystem.makeFolder(folder)
    path = folder + "/explorer.log"
    let file = FileSystem.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
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
