import Foundation
import SPAEHistory
import SPAEPyramid
import Testing

@Suite struct TheModelOfARevision {
  private static let old = RevisionModel(name: "small", hash: "old")
  private static let new = RevisionModel(name: "small", hash: "new", formerHashes: ["new-1"])

  private func open(
    _ store: HistoryStore, _ pyramid: Pyramid, _ model: RevisionModel?
  ) throws -> DocumentHistory {
    try store.open(
      documentPath: "/a.spae", pyramid: pyramid, vocabularyHash: "words", label: "a picture",
      model: model)
  }

  @Test("is that of the opened words, for all that follow")
  func recorded() throws {
    let store = try HistoryStore()
    let history = try open(store, try pyramid(), Self.old)
    #expect(try store.model(ofPath: "/a.spae")?.isEdited == false)
    try history.change(3, to: 9)
    #expect(try history.model(of: 2)?.hash == "old")
    let known = try #require(try store.model(ofPath: "/a.spae"))
    #expect(known.model == Self.old && known.isEdited)
    #expect(try store.model(ofPath: "/b.spae") == nil)
  }

  @Test("changes where the file comes with another, and the former states keep theirs")
  func changed() throws {
    let store = try HistoryStore()
    try open(store, try pyramid(), Self.old).change(3, to: 9)
    let again = try open(store, try pyramid([5: 7]), Self.new)
    guard case .otherModel(let revision) = again.opening else {
      Issue.record("\(again.opening)")
      return
    }
    #expect(revision.id == 3 && revision.verb == "another model")
    #expect(try [1, 2, 3].map { try again.model(of: $0)?.hash } == ["old", "old", "new"])
    try again.undo()
    try again.change(4, to: 4)
    #expect(try again.model(of: 4)?.hash == "old")
  }

  @Test("is the same in an earlier form")
  func formerForm() throws {
    let store = try HistoryStore()
    let former = RevisionModel(name: "small", hash: "new-1")
    try open(store, try pyramid(), former).change(3, to: 9)
    let again = try open(store, try pyramid([5: 7]), Self.new)
    guard case .changedOutside = again.opening else {
      Issue.record("\(again.opening)")
      return
    }
    #expect(try again.model(of: 3)?.hash == "new-1")
  }

  @Test("of a store that did not know it is that of the file whose words it holds")
  func learnt() throws {
    let store = try HistoryStore()
    try open(store, try pyramid(), nil).change(3, to: 9)
    #expect(try store.model(ofPath: "/a.spae") == nil)
    let again = try open(store, try pyramid(), Self.new)
    #expect(try [1, 2].map { try again.model(of: $0)?.hash } == ["new", "new"])
  }

  @Test("is not guessed where the file holds other words")
  func notGuessed() throws {
    let store = try HistoryStore()
    try open(store, try pyramid(), nil).change(3, to: 9)
    let again = try open(store, try pyramid([5: 7]), Self.new)
    #expect(try [1, 2, 3].map { try again.model(of: $0)?.hash } == [nil, nil, "new"])
  }

  @Test("survives pruning, export and salvage")
  func survives() throws {
    let folder = try TemporaryFolder()
    let clock = HandClock()
    let store = try HistoryStore(path: folder("h.db"), clock: clock.reading)
    try open(store, try pyramid(), Self.old).change(3, to: 9)
    let again = try open(store, try pyramid([5: 7]), Self.new)
    for word in 1...4 { try again.change(2, to: Int32(word)) }
    clock.move(by: 100)
    #expect(try store.prune(before: clock.reading(), isDryRun: false).removed > 0)
    #expect(try store.model(ofPath: "/a.spae")?.model.hash == "new")
    #expect(try store.history(ofPath: "/a.spae").model(of: 1)?.hash == "old")

    let copy = try HistoryStore()
    try copy.importLines(try store.exported())
    #expect(try copy.exported() == store.exported())
    #expect(try copy.model(ofPath: "/a.spae")?.model.hash == "new")
    #expect(try copy.importLines(try store.exported()) == (0, 0))
  }

  @Test("comes back from a damaged store")
  func salvaged() throws {
    let folder = try TemporaryFolder()
    do {
      let store = try HistoryStore(folder("h.db"))
      try open(store, try pyramid(), Self.old).change(3, to: 9)
    }
    let file = URL(fileURLWithPath: folder("h.db"))
    var bytes = try Data(contentsOf: file)
    bytes.replaceSubrange(20..<30, with: Data(repeating: 0xFF, count: 10))
    try bytes.write(to: file)
    let store = try HistoryStore(folder("h.db"))
    #expect(store.salvage != nil)
    #expect(try store.model(ofPath: "/a.spae")?.model == Self.old)
  }
}
