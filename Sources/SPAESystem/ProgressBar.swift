import Glibc
import Synchronization

/// A progress bar on standard error, where a person sees it.
package final class ProgressBar: Sendable {
  private let total: Int
  private let isShown: Bool
  private let done = Mutex<Int>(0)

  package init(total: Int, isShown: Bool) {
    self.total = total
    self.isShown = isShown && isatty(STDERR_FILENO) == 1
  }

  package func advance() {
    done.withLock { done in
      done += 1
      guard isShown else { return }
      let width = 30
      let filled = width * done / total
      let bar =
        String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
      put("\r[\(bar)] \(done)/\(total)")
    }
  }

  package func finish() {
    if isShown { put("\n") }
  }

  private func put(_ text: String) {
    try? FileSystem.write(text.utf8, to: STDERR_FILENO)
  }
}
