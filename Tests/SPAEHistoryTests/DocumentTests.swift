import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

@Suite struct OpeningADocument {
  @Test("begins a history with what the file holds")
  func new() throws {
    let history = try HistoryStore().open(try pyramid([3: 9]))
    #expect(history.opening == .new)
    #expect(history.head.id == 1 && history.head.parent == nil && history.head.edit.isEmpty)
    #expect(history.pyramid == (try pyramid([3: 9])))
    #expect(history.document.label == "a picture")
    #expect(history.position == (1, 1))
  }

  @Test("finds the head where it was left, when the file holds it")
  func same() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    try first.change(3, to: 9)
    try first.markSaved()
    let again = try store.open(try pyramid([3: 9]))
    #expect(again.opening == .same)
    #expect(again.head == first.head)
    #expect(try again.saved().id == 2)
  }

  @Test("goes on at the last accepted edit after a crash, and tells what the file holds")
  func recovered() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    try first.change(3, to: 9)
    try first.markSaved()
    try first.change(4, to: 9)
    try first.change(5, to: 9)
    let again = try store.open(try pyramid([3: 9]))
    #expect(again.recovered?.id == 2)
    #expect(again.head.id == 4)
    #expect(again.pyramid == first.pyramid)
  }

  @Test("goes on where undo had led, when the file holds a later state")
  func undone() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    try first.change(3, to: 9)
    try first.markSaved()
    try first.undo()
    let again = try store.open(try pyramid([3: 9]))
    #expect(again.recovered?.id == 2)
    #expect(again.head.id == 1)
    #expect(try again.redo()?.id == 2)
  }

  @Test("tells the latest earlier state that the file was set back to")
  func setBack() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    for word in [9, 8, 9, 7] { try first.change(3, to: Int32(word)) }
    let again = try store.open(try pyramid([3: 9]))
    #expect(again.recovered?.id == 4)
    #expect(again.head.id == 5)
    #expect(try again.saved().id == 4)
  }

  @Test("is at what the file holds where that was set back behind the saved state")
  func setBackOutside() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    for word in [9, 8] { try first.change(3, to: Int32(word)) }
    try first.markSaved()
    let again = try store.open(try pyramid([3: 9]))
    #expect(again.opening == .setBack(from: try first.revision(3)))
    #expect(again.head.id == 2)
    #expect(try again.saved().id == 2)
    #expect(again.pyramid == (try pyramid([3: 9])))
    #expect(try again.redo()?.id == 3)
  }

  @Test("takes a state of another branch as a change from outside")
  func otherBranch() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    try first.change(3, to: 9)
    try first.undo()
    try first.change(4, to: 9)
    let again = try store.open(try pyramid([3: 9]))
    #expect(again.head.id == 4 && again.head.parent == 3)
    #expect(again.pyramid == (try pyramid([3: 9])))
  }

  @Test("takes a change from outside as a revision below the head")
  func changedOutside() throws {
    let store = try HistoryStore()
    let first = try store.open(try pyramid())
    try first.change(3, to: 9)
    let again = try store.open(try pyramid([3: 9, 7: 1]))
    guard case .changedOutside(let revision) = again.opening else {
      Issue.record("\(again.opening)")
      return
    }
    #expect(revision == again.head && revision.parent == 2 && revision.verb == "outside change")
    #expect(revision.edit.changes == [Edit.Change(index: 7, old: 0, new: 1)])
    #expect(try again.saved() == revision)
    #expect(try again.undo() == first.head)
  }

  @Test("knows a renamed file by its content, and a copy as another document")
  func renamed() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore()
    try Data().write(to: URL(fileURLWithPath: folder("a.spae")))
    let first = try store.open(folder("a.spae"), try pyramid([3: 9]))
    try first.change(4, to: 9)
    #expect(try store.open(folder("copy.spae"), try pyramid([3: 9])).opening == .new)
    try FileManager.default.removeItem(atPath: folder("a.spae"))
    let again = try store.open(folder("b.spae"), first.pyramid)
    #expect(again.opening == .renamed(from: first.document.path))
    #expect(again.head == first.head)
    #expect(again.document.id == first.document.id && again.document.path.hasSuffix("/b.spae"))
  }

  @Test("keeps apart what has another vocabulary or another grid")
  func others() throws {
    let store = try HistoryStore()
    try store.open(try pyramid()).change(3, to: 9)
    #expect(try store.open("/a.spae", try pyramid(), vocabulary: "other").opening == .new)
    #expect(try store.open(try pyramid(grid: 16)).opening == .new)
    #expect(try store.open(try pyramid()).head.id == 2)
    #expect(try store.documents().map(\.grid.rows) == [8, 8, 16])
    #expect(try store.history(ofPath: "/a.spae").document.id == 3)
    #expect(throws: HistoryError.document(path: "/b.spae")) {
      try store.history(ofPath: "/b.spae")
    }
  }
}

