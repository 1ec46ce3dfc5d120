import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("A message")
struct MessageSuite {
  @Test(
    "that is longer than the line is shown in full, until the next key",
    arguments: [
      (40, ":earlier x<CR>", ["usage: :earlier", "by time"]),
      (80, ":set nonsense<CR>", ["there is no setting 'nonsense'", "graphics="]),
      (40, ":w van.doc<CR>", ["van.doc: end it in", "(picture)"]),
      (40, "ikittem<CR>", ["'kittem' is not in the vocabulary; like", "kitten"]),
      (40, ":w<F5>", ["<F5>: no such key here", "Esc leaves"]),
      (40, "ikitten<CR>q", ["The words are not saved", "Esc stay"]),
    ])
  func whole(_ columns: Int, _ keys: String, _ parts: [String]) {
    var world = World(rows: 24, columns: columns)
    world.type(keys)
    let foot = world.lines.suffix(8).joined(separator: " ")
    for part in parts {
      #expect(foot.split(separator: " ").joined(separator: " ").contains(part), "\(foot)")
    }
    world.type("<Esc><Esc><Esc>l")
    #expect(world.lines[22].contains("─") || world.lines[22].contains("│"))
  }

  @Test("says of equal pictures that they are equal")
  func equal() throws {
    var world = World(rows: 24, columns: 120)
    let decoded = try #require(world.state.decoded)
    world.send(
      .decoded(
        Decoded(
          request: decoded.request, psnr: .infinity, ssim: 1, milliseconds: 1,
          tints: decoded.tints)))
    #expect(world.lines.contains { $0.contains("equal to the source  SSIM 1.00") })
    world.send(
      .compared(Comparison(revision: 1, pyramid: world.state.pyramid, psnr: .infinity)))
    #expect(world.lines.contains { $0.contains("now  the pictures are equal") })
    #expect(!world.lines.contains { $0.contains("inf") })
  }

