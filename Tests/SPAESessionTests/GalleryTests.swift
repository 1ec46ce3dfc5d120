import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAELibrary
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

/// Five pictures in a folder that is gone after the test, on a test terminal.
private final class GalleryStage {
  let folder: String
  let terminal: TestTerminal
  let album: Album
  private let output: PictureOutput
  private let browser: Browser

  init(_ graphics: GraphicsProtocol, rows: Int = 30, columns: Int = 100) throws {
    let folder = NSTemporaryDirectory() + "spae-gallery-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/photos", withIntermediateDirectories: true)
    self.folder = try #require(FileSystem.resolved(folder))
    for name in ["balloon", "car", "cat", "dog", "goldfish"] {
      try FileManager.default.copyItem(
        atPath: Opened.root + "/Assets/pictures/\(name).png",
        toPath: "\(folder)/photos/\(name).png")
    }
    var capabilities = TerminalCapabilities()
    capabilities.sixel = graphics == .sixel
    capabilities.kitty = graphics == .kitty
    terminal = TestTerminal(rows: rows, columns: columns)
    terminal.measure(&capabilities)
    output = PictureOutput(
      graphics: graphics, capabilities: capabilities, environment: Opened.environment)
    let models = ModelLibrary(model: try Opened.model.get())
    let opener = DocumentOpener(
      models: models, size: 128, fit: .whole, dialect: .keys, history: nil, isHistoryMeant: false,
      tint: true, edits: .exact, connect: { throw Failure("no language model is here") })
    album = Album(opener: opener, models: models, index: self.folder + "/state/index.db")
    browser = Browser(
      album: album, terminal: terminal, output: output,
      themes: ThemeLibrary(environment: Opened.environment), keys: ScriptedKeys(KeyScript()),
      environment: Opened.environment)
    terminal.settle = { [unowned self] in browser.settle() }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func run(_ keys: String) throws {
    try terminal.press(keys)
    _ = browser.run(try album.start([folder + "/photos"], output: output), notices: [])
  }

  /// The places that are told of words that open at once, before the index has read anything.
  func places(_ names: [String]) throws -> [Turn.Place?] {
    let model = try Opened.model.get()
    let files = try names.map { name in
      let opened = try album.opener.document("\(folder)/photos/\(name).png")
      let file = "\(folder)/\(name).spae"
      let bytes = try opened.document.bytes(as: .text, vocabulary: model.vocabulary)
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      return file
    }
    guard case .document(let opened) = try album.start(files, output: output) else { return [] }
    return [opened.state.place]
  }

  func look(_ look: @escaping () -> Void) { terminal.play([.look(look)]) }
  var lines: [String] { terminal.screen?.lines ?? [] }
}

@Suite("A gallery on a terminal")
struct GalleryLoopSuite {
  @Test("draws a row of thumbnails as one picture", arguments: [GraphicsProtocol.sixel, .kitty])
  func strips(_ graphics: GraphicsProtocol) throws {
    // Two tiles across and three rows down for five pictures.
    let stage = try GalleryStage(graphics, rows: 30, columns: 46)
    var rows: Set<Int> = []
    var before = 0
    stage.look {
      rows = Set(stage.terminal.placements.map(\.box.row))
      before = stage.terminal.placements.count
    }
    try stage.run("l")
    #expect(rows.count == 3)
    // The frame moves within one row: it alone is drawn again; at the end kitty's are removed.
    let after = stage.terminal.placements.dropFirst(before).filter { $0.box.column == 0 }
    #expect(Set(after.map(\.box.row)).subtracting([0]).count == 1)
  }

  @Test("looks for what has come and gone while a picture was open")
  func looksAgain() throws {
    let stage = try GalleryStage(.quadrants)
    let photos = stage.folder + "/photos/"
    var title = ""
    stage.look {}
    try stage.terminal.press("l<CR>")
    stage.look {
      let files = FileManager.default
      for name in ["a", "b"] {
        try? files.copyItem(atPath: photos + "dog.png", toPath: photos + name + ".png")
      }
      try? files.removeItem(atPath: photos + "balloon.png")
    }
    try stage.terminal.press("gf")
    stage.look { title = stage.lines[0] }
    try stage.run("")
    #expect(title.contains("6 pictures"), "\(title)")
    #expect(stage.album.state?.place?.number == 3, "the picture that was open stays selected")
  }

  @Test("knows what another program has indexed while a picture was open")
  func indexedByOthers() throws {
    let stage = try GalleryStage(.quadrants)
    let photos = stage.folder + "/photos"
    let others = try PictureLibrary(
      store: LibraryStore(path: stage.folder + "/state/index.db"),
      models: ModelLibrary(model: try Opened.model.get()))
    var encoded: [Bool] = []
    stage.look {}
    try stage.terminal.press("l<CR>")
    stage.look {
      try? FileManager.default.copyItem(atPath: photos + "/dog.png", toPath: photos + "/a.png")
      _ = try? others.indexer(workers: 1).update(photos)
    }
    try stage.terminal.press("gf")
    stage.look {
      let gallery = stage.album.state
      encoded = gallery?.order.compactMap { gallery?.pictures[$0].isEncoded } ?? []
    }
    try stage.run("")
    #expect(encoded == Array(repeating: true, count: 6))
  }