@Suite struct TheHistoryOfADocument {
  @Test("never loses a branch: an edit after undo begins another")
  func branches() throws {
    let history = try HistoryStore().open(try pyramid())
    try history.change(1, to: 1)
    try history.undo()
    try history.change(2, to: 2)
    #expect(try history.leaves().map(\.id) == [2, 3])
    #expect(try history.tree().children(of: 1) == [2, 3])
    #expect(try history.commonAncestor(2, 3).id == 1)
    try history.jump(to: 2)
    try history.undo()
    #expect(try history.redo()?.id == 2)
  }

  @Test("adds nothing for an edit that changes nothing")
  func nothing() throws {
    let history = try HistoryStore().open(try pyramid())
    #expect(try history.commit(try pyramid(), verb: "replace") == history.head)
    #expect(history.position == (1, 1))
  }

  @Test("refuses a pyramid of another shape, and a revision that is not there")
  func refusals() throws {
    let history = try HistoryStore().open(try pyramid())
    for other in [GridSize(rows: 16, columns: 16), GridSize(rows: 8, columns: 12)] {
      #expect(throws: HistoryError.grid(other, expected: GridSize(rows: 8, columns: 8))) {
        try history.commit(try pyramid(other), verb: "replace")
      }
    }
    let missing = HistoryError.revision(7, document: "/a.spae")
    #expect(throws: missing) { try history.jump(to: 7) }
    #expect(throws: missing) { try history.revision(7) }
    #expect(throws: missing) { try history.commonAncestor(1, 7) }
    #expect(throws: missing) { try history.name(7, "seven") }
    #expect(history.head.id == 1)
  }

  @Test("finds the latest revision that holds words")
  func holding() throws {
    let history = try HistoryStore().open(try pyramid())
    let first = history.pyramid
    try history.change(1, to: 1)
    #expect(try history.revision(holding: first)?.id == 1)
    #expect(try history.revision(holding: history.pyramid)?.id == 2)
    try history.commit(first, verb: "back")
    #expect(try history.revision(holding: first)?.id == 3)
    var other = first
    other[other.shape.cell(at: 2)] = 7
    #expect(try history.revision(holding: other) == nil)
  }

  @Test("finds a named revision, and moves the name when another gets it")
  func names() throws {
    let history = try HistoryStore().open(try pyramid())
    try history.change(1, to: 1)
    try history.name(1, "castle")
    #expect(try history.revision(named: "castle")?.id == 1)
    try history.name(2, "castle")
    #expect(try history.revision(named: "castle")?.id == 2)
    #expect(history.head.name == "castle")
    try history.name(2, nil)
    #expect(try history.revision(named: "castle") == nil)
  }

  @Test(
    "refuses what cannot be a name",
    arguments: ["", "12", "a\nb", String(repeating: "a", count: 81)])
  func badNames(name: String) throws {
    let history = try HistoryStore().open(try pyramid())
    #expect(throws: HistoryError.name(name)) { try history.name(1, name) }
  }

  @Test("is drawn with the way to the head straight and the branches beside it")
  func drawing() throws {
    let history = try HistoryStore().open(try pyramid())
    for word in 1...3 { try history.change(0, to: Int32(word)) }
    try history.jump(to: 2)
    try history.change(1, to: 5)
    try history.jump(to: 3)
    try history.change(1, to: 6)
    try history.jump(to: 5)
    let drawn = try history.tree().lines().map { "\($0.branches)\($0.revision.id)" }
    #expect(
      drawn == [
        "1",
        "2",
        "├─3",
        "│ ├─4",
        "│ 6",
        "5",
      ])
  }
}

@Suite struct TwoWindowsOnADocument {
  @Test("see each other's revisions, and nobody's head moves under their hands")
  func windows() throws {
    let folder = try TemporaryFolder()
    let stores = try [HistoryStore(folder("h.db")), HistoryStore(folder("h.db"))]
    let (a, b) = (try stores[0].open(try pyramid()), try stores[1].open(try pyramid()))
    let first = try a.change(1, to: 1)
    #expect(b.head.id == 1)
    #expect(try b.newRevisions() == [first])
    #expect(try b.newRevisions() == [])
    let second = try b.change(2, to: 2)
    #expect(second.parent == 1 && second.id == 3)
    #expect(a.head == first)
    #expect(try a.newRevisions() == [second])
    #expect(a.position == (2, 3))
    #expect(try a.undo()?.id == 1)
    #expect(try a.redo() == first)
    #expect(try b.undo()?.id == 1)
    #expect(try b.redo() == second)
  }

