import Foundation
import SPAEExplorer
import SPAEGraphics
import SPAEPyramid
import SPAEScreen
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

@Suite("The explorer's loop on a terminal")
struct ExplorerLoopSuite {
  // MARK: Beginning and end

  @Test("shows words and the picture, and ends by the signal that it is sent")
  func shows() throws {
    let stage = try Stage()
    #expect(stage.loop.run() == SIGTERM)
    #expect(stage.lines[0].contains("cat.png"))
    let picture = try #require(stage.terminal.placements.first)
    let isSixel = String(decoding: picture.bytes.prefix(16), as: UTF8.self).contains("H\u{1B}P")
    #expect(isSixel)
    #expect(!picture.box.isEmpty)
  }

  @Test("shows the picture beside what is wrong with a setting")
  func warns() throws {
    let stage = try Stage()
    _ = stage.loop.run(notices: [Notice("there is no theme 'nosuch'", kind: .warning)])
    #expect(stage.count == 1)
    let last = stage.lines.last
    #expect(last?.contains("nosuch") == true)
  }

  @Test("ends without a signal where a person quits")
  func quits() throws {
    let stage = try Stage()
    try stage.press("q")
    #expect(stage.loop.run() == nil)
  }

  @Test("asks before it leaves words that are not saved, and stays on Escape")
  func staysOnEscape() throws {
    let stage = try Stage()
    try stage.press("<CR>xq<Esc>")
    #expect(stage.loop.run() == SIGTERM)
    #expect(stage.isDirty)
  }

  @Test("keeps keys that are typed before the list of candidates is there", arguments: ["s", "f"])
  func typesAhead(_ key: String) throws {
    let stage = try Stage()
    try stage.press("2G")
    try stage.pressAtOnce("\(key)<Down><CR>3Gx:w /nosuchfolder/a.spae<CR>")
    _ = stage.loop.run()
    #expect(stage.historyState == 3)
    #expect(stage.layer == 3)
    #expect(stage.error?.contains("/nosuchfolder") == true)
  }

  @Test("takes the word that is typed, never a row of an earlier list", arguments: ["s", "f"])
  func typesWord(_ key: String) throws {
    let stage = try Stage()
    try stage.press("2G\(key)")
    try stage.pressAtOnce("castle<CR>")
    _ = stage.loop.run()
    #expect(stage.word == "castle")
    #expect(stage.historyState == 2)
  }

  @Test("takes Escape and the next key, which a busy terminal sends at once, for both")
  func escapeAtOnce() throws {
    let stage = try Stage()
    try stage.press("i<A-:>layer 3<CR>")
    _ = stage.loop.run()
    #expect(stage.layer == 3)
    #expect(stage.historyState == 1)
  }

  // MARK: Time

  @Test("keeps a count for as long as no key follows it")
  func count() throws {
    let stage = try Stage()
    var layers: [Int] = []
    let look = { layers.append(stage.layer) }
    try stage.press("4")
    stage.pause(.seconds(3600))
    stage.look(look)
    try stage.press("G")
    stage.look(look)
    _ = stage.loop.run()
    #expect(layers == [1, 4])
  }

  @Test("blinks between two pictures every 500 ms, and only then")
  func blinks() throws {
    let stage = try Stage(.kitty)
    var counts: [Int] = []
    let look = { counts.append(stage.count) }
    try stage.press("b")
    stage.look(look)
    for _ in 0..<3 {
      stage.pause(.milliseconds(501))
      stage.look(look)
    }
    try stage.press("b")
    stage.pause(.milliseconds(100))
    stage.look(look)
    stage.pause(.seconds(10))
    stage.look(look)
    _ = stage.loop.run()
    #expect(counts[1...3].map { $0 - counts[0] } == [1, 2, 3])
    #expect(counts[5] == counts[4])
    // The same two pictures in turn.
    let bytes = stage.terminal.placements.map(\.bytes)
    let isOther = bytes[counts[0]] != bytes[counts[1]]
    let isAgain = bytes[counts[0]] == bytes[counts[2]]
    #expect(isOther && isAgain)
  }

  @Test("draws the sixels better when the keys rest for 250 ms, once")
  func refines() throws {
    let stage = try Stage(.sixel)
    var counts: [Int] = []
    let look = { counts.append(stage.count) }
    for pause in [0, 249, 2, 60_000] {
      stage.pause(.milliseconds(pause))
      stage.look(look)
    }
    _ = stage.loop.run()
    #expect(counts == [1, 1, 2, 2])
    let (quick, fine) = (stage.terminal.placements[0], stage.terminal.placements[1])
    #expect(quick.box == fine.box)
    let isBetter = quick.bytes != fine.bytes
    #expect(isBetter)
  }

