import Foundation
import GRDB
import SPAEHistory
import SPAEPyramid
import Synchronization
import Testing

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "spae-history-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// A clock that stands still until a test moves it.
final class HandClock: Sendable {
  private let now = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

  func move(by seconds: Double) { now.withLock { $0 += seconds } }

  var reading: @Sendable () -> Date { { self.now.withLock { $0 } } }
}

/// The same numbers for the same seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A pyramid with all words 0 but for some cells.
func pyramid(grid: Int = 8, _ words: [Int: Int32] = [:]) throws -> Pyramid {
  try pyramid(GridSize(rows: grid, columns: grid), words)
}

func pyramid(_ grid: GridSize, _ words: [Int: Int32] = [:]) throws -> Pyramid {
  let shape = try #require(PyramidShape(grid: grid))
  return try #require(
    Pyramid(shape: shape, words: (0..<shape.wordCount).map { words[$0] ?? 0 }))
}

extension HistoryStore {
  convenience init(_ path: String? = nil) throws {
    try self.init(path: path, clock: { Date(timeIntervalSince1970: 1_700_000_000) })
  }

  /// Opens a document as the explorer would.
  func open(_ pyramid: Pyramid) throws -> DocumentHistory { try open("/a.spae", pyramid) }

  func open(
    _ path: String, _ pyramid: Pyramid, vocabulary: String = "words", label: String = "a picture",
    origin: DocumentOrigin = .file
  ) throws -> DocumentHistory {
    try open(
      documentPath: path, pyramid: pyramid, vocabularyHash: vocabulary, label: label,
      origin: origin)
  }

  /// Everything in it, as text.
  func exported() throws -> [String] {
    var lines: [String] = []
    try export { lines.append($0) }
    return lines
  }
}

extension DocumentHistory {
  /// Commits the head's pyramid with one word changed.
  @discardableResult
  func change(_ index: Int, to word: Int32, verb: String = "replace") throws -> Revision {
    var words = pyramid.words
    words[index] = word
    let changed = try #require(Pyramid(shape: pyramid.shape, words: words))
    return try commit(changed, verb: verb)
  }
}

/// Does to a database what no program of ours does.
func sqlite(_ path: String, _ sql: String) throws {
  let queue = try DatabaseQueue(path: path)
  try queue.writeWithoutTransaction { db in
    try db.execute(sql: "PRAGMA foreign_keys = OFF")
    try db.execute(sql: sql)
  }
  try queue.close()
}
