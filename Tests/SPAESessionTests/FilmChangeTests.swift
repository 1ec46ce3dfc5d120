import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

@Suite("A film that plays while its state changes")
struct FilmChangeSuite {
  /// Goes to the cell that the film does not change from the fifth frame on.
  private static let toCell = ":frame 30<CR>:5<CR>8k8h4l"

  @Test(
    "shows that state in all frames from then on, where it ends and where it is stopped",
    arguments: [("", "x"), ("icastle<CR>", "u"), ("icastle<CR>u", "<C-r>")], ["", "<Space>"])
  func changes(_ keys: (before: String, change: String), _ stop: String) throws {
    let film = try FilmFixture()
    let stage = try FilmStage(film.path)
    var seen: [(frame: Int, word: String, isDirty: Bool)] = []
    var pictures: [Bool] = []
    let look = {
      seen.append((stage.frame, stage.word(FilmFixture.cell), stage.isDirty))
      pictures.append((try? film.model.decode(stage.loop.state.pyramid)) == stage.picture)
    }
    try stage.press(Self.toCell + keys.before + "<Space>")
    stage.pause(100)
    stage.look(look)
    try stage.press(keys.change)
    stage.look(look)
    try stage.press(stop)
    for _ in 0..<3 {
      stage.pause(45)
      stage.look(look)
    }
    stage.pause(2000)
    stage.look(look)
    try stage.press(":q<CR>")
    var asks = false
    stage.look { asks = stage.loop.state.mode == .leaving }
    _ = stage.loop.run()
    let isDirty = keys.change != "u"
    #expect(seen[0].word != seen[1].word && seen[0].isDirty != isDirty)
    let others = seen.dropFirst().filter { $0.word != seen[1].word || $0.isDirty != isDirty }
    #expect(others.isEmpty, "\(seen)")
    #expect(seen.last?.frame == (stop.isEmpty ? 40 : seen[1].frame))
    #expect(asks == isDirty)
    // The picture of the frame that is shown when the state changes comes with the next one.
    #expect(pictures.enumerated().filter { $0.offset != 1 && !$0.element }.isEmpty, "\(pictures)")
  }

  /// The frames of a film shown by an explorer, and those of the saved film.
  private struct Frames {
    var shown: [(frame: Int, picture: PixelImage?)] = []
    /// The frames whose picture is not what `spae decode --frame` gives of a film.
    func wrong(in path: String, _ film: FilmFixture) throws -> [Int] {
      let opened = try #require(try OpenedFilm(path: path, models: ModelLibrary(model: film.model)))
      return try shown.filter {
        try DecodedFilm.picture(ofFrame: $0.frame - 1, in: opened) != $0.picture
      }.map(\.frame)
    }
  }

  @Test(
    "after an edit, undo and redo shows of each frame what 'spae decode --frame' gives of the saved film",
    arguments: [17, 255])
  func showsWhatIsDecoded(_ steady: Int) throws {
    let film = try FilmFixture(steady: steady)
    let (stage, copy) = (try FilmStage(film.path), film.folder + "/edited.spae")
    var (edited, plain) = (Frames(), Frames())
    let isEdited = { edited.shown.append((stage.frame, stage.picture)) }
    let isPlain = { plain.shown.append((stage.frame, stage.picture)) }
    try stage.press(":frame 24<CR>:5<CR>8k8h4licastle<CR>:w \(copy)<CR>")
    stage.look(isEdited)
    for keys in [">", "3>", "<lt>", ":frame 38<CR>", ":frame 24<CR>"] {
      try stage.press(keys)
      stage.look(isEdited)
    }
    for keys in ["u", ">", ":frame 29<CR>"] {
      try stage.press(keys)
      stage.look(isPlain)
    }
    try stage.press(":frame 24<CR><Space>")
    stage.pause(100)
    stage.look(isPlain)
    try stage.press("<C-r>")
    for _ in 0..<3 {
      stage.pause(45)
      stage.look(isEdited)
    }
    try stage.press("u")
    stage.pause(2000)
    stage.look(isPlain)
    _ = stage.loop.run()
    #expect(edited.shown.count == 9 && plain.shown.count == 5)
    #expect(try edited.wrong(in: copy, film) == [])
    #expect(try plain.wrong(in: film.path, film) == [])
  }

  @Test("drops no frame by that")
  func dropsNone() throws {
    let film = try FilmFixture(steady: 255)
    let stage = try FilmStage(film.path)
    try stage.press(Self.toCell + "icastle<CR><Space>")
    stage.pause(100)
    try stage.press("u")
    stage.pause(2000)
    _ = stage.loop.run()
    #expect(stage.notice == "the film ended: 11 frames, 0 dropped, 100.0 % on time")
  }
}
