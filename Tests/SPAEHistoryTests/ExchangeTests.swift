import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

@Suite struct AnExportedHistory {
  private func filled() throws -> HistoryStore {
    let clock = HandClock()
    let store = try HistoryStore(path: nil, clock: clock.reading)
    for (path, grid) in [("/a \"b\"\n.spae", 8), ("/c.spae", 16)] {
      let history = try store.open(path, try pyramid(grid: grid))
      for step in 1..<20 {
        clock.move(by: 1.234567)
        if step % 6 == 0 { try history.jump(to: step / 2) }
        try history.change(step * 5, to: Int32(step * 700))
      }
      try history.name(5, "castle")
      try history.jump(to: 3)
      try history.markSaved()
    }
    return store
  }

  @Test("reads back to an identical store")
  func roundTrip() throws {
    let store = try filled()
    let lines = try store.exported()
    #expect(lines.count == 1 + 2 * 21)
    let copy = try HistoryStore()
    let added = try copy.importLines(lines)
    #expect(added == (2, 40))
    #expect(try copy.exported() == lines)
    #expect(try copy.documents() == store.documents())
    #expect(try copy.check() == HistoryCheck(documents: 2, revisions: 40))
    for (old, new) in zip(try store.documents(), try copy.documents()) {
      #expect(try store.history(of: old).tree() == copy.history(of: new).tree())
    }
  }

  @Test("adds nothing to a store that has it already")
  func again() throws {
    let store = try filled()
    #expect(try store.importLines(store.exported()) == (0, 0))
  }

  @Test("is one document's where one is asked for")
  func one() throws {
    var lines: [String] = []
    try filled().export(path: "/c.spae") { lines.append($0) }
    #expect(lines.count == 22)
  }

  private static let words = "[" + repeatElement("0", count: 149).joined(separator: ",") + "]"

  /// The lines that the table below names.
  private static let lines = [
    "head": #"{"format":"spae history","version":1}"#,
    "document": """
    {"created":1,"grid":8,"head":1,"label":"","path":"/a","saved":1,"vocabulary":"v"}
    """,
    "first": #"{"id":1,"time":1,"verb":"open","words":\#(words)}"#,
  ]

  private static func child(_ rest: String) -> String {
    #"{"id":2,"time":1,"verb":"x","# + rest + "}"
  }

