import Foundation
import SPAEHistory
import SPAEPyramid
import Synchronization

/// Kills writers at moments they do not know of, and looks for every revision they acknowledged.
struct Executioner {
  let rounds: Int

  private static let writers = 2

  func run() throws {
    let folder = NSTemporaryDirectory() + "spae-torture-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/history.db"
    // A store in an empty place: the first rounds kill writers while they make it.
    var promised: [Int: String] = [:]
    for round in 0..<rounds {
      for (id, content) in try killed(round, path) {
        if let before = promised[id], before != content { fail("two revisions \(id)") }
        promised[id] = content
      }
      try lookFor(promised, path, round)
    }
    print("\(rounds) rounds of \(Self.writers) kills: \(promised.count) acknowledged, all there")
  }

  /// Starts writers, kills each after a random while, and gives what they acknowledged.
  private func killed(_ round: Int, _ path: String) throws -> [Int: String] {
    let promised = Mutex<[Int: String]>([:])
    DispatchQueue.concurrentPerform(iterations: Self.writers) { index in
      do {
        let heard = try oneKilled(seed: round * Self.writers + index + 1, path)
        promised.withLock { $0.merge(heard) { first, _ in first } }
      } catch { fail("\(error)") }
    }
    return promised.withLock { $0 }
  }

  private func oneKilled(seed: Int, _ path: String) throws -> [Int: String] {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["write", path, "1000000", "\(seed)"]
    process.standardOutput = pipe
    try process.run()
    // From before the store is open to some hundred revisions.
    usleep(UInt32.random(in: 1000...250_000))
    guard process.isRunning else { fail("a writer ended by itself") }
    kill(process.processIdentifier, SIGKILL)
    let heard = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return heard.split(separator: "\n").reduce(into: [:]) { promised, line in
      let words = line.split(separator: " ")
      if words.count == 2, words[1].count == 64, let id = Int(words[0]) {
        promised[id] = String(words[1])
      }
    }
  }

  private func lookFor(_ promised: [Int: String], _ path: String, _ round: Int) throws {
    let store = try HistoryStore(path: path, clock: { Date() })
    if let salvage = store.salvage { fail("round \(round): \(salvage)") }
    let history = try opened(store)
    for (id, content) in promised {
      guard fingerprint(try history.pyramid(of: id)) == content else {
        fail("round \(round): revision \(id) is not what was acknowledged")
      }
    }
    // A check reads every revision: at each of the first, then at each tenth and the last.
    guard round < 10 || round % 10 == 0 || round == rounds - 1 else { return }
    let check = try store.check()
    guard check.problems.isEmpty else { fail("round \(round): \(check.problems)") }
  }
}
