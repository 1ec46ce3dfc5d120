import Foundation
package import SPAEExplorer
package import SPAEPyramid
import SPAESystem

/// A person's own editor on all the words, as a file that reads like a saved one.
package struct OutsideEditor {
  package let files: PyramidFiles

  package init(files: PyramidFiles) { self.files = files }

  /// Opens the editor and waits for its end; the words that it left, or what is wrong with them.
  package func edit(_ pyramid: Pyramid) -> Message {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("spae-\(UUID().uuidString).spae").path
    do {
      try AtomicFile.write(Array(files.text(of: pyramid).utf8), to: path)
      try run(on: path)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let edited = try files.pyramid(from: text)
      try FileManager.default.removeItem(atPath: path)
      return .edited(edited)
    } catch {
      let reason = (error as? Failure)?.lines.joined(separator: "; ") ?? "\(error)"
      return .notice(Notice("\(path) stays for you: \(reason)", kind: .error))
    }
  }

  private func run(on path: String) throws {
    let environment = ProcessInfo.processInfo.environment
    let wish = ["VISUAL", "EDITOR"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The editor may come with options of its own, so the shell reads it.
    process.arguments = ["-c", "\(wish ?? "vi") \"$1\"", "sh", path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure("the editor ended with status \(process.terminationStatus)")
    }
  }
}
