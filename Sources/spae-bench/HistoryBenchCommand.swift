import ArgumentParser
import Foundation
import SPAEFiles
import SPAEHistory
import SPAEPyramid
import SPAESystem

/// `spae-bench history`: what it costs that nothing is ever lost.
struct HistoryBenchCommand: ParsableCommand {
  struct Times: Encodable {
    let runs: Int
    let medianMilliseconds: Double
    let p99Milliseconds: Double

    init(_ times: [Double]) {
      runs = times.count
      medianMilliseconds = times.percentile(50)
      p99Milliseconds = times.percentile(99)
    }
  }

  struct Figures: Encodable {
    var commit: Times
    var undo: Times
    var sync: Times
    var revisions: Int
    var open: Times
    var bytesPerRevision: Int
    var gitCommit: Times?
    var vimWriteMilliseconds: Double?
  }

  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Measure the history: commits, undo, opening, size.",
    discussion: """
      Each commit changes one word of 597 and is on the disk when it returns. Beside it stand a \
      write of 4 KiB with fdatasync, the least that any store must do; the same edits through 'git \
      commit'; and through vim's write with an undo file, where those programs are installed.
      """)

  @Option(help: ArgumentHelp("How many commits, and as many undos.", valueName: "n"))
  var runs = 1000

  @Option(help: ArgumentHelp("Revisions in the history that is opened.", valueName: "n"))
  var revisions = 100_000

  @Option(
    help: ArgumentHelp(
      "Where the files are made; default: for temporary files.", valueName: "folder"))
  var folder: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (10...100_000).contains(runs), (2...1_000_000).contains(revisions) else {
      throw ValidationError("--runs must be 10 or more, --revisions 2 or more")
    }
  }

  func run() throws {
    let place = try BenchFolder(within: folder ?? NSTemporaryDirectory())
    let (commit, undo) = try edits(place)
    let (open, bytes) = try opening(place)
    let figures = Figures(
      commit: commit, undo: undo, sync: try syncs(place), revisions: revisions, open: open,
      bytesPerRevision: bytes, gitCommit: try place.gitCommits(count: min(runs, 100)),
      vimWriteMilliseconds: try place.vimWrites(count: min(runs, 100)))
    if json { return try putJSON(figures) }
    show("commit", figures.commit)
    show("undo", figures.undo)
    show("open", figures.open, " with \(revisions) revisions")
    print("size         \(figures.bytesPerRevision) bytes a revision")
    show("4 KiB synced", figures.sync)
    if let git = figures.gitCommit { show("git commit", git) }
    if let vim = figures.vimWriteMilliseconds {
      print(String(format: "vim :write   mean %.2f ms with an undo file", vim))
    }
  }

  private func show(_ name: String, _ times: Times, _ rest: String = "") {
    print(
      name.padding(toLength: 13, withPad: " ", startingAt: 0)
        + String(
          format: "median %.2f ms, p99 %.2f ms", times.medianMilliseconds, times.p99Milliseconds)
        + rest)
  }

  // MARK: The history

  private func edits(_ place: BenchFolder) throws -> (commit: Times, undo: Times) {
    let store = try HistoryStore(path: place.path("edits.db"), clock: { Date() })
    let history = try store.openBench()
    let pyramids = try (1...runs).map { try Pyramid.bench(edits: $0) }
    let commits = try pyramids.map { pyramid in
      try milliseconds { _ = try history.commit(pyramid, verb: "replace") }
    }
    let undos = try pyramids.map { _ in try milliseconds { _ = try history.undo() } }
    return (Times(commits), Times(undos))
  }

  /// Fills a store, then opens it and its document again and again.
  private func opening(_ place: BenchFolder) throws -> (times: Times, bytesPerRevision: Int) {
    let path = place.path("many.db")
    do {
      let empty = try HistoryStore(path: path, clock: { Date() })
      try empty.importLines(
        sequence(state: -2) {
          $0 += 1; return line($0)
        })
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    let times = try (0..<21).map { _ in
      try milliseconds {
        _ = try HistoryStore(path: path, clock: { Date() }).openBench(edits: revisions - 1)
      }
    }
    return (Times(times), size / revisions)
  }

  /// A line of the exported history: its head, the document, then each revision.
  private func line(_ index: Int) -> String? {
    switch index {
    case -1: return #"{"format":"spae history","version":1}"#
    case 0:
      return #"{"path":"\#(benchPath)","grid":16,"vocabulary":"bench","label":"","created":1,"#
        + #""head":\#(revisions),"saved":\#(revisions)}"#
    case 1:
      let words = (0..<597).map(String.init).joined(separator: ",")
      return #"{"id":1,"time":1,"verb":"open","words":[\#(words)]}"#
    case ...revisions:
      let change = Pyramid.benchChange(index - 1)
      return #"{"id":\#(index),"parent":\#(index - 1),"time":\#(index),"verb":"replace","#
        + #""changes":[[\#(change.index),\#(change.old),\#(change.new)]]}"#
    default: return nil
    }
  }

  // MARK: What to set beside it

  private func syncs(_ place: BenchFolder) throws -> Times {
    let descriptor = unsafe open(place.path("synced"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure("\(place.path("synced")): cannot be written") }
    defer { close(descriptor) }
    let block = [UInt8](repeating: 0x5A, count: 4096)
    return Times(
      (0..<runs).map { run in
        milliseconds {
          _ = unsafe pwrite(descriptor, block, block.count, off_t(run * block.count))
          fdatasync(descriptor)
        }
      })
  }
}

private let benchPath = "/bench.spae"

private func milliseconds<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .milliseconds(1)
}

