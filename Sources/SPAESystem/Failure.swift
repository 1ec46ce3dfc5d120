import Glibc

/// Why a job failed: one line for each thing that went wrong.
package struct Failure: Error {
  package let lines: [String]

  package init(_ line: String) { lines = [line] }
  package init(lines: [String]) { self.lines = lines }

  package func report() {
    for line in lines { print("spae: \(line)", toStandardError: true) }
  }
}

/// Prints a line to standard output or to standard error.
package func print(_ line: String, toStandardError: Bool) {
  guard toStandardError else { return Swift.print(line) }
  let bytes = Array((line + "\n").utf8)
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
