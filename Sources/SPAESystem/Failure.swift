/// Why a job failed: one line for each thing that went wrong.
package struct Failure: Error {
  package let lines: [String]

  package init(_ line: String) { lines = [line] }
  package init(lines: [String]) { self.lines = lines }

  package func report() {
    for line in lines { print("spae: \(line)", toStandardError: true) }
  }
}
