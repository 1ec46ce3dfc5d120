/// Why a job failed: one line for each thing that went wrong.
package struct Failure: Error {
  package let lines: [String]

  package init(_ line: String) { lines = [line] }
  package init(lines: [String]) { self.lines = lines }

  /// All of it in one line.
  package var line: String { lines.joined(separator: "; ") }

  package func report() {
    for line in lines { print("spae: \(line)", toStandardError: true) }
  }
}

extension Error {
  /// What went wrong, in one line for a person.
  package var reason: String { (self as? Failure)?.line ?? "\(self)" }
}
