import Foundation
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAELibrary
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// Words that are brought from the bundled pictures or a folder, and candidates as they are painted.
@Suite("The picker with the model", .serialized)
final class PickerWithTheModel {
  private let folder = NSTemporaryDirectory() + "spae-picker-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The cat of the bundled pictures, with a library of a folder, or of the bundled pictures.
  private func explorer(_ library: String? = nil) throws -> HeadlessExplorer {
    let output = PictureOutput(
      graphics: .ascii, capabilities: TerminalCapabilities(), environment: Opened.environment)
    let source = ExemplarSource(
      models: ModelLibrary(model: try Opened.model.get()), folder: library,
      index: folder + "/index.db", bundledIndex: folder + "/bundled.db")
    let opened = try Opened(output: output, exemplars: source, edits: .paint)
    return HeadlessExplorer(
      state: opened.state, session: opened.session, editor: opened.editor, themes: opened.themes,
      output: output, environment: Opened.environment, size: (40, 120))
  }

  private func press(_ keys: String, _ explorer: HeadlessExplorer) throws {
    for key in try Key.keys(from: keys) { explorer.settle(.key(key)) }
  }

  /// Writes some bundled pictures into a folder of one's own.
  private func photos(_ names: [String]) throws -> String {
    let photos = folder + "/photos"
    try FileSystem.makeFolder(photos)
    for name in names {
      try FileManager.default.copyItem(
        atPath: Opened.root + "/Assets/pictures/" + name, toPath: photos + "/" + name)
    }
    return photos
  }

  private func picker(_ explorer: HeadlessExplorer) throws -> WordPicker {
    guard case .picking(let picker) = explorer.state.mode else { throw Failure("no list is open") }
    return picker
  }

  @Test("brings what Enter chose, as it was previewed, and the dot brings it again")
  func brings() throws {
    let explorer = try explorer(try photos(["dog.png", "beach.png"]))
    let before = explorer.state.pyramid
    try press("2Ggbdog", explorer)
    let part = try #require(try picker(explorer).candidates.first?.part)
    #expect(part.name == "dog.png")
    let previewed = try #require(explorer.state.decoded?.psnr)
    try press("<CR>", explorer)
    #expect(explorer.state.decoded?.psnr == previewed)
    let changes = Edit(from: before, to: explorer.state.pyramid).changes
    #expect(changes.count > 20)
    #expect(changes.allSatisfy { before.shape.cell(at: $0.index).layer > 1 })
    #expect(explorer.state.notice?.text.hasSuffix("words from dog.png") == true)
    try press("u", explorer)
    #expect(explorer.state.pyramid == before)
    #expect(explorer.state.notice?.text.hasPrefix("undid bring: ") == true)
  }

  @Test("leaves no trace of what was only looked at")
  func looks() throws {
    let explorer = try explorer(try photos(["dog.png"]))
    let before = explorer.state.pyramid
    let shown = try #require(explorer.state.decoded?.psnr)
    try press("2Ggbdog", explorer)
    #expect(explorer.state.decoded?.psnr != shown)
    try press("<Esc>", explorer)
    #expect(explorer.state.pyramid == before && explorer.state.decoded?.psnr == shown)
    #expect(explorer.state.history.last == 1)
  }

  @Test("says why a library has nothing")
  func says() throws {
    try FileSystem.makeFolder(folder + "/empty")
    let empty = try explorer(folder + "/empty")
    try press("2Ggb", empty)
    #expect(try picker(empty).note?.contains("there is no picture in it") == true)
    let missing = try explorer(folder + "/missing")
    try press("2G:bring dog<CR>", missing)
    #expect(missing.state.notice?.text.contains("no folder") == true)
    try FileSystem.makeFolder(folder + "/broken")
    try AtomicFile.write(Array("no picture".utf8), to: folder + "/broken/a.png")
    let broken = try explorer(folder + "/broken")
    try press("2Ggb", broken)
    #expect(try picker(broken).note?.contains("a.png: ") == true)
  }

  @Test("brings from an index that is made while the picture is open")
  func madeMeanwhile() throws {
    let explorer = try explorer()
    try press("2Ggbdog", explorer)
    #expect(try picker(explorer).candidates.first?.part?.path.hasPrefix(folder) == false)
    try press("<Esc>", explorer)
    let library = try PictureLibrary(
      store: LibraryStore(path: folder + "/index.db"),
      models: ModelLibrary(model: try Opened.model.get()))
    _ = try library.indexer(workers: 1).update(try photos(["dog.png"]))
    try press("gbdog", explorer)
    #expect(try picker(explorer).candidates.first?.part?.path.contains("/photos/dog.png") == true)
  }

  @Test("shows candidates first as they are, and then as they are painted")
  func painted() throws {
    let explorer = try explorer(folder)
    try press("Ef", explorer)
    let exact = try picker(explorer).candidates
    try press("<Esc>Ef", explorer)
    let painted = try picker(explorer).candidates
    #expect(exact.map(\.word) == painted.map(\.word))
    let same = zip(exact, painted).filter { $0.thumbnail == $1.thumbnail }
    // Words of nearly the same colour paint nothing.
    #expect(same.count * 4 < exact.count)
  }
}
