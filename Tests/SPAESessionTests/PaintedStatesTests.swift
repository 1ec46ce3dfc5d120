import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// `grass -> snow`, then `snow -> sand`: what the first has put is what the second means.
@Suite("Edits of one picture, one after another")
struct PaintedStatesSuite {
  private static let picture = Opened.root + "/Assets/pictures/mountain.png"

  private func explorer(_ store: HistoryStore? = nil) throws -> HeadlessExplorer {
    let output = PictureOutput(
      graphics: .ascii, capabilities: TerminalCapabilities(), environment: Opened.environment)
    return try Opened(output: output, edits: .paint, picture: Self.picture, store: store)
      .explorer(output)
  }

  /// The words that each edit leads to, where one painter does them all.
  private func painted(_ edits: [(old: String, new: String)]) throws -> [Pyramid] {
    let model = try Opened.model.get()
    let opened = try OpenedDocument(
      file: Self.picture, size: 128, fit: .crop, models: ModelLibrary(model: model))
    let (words, view) = (try explorer().state.pyramid, try #require(opened.original))
    let evidence = model.evidence(of: view, fit: .whole, shape: words.shape)
    var painter = Painter(model: model, pyramid: words, evidence: evidence)
    return try edits.map { edit in
      let (old, new) = (
        model.vocabulary.number(of: edit.old), model.vocabulary.number(of: edit.new)
      )
      let change = WordEdit.Change.replace(old: try #require(old), new: try #require(new))
      #expect(try painter.apply(change))
      return painter.pyramid
    }
  }

  private func press(_ keys: String, _ explorer: HeadlessExplorer) throws -> Pyramid {
    for key in try Key.keys(from: keys) { explorer.settle(.key(key)) }
    return explorer.state.pyramid
  }

  @Test("paint as those of one run of 'spae edit' do, after an undo too")
  func sameAsOneRun() throws {
    let expected = try painted([("grass", "snow"), ("snow", "sand"), ("sand", "grass")])
    let explorer = try explorer()
    #expect(try press(":s/grass/snow/<CR>", explorer) == expected[0])
    #expect(try press(":s/snow/sand/<CR>", explorer) == expected[1])
    #expect(try press(":s/sand/grass/<CR>", explorer) == expected[2])
    #expect(try press("uu", explorer) == expected[0])
    #expect(try press(":s/snow/sand/<CR>", explorer) == expected[1])
  }

  @Test("know what those before the picture was closed have put")
  func opensAgain() throws {
    let expected = try painted([("grass", "snow"), ("snow", "sand"), ("sand", "grass")])
    let store = try HistoryStore(path: nil, clock: { Date(timeIntervalSince1970: 1) })
    #expect(try press(":s/grass/snow/<CR>", try explorer(store)) == expected[0])
    #expect(try press(":s/snow/sand/<CR>", try explorer(store)) == expected[1])
    #expect(try press(":s/sand/grass/<CR>", try explorer(store)) == expected[2])
    #expect(try press("u:s/sand/grass/<CR>", try explorer(store)) == expected[2])
  }

  @Test("know what was put however many edits ago that was")
  func manyEdits() throws {
    let expected = try painted([("grass", "snow"), ("snow", "sand")])
    let explorer = try explorer()
    #expect(try press(":s/grass/snow/<CR>", explorer) == expected[0])
    _ = try press("E5G", explorer)
    for _ in 0..<6 { _ = try press("0" + String(repeating: "xl", count: 16) + "j", explorer) }
    #expect(explorer.state.history.last > 80, "more than are kept in memory")
    _ = try press(":undo 2<CR>E", explorer)
    #expect(explorer.state.pyramid == expected[0])
    #expect(try press(":s/snow/sand/<CR>", explorer) == expected[1])
  }
}