  @Test("that asks before words are lost has a line for each choice where one is too short for all")
  func choices() {
    var world = World(rows: 20, columns: 40)
    world.type("ikitten<CR>q")
    #expect(
      world.lines.suffix(4).map { $0.trimmingPrefix(" ") } == [
        "The words are not saved.", "y save and quit", "n discard and quit", "Esc stay",
      ])
    world.send(.resized(rows: 20, columns: 80))
    #expect(world.lines[19].contains("y save and quit   n discard and quit   Esc stay"))
  }

  @Test("that lies over the picture takes its room, and no more than that")
  func overPicture() {
    var world = World(rows: 24, columns: 40)
    world.type("<Tab>")
    #expect(view(world.state).picture != nil)
    world.type(":help :w<CR>")
    #expect(view(world.state).picture == nil && pictureView(world.state) == nil)
    world.type("l")
    #expect(view(world.state).picture != nil)
    world.send(.resized(rows: 24, columns: 80))
    world.type(":set nonsense<CR>")
    #expect(view(world.state).picture != nil)
  }

  @Test("is read again by :messages, with those before it, the last one last")
  func list() {
    var world = World()
    world.type(":messages<CR>")
    #expect(world.state.notice?.text == "there is no message yet")
    world.type(":9<CR>ikitten<CR>yyhh:nonsense<CR>:mes<Tab><CR>")
    guard case .reading(let reading) = world.state.mode else {
      Issue.record("\(world.state.mode)")
      return
    }
    let lines = reading.text.split(separator: "\n").map(String.init)
    #expect(reading.title == "Messages: \(lines.count)")
    #expect(lines.first == "- there is no message yet")
    #expect(lines.contains("- no layer 9: the layers are 1 to 6"))
    #expect(lines.count { $0 == "- yanked 'kitten'" } == 1)
    #expect(lines.last == "- :nonsense is no command; :help lists the keys and commands")
    world.type("q")
    #expect(world.state.mode == .browsing)
  }

  @Test("is at the end of a list that is longer than the screen, which scrolls")
  func longList() {
    var world = World()
    for layer in 10..<60 { world.type(":\(layer)<CR>") }
    world.type(":messages<CR>")
    #expect(world.lines.contains { $0.contains("no layer 59") })
    world.type("gg")
    #expect(world.lines.contains { $0.contains("no layer 10") })
    #expect(!world.lines.contains { $0.contains("no layer 59") })
  }

  @Test("as a hint, or what is being opened, is not listed")
  func passing() {
    var world = World()
    world.send(.notice(Notice("opening cat.png ...", isPassing: true)))
    #expect(world.lines[23].contains("opening cat.png ..."))
    world.type(":messages<CR>")
    #expect(world.state.notice?.text == "there is no message yet")
  }

  @Test("of many in a list of the gallery: a number before G or gg is a line")
  func galleryEnds() {
    var world = GalleryWorld(6, rows: 24, columns: 80)
    for number in 10..<60 { world.type(":\(number)<CR>") }
    world.type(":messages<CR>")
    for (keys, first) in [("5G", 14), ("2gg", 11), ("gg", 10), ("<C-f>", 34), ("<C-b>", 10)] {
      world.type(keys)
      let line = world.lines.first { $0.contains("- no picture") }
      #expect(line?.contains("no picture \(first):") == true, "\(keys): \(line ?? "")")
    }
    world.type("G")
    #expect(world.lines.contains { $0.contains("no picture 59") })
  }

  @Test("of many in a list: G goes to the last, gg to the first, and G again to the last")
  func ends() {
    var world = World()
    for layer in 10..<60 { world.type(":\(layer)<CR>") }
    world.type(":messages<CR>gg")
    #expect(world.lines.contains { $0.contains("no layer 10") })
    world.type("G")
    #expect(world.lines.contains { $0.contains("no layer 59") })
  }

  @Test("at the foot of the help is cut in 40 columns, not left out")
  func helpFoot() {
    var world = World(rows: 24, columns: 40)
    var gallery = GalleryWorld(6, rows: 24, columns: 40)
    world.type("?")
    gallery.type("?")
    for foot in [world.lines[23], gallery.lines[23]] {
      let chosen = foot.drop { $0 != ":" }.dropFirst()
      #expect(chosen.contains { $0.isLetter }, "\(foot)")
    }
  }

  @Test("how far a work is, is no message to keep")
  func progress() {
    var world = World()
    world.type(":size 256<CR>")
    for share in [0.1, 0.2] { world.send(.preparing(size: 256, share: share)) }
    world.type(":messages<CR>")
    #expect(!world.lines.contains { $0.contains("%") })
  }

  @Test("of the plain mode is listed as well")
  func plain() throws {
    var world = World(dialect: .lines)
    var reply: [String] = []
    for line in ["foo", "messages"] {
      let command = try #require(try PlainCommand(line, shape: world.state.shape))
      world.send(.plain(command))
      reply = plainReply(to: command, world.state)
      world.state.closePopups()
    }
    #expect(reply == ["- foo is no command; help lists what can be typed"])
  }

  @Test("of the plain mode says how far two states are apart, and '.' repeats a change there")
  func plainAnswers() throws {
    var world = World(dialect: .lines)
    let answer = { (line: String) throws -> [String] in
      let command = try #require(try PlainCommand(line, shape: world.state.shape))
      world.send(.plain(command))
      return plainReply(to: command, world.state)
    }
    #expect(try answer(".").first == "nothing to repeat: no word was changed yet")
    _ = try answer("set kitten")
    _ = try answer("cell 2 1 2")
    #expect(try answer(".").contains { $0.hasPrefix("kitten, layer 2, row 1, column 2") })
    _ = try answer("compare 1")
    world.send(.compared(Comparison(revision: 1, pyramid: world.states[0], psnr: 30)))
    let compared = plainReply(to: .command("compare 1"), world.state)
    #expect(compared == ["state 1 and now: 2 words differ, 30.0 dB between them"])
    world.send(
      .compared(Comparison(revision: 2, pyramid: world.state.pyramid, psnr: .infinity)))
    #expect(
      plainReply(to: .command("compare 2"), world.state) == [
        "state 2 and now: 0 words differ, the pictures are equal"
      ])
    #expect(try answer("compare") == ["compared no more"])
  }

  @Test("of a gallery is shown in full and listed too")
  func gallery() {
    var world = GalleryWorld(6, rows: 24, columns: 40)
    world.type(":sort x<CR>")
    let foot = world.lines.suffix(4).joined(separator: " ").split(separator: " ")
    #expect(foot.joined(separator: " ").contains("likeness is that to the selected picture"))
    world.type("l:mes<Tab><CR>")
    #expect(world.lines.contains { $0.contains("Messages: 1") })
    #expect(world.lines.contains { $0.contains("usage: :sort name|date|likeness") })
  }
}

@Suite("What a person knows of one picture is known in the next:")
struct SessionMemorySuite {
  @Test("what was yanked, done, searched, typed, set and said")
  func memory() {
    var (first, second) = (World(), World())
    first.type(":3:1,1 = elephant<CR>:3:1,1<CR>y/whisker<CR>:set notint<CR>")
    second.state.recall(first.state.memory)
    second.type("3G0p")
    #expect(second.word == "elephant")
    second.type("l.")
    #expect(second.word == "elephant")
    second.type("n")
    #expect(second.state.notice?.text == "'whisker' not found")
    #expect(!second.state.isTinted)
    second.type(":<Up>")
    #expect(second.lines[23].hasPrefix(":set notint"))
    second.type("<Esc>:messages<CR>")
    #expect(second.lines.contains { $0.contains("yanked 'elephant'") })
  }
}
