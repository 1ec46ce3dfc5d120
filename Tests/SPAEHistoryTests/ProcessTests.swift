import Foundation
import SPAEHistory
import SPAEPyramid
import Synchronization
import Testing

/// Tests that need processes of their own: the program is in Tests/Torture.
@Suite struct OtherProcesses {
  private func torture(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("spae-torture")
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = program
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test("commit five hundred revisions each to one document, and none is lost")
  func four() throws {
    let folder = try TemporaryFolder()
    let results = Mutex<[(status: Int32, output: String)]>([])
    let path = folder("h.db")
    let threads = (1...4).map { seed in
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        let result = try? self.torture(["write", path, "500", "\(seed)"])
        results.withLock { $0.append(result ?? (-1, "did not start")) }
        done.signal()
      }
      return done
    }
    threads.forEach { $0.wait() }
    let outputs = results.withLock { $0 }
    #expect(outputs.map(\.status) == [0, 0, 0, 0], "\(outputs.map { $0.output.suffix(200) })")
    let promised = outputs.flatMap { $0.output.split(separator: "\n") }
      .map { $0.split(separator: " ") }
    #expect(promised.count == 2000)
    #expect(Set(promised.map { $0[0] }).count == 2000)
    let store = try HistoryStore(path)
    #expect(try store.check() == HistoryCheck(documents: 1, revisions: 2001))
    let history = try store.history(ofPath: "/tortured.spae")
    for each in promised {
      let words = try history.pyramid(of: try #require(Int(each[0]))).words
      let text = words.map(String.init).joined(separator: " ")
      #expect(Fingerprint.hexadecimal(of: text) == each[1])
    }
    #expect(history.head.id == 2001 || history.document.head > 1)
  }

  @Test("are told when there is no space, and go on when there is again")
  func full() throws {
    let folder = try TemporaryFolder()
    let result = try torture(["full", folder("h.db")])
    #expect(result.status == 0, "\(result.output)")
    let line = try #require(result.output.split(separator: "\n").first)
    #expect(line.hasPrefix(folder("h.db") + ": the history cannot be written: "))
  }

  @Test("are told where they may not write", arguments: ["h.db", "new/h.db", "old.db"])
  func forbidden(name: String) throws {
    let folder = try TemporaryFolder()
    _ = try HistoryStore(folder("old.db"))
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
    let result = try torture(["forbidden", folder(name)])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.hasPrefix(folder.path))
    #expect(result.output.contains(": the history cannot be written: permission denied"))
  }
}
