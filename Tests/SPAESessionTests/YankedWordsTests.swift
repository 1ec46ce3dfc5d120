import Foundation
import SPAEExplorer
import SPAEGraphics
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// Words that were yanked in one explorer are pasted in another.
@Suite struct YankedWordsAre {
  private let folder = NSTemporaryDirectory() + "spae-yanked-" + UUID().uuidString
  private var path: String { folder + "/state/spae/yanked.json" }

  private func explorer(_ path: String?) throws -> Opened {
    let output = PictureOutput(
      graphics: .none, capabilities: TerminalCapabilities(), environment: Opened.environment)
    return try Opened(output: output, yanked: YankedWords(path: path))
  }

  private func played(_ keys: String, _ opened: Opened) throws -> HeadlessExplorer {
    let explorer = HeadlessExplorer(
      state: opened.state, session: opened.session, editor: opened.editor, themes: opened.themes,
      output: nil, environment: Opened.environment, size: (40, 120))
    for key in try Key.keys(from: keys) { explorer.settle(.key(key)) }
    return explorer
  }

  @Test func pastedByAnotherExplorer() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try played("2GY", explorer(path))
    let yanked = first.state.pyramid[first.state.cursor]
    let second = try played("2GkhP", explorer(path))
    #expect(second.state.pyramid[second.state.cursor] == yanked)
    #expect(second.state.pyramid != first.state.pyramid)
  }

  @Test(
    arguments: [
      ("no JSON", "no yanked words of this version"),
      (#"{"version": 2}"#, "no yanked words of this version"),
      (
        #"{"version":1,"name":"x","model":"0123456789abcdef","rows":16,"columns":16,"layer":6,"words":[[["cat"]]]}"#,
        "of two models are not mixed"
      ),
    ]) func refused(text: String, problem: String) throws
  {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileSystem.makeFolder(FileName.folder(of: path))
    try AtomicFile.write(Array(text.utf8), to: path)
    let explorer = try played("6GP", explorer(path))
    #expect(explorer.state.notice?.text.contains(problem) == true)
    #expect(explorer.state.notice?.kind == .error)
  }

  @Test func keptForTheirOwnExplorerWhereTheFileCannotBeWritten() throws {
    let opened = try explorer("/proc/no/spae/yanked.json")
    let yanked = try played("2GY", opened)
    #expect(yanked.state.notice?.text.contains("only this explorer can paste") == true)
    let pasted = try played("2GYkhP", opened)
    #expect(pasted.state.pyramid != opened.state.pyramid)
  }
}