  @Test("leave the head that was moved last to the next one")
  func last() throws {
    let folder = try TemporaryFolder()
    let stores = try [HistoryStore(folder("h.db")), HistoryStore(folder("h.db"))]
    let (a, b) = (try stores[0].open(try pyramid()), try stores[1].open(try pyramid()))
    try a.change(1, to: 1)
    try b.change(2, to: 2)
    #expect(try HistoryStore(folder("h.db")).open(try pyramid()).head.id == 3)
    try a.undo()
    #expect(try HistoryStore(folder("h.db")).open(try pyramid()).head.id == 1)
  }

  @Test("leave what was written last to the next one, whatever the other does after that")
  func written() throws {
    let folder = try TemporaryFolder()
    let stores = try [HistoryStore(folder("h.db")), HistoryStore(folder("h.db"))]
    let (a, b) = (try stores[0].open(try pyramid()), try stores[1].open(try pyramid()))
    func next() throws -> DocumentHistory {
      try HistoryStore(folder("h.db")).open(try pyramid([2: 2]))
    }
    try b.change(2, to: 2)
    try a.change(1, to: 1)
    try b.markSaved()
    #expect(try next().head.id == 2)
    #expect(try next().latestElsewhere()?.id == 3)
    try a.undo()
    #expect(a.head.id == 1)
    #expect(try next().opening == .same && next().head.id == 2)
    try a.redo()
    try a.change(1, to: 4)
    #expect(try next().head.id == 2)
    #expect(try next().latestElsewhere()?.id == 4)
    #expect(try next().leaves().map(\.id) == [2, 4])
    #expect(try a.saved().id == 1)
    // Of a film it says what leads from the words that this window has read.
    let way = try a.way()
    #expect(way.back.isEmpty && way.forth.map(\.id) == [3, 4])
    try a.markSaved()
    try b.undo()
    let last = try HistoryStore(folder("h.db")).open(a.pyramid)
    #expect(last.opening == .same && last.head.id == 4)
    #expect(try last.latestElsewhere() == nil)
  }

  @Test("go on keeping what was not saved where both know what is in the file")
  func unsaved() throws {
    let folder = try TemporaryFolder()
    let stores = try [HistoryStore(folder("h.db")), HistoryStore(folder("h.db"))]
    let a = try stores[0].open(try pyramid())
    try a.change(1, to: 1)
    try a.markSaved()
    let b = try stores[1].open(a.pyramid)
    try b.change(2, to: 2)
    try a.change(3, to: 3)
    let next = try HistoryStore(folder("h.db")).open(try pyramid([1: 1]))
    #expect(next.opening == .recovered(saved: try a.revision(2)) && next.head.id == 4)
  }

  @Test("are not told by a picture that the file of its words holds others")
  func picture() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: folder("a.spae")))
    let store = try HistoryStore()
    let a = try store.open(folder("a.spae"), try pyramid(), origin: .picture)
    try a.change(1, to: 1)
    try a.markSaved()
    _ = try store.open(folder("a.spae"), try pyramid(), origin: .picture)
    try a.change(2, to: 2)
    let next = try store.open(folder("a.spae"), try pyramid([1: 1]))
    #expect(next.opening == .recovered(saved: try a.revision(2)) && next.head.id == 3)
  }
}

@Suite struct Time {
  @Test("does not order revisions: the clock may stand or be set back")
  func order() throws {
    let clock = HandClock()
    let store = try HistoryStore(path: nil, clock: clock.reading)
    let history = try store.open(try pyramid())
    for (index, seconds) in [0, -3600, 0, 7200].enumerated() {
      clock.move(by: Double(seconds))
      try history.change(index, to: 1)
    }
    #expect(try history.tree().revisions.map(\.id) == [1, 2, 3, 4, 5])
    #expect(try history.earlier(.count(2))?.id == 3)
    #expect(try history.later(.count(1))?.id == 4)
    #expect(try history.newRevisions() == [])
  }

  @Test("leads earlier and later by seconds, in the order of revisions")
  func seconds() throws {
    let clock = HandClock()
    let store = try HistoryStore(path: nil, clock: clock.reading)
    let history = try store.open(try pyramid())
    for index in 0..<5 {
      clock.move(by: 10)
      try history.change(index, to: 1)
    }
    #expect(try history.earlier(.seconds(15))?.id == 4)
    #expect(try history.earlier(.seconds(1))?.id == 3)
    #expect(try history.later(.seconds(25))?.id == 5)
    #expect(try history.later(.seconds(1)) == nil)
    #expect(try history.earlier(.seconds(1e30))?.id == 1)
    #expect(try history.earlier(.count(1)) == nil)
    #expect(try history.later(.seconds(.infinity))?.id == 6)
    #expect(try history.earlier(.count(.max))?.id == 1)
  }
}