extension HistoryStore {
  fileprivate func openBench(edits: Int = 0) throws -> DocumentHistory {
    try open(
      documentPath: benchPath, pyramid: try .bench(edits: edits), vocabularyHash: "bench",
      label: "bench")
  }
}

extension Pyramid {
  /// The change that the n-th edit makes, counted from 1: each cell in its turn.
  fileprivate static func benchChange(_ edit: Int) -> Edit.Change {
    let (round, index) = ((edit - 1) / 597, (edit - 1) % 597)
    return Edit.Change(
      index: index, old: Int32((index + round * 600) % 16_000),
      new: Int32((index + (round + 1) * 600) % 16_000))
  }

  /// The pyramid after a number of edits.
  fileprivate static func bench(edits: Int) throws -> Pyramid {
    let words = (0..<597).map { index in
      let rounds = (edits + 596 - index) / 597
      return Int32((index + rounds * 600) % 16_000)
    }
    guard let shape = PyramidShape(grid: 16), let pyramid = Pyramid(shape: shape, words: words)
    else { throw Failure("no pyramid of 597 words") }
    return pyramid
  }

  /// The words as lines of a file, as git and vim see them.
  fileprivate var lines: String { words.map { "word\($0)" }.joined(separator: "\n") + "\n" }
}

/// A folder for the measurements, gone after them.
private final class BenchFolder {
  private let folder: String

  init(within parent: String) throws {
    folder = URL(fileURLWithPath: parent).appendingPathComponent("spae-bench-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  /// Times of `git commit`, each of one changed word; nil where there is no git.
  func gitCommits(count: Int) throws -> HistoryBenchCommand.Times? {
    guard try run("git", ["init", "--quiet", "."]) == 0 else { return nil }
    let name = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    try Pyramid.bench(edits: 0).lines.write(
      toFile: path("words"), atomically: false, encoding: .utf8)
    _ = try run("git", ["add", "words"])
    var times: [Double] = []
    for edit in 1...count {
      try Pyramid.bench(edits: edit).lines.write(
        toFile: path("words"), atomically: false, encoding: .utf8)
      times.append(
        try milliseconds {
          guard try run("git", name + ["commit", "--quiet", "--all", "-m", "replace"]) == 0 else {
            throw Failure("git commit failed")
          }
        })
    }
    return HistoryBenchCommand.Times(times)
  }

  /// The mean time of vim's `:write` with an undo file, in milliseconds; nil where there is no vim.
  func vimWrites(count: Int) throws -> Double? {
    let once = try vim(writes: 1)
    guard let once, let all = try vim(writes: count + 1) else { return nil }
    return (all - once) / Double(count)
  }

  private func vim(writes: Int) throws -> Double? {
    try Pyramid.bench(edits: 0).lines.write(
      toFile: path("text"), atomically: false, encoding: .utf8)
    let edits = (1...writes).map { "call setline(\($0 % 597 + 1), 'new\($0)')\nwrite" }
    let script = ["set undofile undodir=. noswapfile"] + edits + ["quit!"]
    try script.joined(separator: "\n").write(
      toFile: path("script"), atomically: false, encoding: .utf8)
    var status: Int32 = 0
    let time = try milliseconds {
      status = try run("vim", ["-u", "NONE", "-N", "-es", "-S", "script", "text"])
    }
    return status == 0 ? time : nil
  }

  /// Runs a program in the folder, unheard; its status, 127 where there is none.
  private func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
