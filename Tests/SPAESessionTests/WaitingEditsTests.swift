import Foundation
import SPAEExplorer
import SPAEGraphics
import SPAEHistory
import SPAEPyramid
import SPAESession
import SPAETerminal
import Testing

/// Edits that wait in memory, for another program holds the history, and what that adds meanwhile.
@Suite("Edits that wait for the history")
final class WaitingEditsSuite {
  private let path = NSTemporaryDirectory() + "spae-waiting-\(UUID().uuidString).db"
  private let opened: Opened
  private let explorer: HeadlessExplorer
  /// The words of the edits that wait: states 3 and 4.
  private let waiting: [Pyramid]

  init() throws {
    let output = PictureOutput(
      graphics: .ascii, capabilities: TerminalCapabilities(), environment: Opened.environment)
    let path = path
    opened = try Opened(output: output, store: try Self.store(path))
    explorer = opened.explorer(output)
    let history = opened.history
    try history.commit(Self.edited(history.pyramid, 1), verb: "edit")
    try history.goOnInMemory(isWaiting: true)
    waiting = try [2, 3].map { try Self.added(to: history, $0) }
    let other = try Self.store(path).history(ofPath: history.document.path)
    _ = try Self.added(to: other, 9)
  }

  deinit {
    for ending in ["", "-lock", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + ending)
    }
  }

  private static func store(_ path: String) throws -> HistoryStore {
    try HistoryStore(path: path, clock: { Date(timeIntervalSince1970: 1) })
  }

  private static func edited(_ pyramid: Pyramid, _ index: Int) -> Pyramid {
    var pyramid = pyramid
    let cell = pyramid.shape.cell(at: index)
    pyramid[cell] = pyramid[cell] == 7 ? 8 : 7
    return pyramid
  }

  private static func added(to history: DocumentHistory, _ index: Int) throws -> Pyramid {
    try history.commit(edited(history.pyramid, index), verb: "edit")
    return history.pyramid
  }

  @Test(
    "are in it after a move, which leads where the numbers that were shown do",
    arguments: [("u", 0, 4), (":undo 3<CR>", 0, 4), (":undo 4<CR>", 1, 5), ("u<C-r>", 1, 5)])
  func moves(keys: String, index: Int, state: Int) throws {
    #expect(opened.history.waiting == 2)
    try explorer.press(keys)
    #expect(opened.history.waiting == nil)
    #expect(explorer.state.pyramid == waiting[index])
    #expect(explorer.state.history.state == state && explorer.state.history.last == 5)
    let kept = try Self.store(path).history(ofPath: opened.history.document.path)
    #expect(try kept.tree().revisions.map(\.parent) == [nil, 1, 2, 2, 4])
  }

  @Test("are in it after a state got a name")
  func name() throws {
    try explorer.press("mwinter<CR>")
    #expect(opened.history.waiting == nil)
    let kept = try Self.store(path).history(ofPath: opened.history.document.path)
    #expect(try kept.revision(named: "winter")?.id == 5)
    try explorer.press("u")
    #expect(explorer.state.history.state == 4)
    try explorer.press(":undo summer<CR>")
    #expect(explorer.state.notice?.text.hasPrefix("no state is called 'summer'") == true)
    try explorer.press(":undo winter<CR>")
    #expect(explorer.state.history.state == 5 && explorer.state.history.name == "winter")
  }
}