  @Test("drops a better picture that a key has overtaken")
  func overtaken() throws {
    let stage = try Stage(.sixel)
    stage.pause(.milliseconds(200))
    try stage.press("o")
    var count = 0
    stage.look { count = stage.count }
    stage.pause(.milliseconds(100))
    stage.look { #expect(stage.count == count) }
    stage.pause(.milliseconds(200))
    stage.look { #expect(stage.count == count + 1) }
    _ = stage.loop.run()
    #expect(count > 1)
  }

  @Test("shows an edit's picture before the history has it")
  func pictureFirst() throws {
    let stage = try Stage(.sixel)
    var (before, after, hasPicture): ([Int], [Int], Bool) = ([], [], true)
    stage.terminal.hearPlacement = {
      if !hasPicture { before.append(stage.historyState) }
      hasPicture = true
    }
    try stage.press("3G")
    for key in ["x", "u", "<C-r>"] {
      stage.look { hasPicture = false }
      try stage.press(key)
      stage.look { after.append(stage.historyState) }
    }
    _ = stage.loop.run()
    #expect(before == [1, 2, 1])
    #expect(after == [2, 1, 2])
  }

  @Test("plays a script at a pace that eyes can follow")
  func script() throws {
    let path = NSTemporaryDirectory() + "keys-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "<CR>\n\n<CR>\n".write(toFile: path, atomically: true, encoding: .utf8)
    let stage = try Stage(script: try KeyScript(contentsOf: path))
    var layers: [Int] = []
    for pause in [149, 2, 1149, 2] {
      stage.pause(.milliseconds(pause))
      stage.look { layers.append(stage.layer) }
    }
    _ = stage.loop.run()
    #expect(layers == [1, 2, 2, 3])
  }

  // MARK: Graphics and themes

  @Test("changes to characters, and takes kitty's picture away")
  func switches() throws {
    let stage = try Stage(.kitty)
    var forced = 0
    stage.look { forced = stage.terminal.forcedDrawings }
    try stage.press(":graphics quadrants<CR>")
    _ = stage.loop.run()
    let last = try #require(stage.terminal.placements.last)
    #expect(String(decoding: last.bytes, as: UTF8.self).contains("a=d"))
    #expect(stage.terminal.forcedDrawings == forced + 1)
    let blocks = stage.lines.joined().filter { "▀▄▌▐▘▝▖▗▚▞▙▛▜▟█".contains($0) }
    #expect(blocks.count > 100)
    #expect(stage.graphics == "quadrants")
  }

  @Test("changes from characters to pixels")
  func switchesBack() throws {
    let stage = try Stage(.ascii)
    stage.look { #expect(stage.terminal.placements.isEmpty) }
    try stage.press(":graphics sixel<CR>")
    _ = stage.loop.run()
    let last = try #require(stage.terminal.placements.last)
    let isSixel = String(decoding: last.bytes.prefix(16), as: UTF8.self).contains("H\u{1B}P")
    #expect(isSixel)
  }

  @Test("refuses graphics that there are none of")
  func refusesGraphics() throws {
    let stage = try Stage(.ascii)
    try stage.press(":graphics oil<CR>")
    _ = stage.loop.run()
    #expect(stage.error?.contains("oil") == true)
    #expect(stage.graphics == "ascii")
  }

  @Test("changes the theme, and keeps it where the wanted one is missing")
  func themes() throws {
    let stage = try Stage(.ascii)
    try stage.press(":theme light<CR>")
    var names: [String] = []
    stage.look { names.append(stage.terminal.theme.name) }
    try stage.press(":theme nosuch<CR>")
    _ = stage.loop.run()
    #expect(names + [stage.terminal.theme.name] == ["light", "light"])
    #expect(stage.error?.contains("nosuch") == true)
  }

  // MARK: The terminal

  @Test("draws all anew after another size, and the picture for it")
  func resizes() throws {
    let stage = try Stage(.sixel, rows: 30, columns: 100)
    stage.terminal.play([.resize(rows: 50, columns: 160)])
    _ = stage.loop.run()
    #expect(stage.lines.count == 50)
    #expect(stage.terminal.forcedDrawings == 1)
    let boxes = stage.terminal.placements.map(\.box)
    #expect(boxes.count == 2)
    #expect(boxes[1].rows > boxes[0].rows)
  }

  @Test("measures the font when the window changes")
  func font() throws {
    let stage = try Stage(.sixel)
    stage.look { stage.terminal.cell = (8, 8) }
    stage.terminal.play([.resize(rows: 30, columns: 100)])
    _ = stage.loop.run()
    let aspect = stage.loop.state.cellAspect
    #expect(aspect == 1)
  }

  @Test("stops by Ctrl-Z, and draws all when it goes on")
  func suspends() throws {
    let stage = try Stage(.sixel)
    try stage.press("<C-z>")
    _ = stage.loop.run()
    #expect(stage.terminal.suspensions == 1)
    #expect(stage.terminal.forcedDrawings == 1)
    #expect(stage.count == 2)
  }

  @Test("has the size that the terminal got while it was stopped, or an editor had it")
  func sizeMeanwhile() throws {
    let stage = try Stage(.sixel)
    stage.terminal.whileStopped = { [unowned stage] in stage.terminal.size = (20, 70) }
    stage.terminal.program = { [unowned stage] _ in
      stage.terminal.size = (25, 90)
      return .exited(status: 0)
    }
    var sizes: [[Int]] = []
    let look = { sizes.append([stage.lines.count, stage.loop.state.size.columns]) }
    for key in ["<C-z>", "e"] {
      try stage.press(key)
      stage.pause(.milliseconds(10))
      stage.look(look)
    }
    stage.look { stage.terminal.size = (30, 100) }
    stage.terminal.play([.event(.continued)])
    stage.pause(.milliseconds(10))
    stage.look(look)
    _ = stage.loop.run()
    #expect(sizes == [[20, 70], [25, 90], [30, 100]])
  }

  @Test("draws all when another program wrote over it", arguments: ["<C-l>"])
  func redraws(_ key: String) throws {
    let stage = try Stage(.sixel)
    try stage.press(key)
    stage.terminal.play([.event(.continued)])
    _ = stage.loop.run()
    #expect(stage.terminal.forcedDrawings == 2)
    #expect(stage.count == 3)
  }

  @Test("lends the terminal to an editor, and takes its words")
  func edits() throws {
    let stage = try Stage(.sixel)
    stage.terminal.program = { program throws(Failure) in
      let path = program.argument
      guard let text = try? String(contentsOfFile: path, encoding: .utf8),
        let layer = text.range(of: "layer 1\n"),
        let end = text[layer.upperBound...].firstIndex(of: "\n")
      else { throw Failure("no words in \(path)") }
      let edited = text.replacingCharacters(in: layer.upperBound..<end, with: "castle")
      guard (try? edited.write(toFile: path, atomically: false, encoding: .utf8)) != nil else {
        throw Failure("\(path) cannot be written")
      }
      return .exited(status: 0)
    }
    try stage.press("e")
    _ = stage.loop.run()
    let state = stage.loop.state
    let word = state.vocabulary[state.pyramid.words[0]]
    #expect(word == "castle")
    #expect(stage.historyState == 2)
    #expect(stage.terminal.forcedDrawings == 1)
  }

  // MARK: Work in the background

  @Test("brings the picture up to date with a changed word")
  func decodes() throws {
    let stage = try Stage(.kitty)
    try stage.press("<CR>x")
    _ = stage.loop.run()
    #expect(stage.historyState == 2)
    let state = stage.loop.state
    let isNewest = state.decoded?.request.pyramid == state.pyramid
    #expect(isNewest)
    let ssim = state.decoded?.ssim
    #expect(ssim != nil)
    let placed = Set(stage.terminal.placements.map(\.bytes)).count
    #expect(placed == stage.count)
    #expect(placed > 1)
  }

  @Test("shows the heat of the word under the cursor, and of the next one")
  func heat() throws {
    let stage = try Stage(.kitty)
    var counts: [Int] = []
    for key in ["<CR>", "H", "l", "H"] {
      try stage.press(key)
      stage.pause(.milliseconds(10))
      stage.look { counts.append(stage.count) }
    }
    _ = stage.loop.run()
    let bytes = counts.map { stage.terminal.placements[$0 - 1].bytes }
    let different = Set(bytes).count
    #expect(different == 4)
  }

  @Test("says why the language model does not answer")
  func language() throws {
    let stage = try Stage(.ascii)
    try stage.press("K")
    _ = stage.loop.run()
    #expect(stage.error?.contains("no language model is here") == true)
  }

  @Test("does nothing while nobody does")
  func idles() throws {
    let stage = try Stage(.kitty)
    var screens: [Screen?] = []
    for _ in 0..<2 {
      stage.look { screens.append(stage.terminal.screen) }
      stage.pause(.seconds(3600))
    }
    _ = stage.loop.run()
    let isSame = screens[0] == screens[1]
    #expect(isSame)
    #expect(stage.count == 1)
  }
}