  @Test("has the size that the terminal got while it was stopped")
  func sizeMeanwhile() throws {
    let stage = try GalleryStage(.quadrants)
    stage.terminal.whileStopped = { [unowned stage] in stage.terminal.size = (20, 70) }
    var rows = 0
    try stage.terminal.press("<C-z>")
    stage.look { rows = stage.lines.count }
    try stage.run("")
    #expect(rows == 20)
  }

  @Test("draws with characters, and frames the selected one")
  func characters() throws {
    let stage = try GalleryStage(.quadrants)
    var lines: [String] = []
    stage.look { lines = stage.lines }
    try stage.run("l")
    #expect(lines.count == 30 && lines[0].contains("5 pictures"))
    #expect(lines[1].hasPrefix("┌"))
    let ink = lines[2..<8].joined().filter { !" │┌┐└┘─".contains($0) }.count
    #expect(ink > 100)
    #expect(stage.terminal.placements.isEmpty)
  }

  @Test("brings what was yanked in one picture to the next, by the list and by the gallery")
  func yanked() throws {
    let stage = try GalleryStage(.quadrants)
    var titles: [String] = []
    var feet: [String] = []
    let look = {
      titles.append(stage.lines[0])
      feet.append(stage.lines[29])
    }
    stage.look {}
    try stage.terminal.press("<CR>3Gy<C-n>3Gp")
    stage.look(look)
    try stage.terminal.press("gfnl<CR>3Gp")
    stage.look(look)
    try stage.terminal.press(":messages<CR>")
    var list = ""
    stage.look { list = stage.lines.joined() }
    try stage.run("q")
    let names = ["car.png", "cat.png"]
    let areRight = zip(titles, names).map { $0.contains("state 2/2") && $0.contains($1) }
    #expect(areRight == [true, true], "\(titles) \(feet)")
    #expect(list.contains("- yanked '"))
  }

  @Test("tells a list's place at once, whatever the index knows of its files")
  func place() throws {
    let stage = try GalleryStage(.quadrants)
    #expect(try stage.places(["dog", "car"]) == [Turn.Place(number: 1, count: 2)])
  }

  @Test("tells the place in the list that there is by now, and goes on in it")
  func laterPlace() throws {
    let stage = try GalleryStage(.quadrants)
    var titles: [String] = []
    let look = { titles.append(stage.lines[0]) }
    stage.look {}
    try stage.terminal.press("l<CR>")
    stage.look {
      titles.append(stage.lines[0])
      let pictures = stage.album.state?.pictures ?? []
      stage.album.hear(.listed(pictures, byName: [0, 1]))
    }
    try stage.terminal.press("j")
    stage.look {
      titles.append(stage.lines[0])
      let pictures = stage.album.state?.pictures ?? []
      stage.album.hear(.listed(pictures, byName: [0, 1, 4]))
    }
    try stage.terminal.press("<C-n>")
    stage.look(look)
    try stage.run("")
    let places = ["2/5  car.png", "2/2  car.png", "3/3  goldfish.png"]
    #expect(zip(titles, places).allSatisfy { $0.contains($1) }, "\(titles)")
    #expect(titles.count == places.count)
  }

  @Test("keeps what is said of the index while a picture is open, and shows it in the gallery")
  func saidMeanwhile() throws {
    let stage = try GalleryStage(.quadrants)
    var foot = ""
    var list = ""
    let reason = "the pictures are not indexed: a reason"
    stage.look {}
    try stage.terminal.press("l<CR>")
    stage.look { stage.album.hear(.notice(Notice(reason, kind: .error))) }
    try stage.terminal.press("jgf")
    stage.look { foot = stage.lines[29] }
    try stage.terminal.press(":messages<CR>")
    stage.look { list = stage.lines.joined() }
    try stage.run("q")
    #expect(foot.contains(reason), "\(foot)")
    #expect(list.contains("- " + reason), "\(list)")
  }

  @Test("goes into a picture, on, back and out")
  func browses() throws {
    let stage = try GalleryStage(.quadrants)
    var titles: [String] = []
    let look = { titles.append(stage.lines[0]) }
    stage.look {}
    try stage.terminal.press("l<CR>")
    stage.look(look)
    try stage.terminal.press("<C-n>")
    stage.look(look)
    try stage.terminal.press("gf")
    stage.look(look)
    try stage.run("")
    #expect(titles.count == 3)
    #expect(titles[0].contains("2/5  car.png") && titles[1].contains("3/5  cat.png"))
    #expect(titles[2].contains("5 pictures") && stage.album.state?.place?.number == 3)
  }
}
