import Glibc
import SPAESystem

/// A line on standard error about the frames that are done, where a person sees it.
package struct FilmProgress {
  private let total: Int?
  private let isShown: Bool
  private var done = 0
  private let start = ContinuousClock.now
  private var last: ContinuousClock.Instant?

  /// `total` is nil where nobody knows how many frames there are.
  package init(total: Int?, isShown: Bool) {
    self.total = total
    self.isShown = isShown && isatty(STDERR_FILENO) == 1
  }

  /// Counts a frame; `note` is put behind the numbers.
  package mutating func advance(_ note: @autoclosure () -> String = "") {
    done += 1
    let now = ContinuousClock.now
    guard isShown, last.map({ now - $0 >= .milliseconds(100) }) ?? true else { return }
    last = now
    put(note())
  }

  package func finish() {
    guard isShown, done > 0 else { return }
    put("")
    try? FileSystem.write("\n".utf8, to: STDERR_FILENO)
  }

  private func put(_ note: String) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let speed = seconds > 0 ? (10 * Double(done) / seconds).rounded() / 10 : 0
    let whole = total.map { " of \($0)" } ?? ""
    let text =
      "\rframe \(done)\(whole), \(speed) a second\(note.isEmpty ? "" : ", " + note)\u{1B}[K"
    try? FileSystem.write(text.utf8, to: STDERR_FILENO)
  }
}