  @Test(
    "is refused whole, with the line, when a line is wrong",
    arguments: [
      ([], 0),
      ([""], 1),
      (["spae history"], 1),
      ([#"{"format":"spae history","version":2}"#], 1),
      (["head", "{"], 2),
      (["head", "first"], 2),
      (["head", "document"], 2),
      (
        [
          "head",
          #"{"created":1,"grid":9,"head":1,"label":"","path":"","saved":1,"vocabulary":""}"#,
        ], 2
      ),
      (["head", "document", #"{"id":1,"time":1,"verb":"open"}"#], 3),
      (["head", "document", #"{"id":1,"time":1,"verb":"open","words":[0]}"#], 3),
      (["head", "document", #"{"id":0,"time":1,"verb":"open","words":[0]}"#], 3),
      (["head", "document", "first", "first"], 4),
      (["head", "document", "first", child(#""parent":2,"changes":[]"#)], 4),
      (["head", "document", "first", child(#""parent":1,"changes":[[0,5,6]]"#)], 4),
      (["head", "document", "first", child(#""parent":1,"changes":[[999,0,6]]"#)], 4),
      (["head", "document", "first", child(#""parent":1,"changes":[[1,0]]"#)], 4),
      (["head", "document", "first", child(#""parent":1,"changes":[],"redo":1"#)], 4),
      (["head", "document", "first", child(#""parent":1,"changes":[],"name":"7""#)], 0),
    ] as [([String], Int)])
  func refused(names: [String], line: Int) throws {
    let store = try HistoryStore()
    #expect {
      try store.importLines(names.map { Self.lines[$0] ?? $0 })
    } throws: { error in
      switch error {
      case HistoryError.exchange(line, _): true
      case HistoryError.name("7"): line == 0  // The name is at fault, wherever it stands.
      default: false
      }
    }
    #expect(try store.documents() == [])
  }

  @Test("is refused or taken in, however it was damaged, and never does harm", arguments: 0..<8)
  func damaged(seed: Int) throws {
    let text = Array(try filled().exported().joined(separator: "\n").utf8)
    var dice = Dice(seed: UInt64(seed))
    for _ in 0..<50 {
      var bytes = Array(text.prefix(Int.random(in: 0...text.count * 3 / 2, using: &dice)))
      for _ in 0..<seed where !bytes.isEmpty {
        let index = bytes.indices.randomElement(using: &dice) ?? 0
        bytes[index] = Array("0123456789-[]{},\":e.".utf8).randomElement(using: &dice) ?? 0
      }
      let store = try HistoryStore()
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      _ = try? store.importLines(lines)
      #expect(try store.check().problems == [])
      for document in try store.documents() {
        let history = try store.history(of: document)
        try history.change(0, to: 77)
        _ = try history.earlier(.seconds(1))
      }
      _ = try store.exported()
    }
  }

  @Test("with any time is written as it was read", arguments: [Int64.min, -1, 0, Int64.max])
  func times(time: Int64) throws {
    let store = try HistoryStore()
    let first = (Self.lines["first"] ?? "").replacingOccurrences(
      of: #"time":1"#, with: #"time":\#(time)"#)
    try store.importLines([Self.lines["head"] ?? "", Self.lines["document"] ?? "", first])
    #expect(try store.exported().last == first)
    let history = try store.history(ofPath: "/a")
    try history.change(1, to: 1)
    #expect(try history.earlier(.seconds(1e300))?.id == 1)
  }

  @Test("with words beyond the vocabulary is refused by who knows the vocabulary")
  func words() throws {
    let store = try HistoryStore()
    try store.open(try pyramid()).change(1, to: 900)
    func open(_ wordCount: Int) throws -> DocumentHistory {
      try store.open(
        documentPath: "/a.spae", pyramid: try pyramid(), vocabularyHash: "words",
        wordCount: wordCount, label: "")
    }
    #expect(throws: HistoryError.word(900, vocabulary: 900)) { try open(900) }
    let history = try open(901)
    #expect(try history.undo()?.id == 1)
    let small = try open(900)
    #expect(throws: HistoryError.word(900, vocabulary: 900)) { try small.redo() }
    #expect(small.head.id == 1)
  }

  @Test("is refused where the store has other revisions of the document")
  func conflict() throws {
    let (a, b) = (try HistoryStore(), try HistoryStore())
    try a.open(try pyramid()).change(1, to: 1)
    try b.open(try pyramid()).change(1, to: 2)
    #expect(throws: HistoryError.self) { try a.importLines(b.exported()) }
    #expect(try a.documents().count == 1)
  }
}

@Suite struct Pruning {
  @Test("keeps the first, leaves, named, recent, the head's and the file's, and says what goes")
  func kept() throws {
    let clock = HandClock()
    let store = try HistoryStore(path: nil, clock: clock.reading)
    let history = try store.open(try pyramid())
    for step in 1...5 { try history.change(step, to: 1) }  // 2 to 6
    try history.jump(to: 3)
    try history.change(9, to: 9)  // 7
    try history.markSaved()
    try history.change(10, to: 9)  // 8
    try history.change(11, to: 9)  // 9
    try history.name(4, "castle")
    clock.move(by: 100)
    let date = clock.reading()
    try history.change(12, to: 9)  // 10
    try history.change(13, to: 9)  // 11
    try history.jump(to: 8)
    let pyramids = try [1, 4, 6, 7, 8, 10, 11].map { try history.pyramid(of: $0) }

    let plan = try store.prune(before: date, isDryRun: true)
    #expect(plan.documents.map(\.removed) == [[2, 3, 5, 9]])
    #expect(try history.tree().revisions.count == 11)
    #expect(try store.prune(before: date, isDryRun: false) == plan)
    #expect(try history.tree().revisions.map(\.id) == [1, 4, 6, 7, 8, 10, 11])
    #expect(try history.tree().revisions.map(\.parent) == [nil, 1, 4, 1, 7, 8, 10])
    #expect(try [1, 4, 6, 7, 8, 10, 11].map { try history.pyramid(of: $0) } == pyramids)
    #expect(try store.check() == HistoryCheck(documents: 1, revisions: 7))
    #expect(try store.prune(before: date, isDryRun: false).removed == 0)
    let again = try store.history(of: history.document)
    #expect(try [again.undo()?.id, again.undo()?.id, again.redo()?.id] == [7, 1, 7])
  }

  @Test("is refused while another process has the store open")
  func shared() throws {
    let folder = try TemporaryFolder()
    let stores = try [HistoryStore(folder("h.db")), HistoryStore(folder("h.db"))]
    #expect(throws: HistoryError.inUse(path: folder("h.db"))) {
      try stores[0].prune(before: .distantFuture, isDryRun: false)
    }
  }
}
