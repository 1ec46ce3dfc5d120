import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

@Suite("The explorer, by its keys")
struct ExplorerSuite {
  private func cell(_ layer: Int, _ row: Int, _ column: Int) -> CellAddress {
    CellAddress(layer: layer, row: row, column: column)
  }

  @Test("the word pane tells where a word of the upper layers comes from")
  func origins() throws {
    var world = World()
    let texts = [["classifier .62"], Array(repeating: "segmentation \"sky\" .83", count: 4)]
    world.send(.explained(WordOrigins(pyramid: world.state.pyramid, texts: texts)))
    world.type("gg")
    #expect(world.lines.contains { $0.contains("by: classifier .62") })
    world.type("j")
    #expect(world.lines.contains { $0.contains("by: segmentation \"sky\" .83") })
    world.type("ikitten<CR>")
    #expect(world.lines.contains { $0.contains("by: typed by hand") })
    world.type("u")
    #expect(world.lines.contains { $0.contains("by: segmentation \"sky\" .83") })
    world.type("4G")
    #expect(!world.lines.contains { $0.contains("by: ") })
    world.type("2G")
    world.send(
      .moved(world.state.pyramid, .init(state: 1, last: 1, model: "other"), note: nil))
    #expect(!world.lines.contains { $0.contains("by: ") })
  }

  @Test(
    "moves the cursor",
    arguments: [
      ("", 1, 0, 0), ("j", 2, 0, 0), ("jjl", 2, 1, 1), ("jj l", 2, 1, 1), ("jjj", 3, 0, 0),
      ("4G", 4, 4, 4), ("3Gk", 3, 1, 2), ("3G0", 3, 2, 0), ("3G$", 3, 2, 3), ("G", 6, 15, 8),
      ("Ggg", 1, 0, 0), ("<CR><CR>", 3, 0, 0), ("2<CR>", 3, 0, 0), ("4Glj<BS>", 3, 2, 2),
      ("5G<CR>", 5, 8, 8), ("5G<CR><CR>", 6, 8, 8), ("G100l100k", 1, 0, 0), ("<C-d>", 4, 0, 0),
      ("<C-d><C-u>", 1, 0, 0),
      ("h", 1, 0, 0), ("3<Esc>", 1, 0, 0), ("<wheelDown:4,4>", 3, 0, 0), ("0", 1, 0, 0),
      ("gx", 1, 0, 0), ("9G", 1, 0, 0), ("3gg", 3, 2, 2), ("4G03l", 4, 4, 3), ("123", 1, 0, 0),
      ("4G10l", 4, 4, 7), ("g<Esc>gg", 1, 0, 0), ("3<Esc>j", 2, 0, 0), (":3<CR>", 3, 2, 2),
      (":layer 5<CR>", 5, 8, 8), (":$<CR>", 6, 8, 8), (":9<CR>", 1, 0, 0), (":0<CR>", 1, 0, 0),
    ])
  func motion(_ keys: String, _ layer: Int, _ row: Int, _ column: Int) {
    var world = World()
    world.type(keys)
    #expect(world.state.cursor == cell(layer, row, column))
  }

  @Test(
    "shows what is pending, and waits for the rest without a limit of time",
    arguments: [
      ("3", "G go to layer 3  h j k l move by 3  Esc drop it", "3"),
      ("12", "G go to layer 12  h j k l move by 12  Esc drop it", "12"),
      ("g", "g top  b bring  - earlier state  + later state  f gallery  Esc drop it", "g"),
      ("2g", "g top  b bring  - earlier state  + later state  f gallery  Esc drop it", "2g"),
      ("Z", "Z save and quit  Q quit unsaved  Esc drop it", "Z"),
    ])
  func pending(_ keys: String, _ hints: String, _ shown: String) {
    var world = World()
    let effects = world.effects
    world.type(keys)
    #expect(world.effects == effects, "nothing is asked of the world, no timer either")
    let foot = world.lines[23]
    #expect(foot.hasPrefix(" " + hints + " "))
    #expect(foot.hasSuffix(" " + shown))
    world.type("<Esc>")
    #expect(world.state.cursor == cell(1, 0, 0))
    #expect(world.lines[23].hasPrefix(" i edit"))
  }

  @Test(
    "says why a key does nothing",
    arguments: [
      ("h", "this is the first word of the row"), ("4G$l", "this is the last word of the row"),
      ("k", "this is the first row"), ("Gj", "this is the last row"),
      ("gg", "this is the first row"),
      ("3G3G", "this is layer 3"), ("9G", "no layer 9: the layers are 1 to 6"),
      (":7<CR>", "no layer 7: the layers are 1 to 6"),
      ("<BS>", "layer 1 is the first: no word contains this one"),
      ("G<CR><CR>", "layer 6 is the last: there are no words within this one"),
      ("gx", "gx: no such key here; ? lists the keys"),
      ("3Q", "Q: no such key here; ? lists the keys"),
      ("<Esc>", "nothing to leave; q quits, ? lists the keys"),
      ("3i", "i takes no number: 3 is not used"),
      ("Kx", "x: no such key here; j and k scroll, : types a command, q closes"),
      ("tx", "x: no such key here; ? lists the keys"), ("tj", "j changes nothing here"),
      ("ikitten<CR>qx", "x: no such key here; y saves and quits, n quits, Esc stays"),
      ("ikit<F5>", "<F5>: no such key here; Enter accepts, Esc leaves"),
      (":w<F5>", "<F5>: no such key here; Enter accepts, Esc leaves"),
      (":xyz<Tab>", "<Tab> changes nothing here"),
    ])
  func nothing(_ keys: String, _ notice: String) {
    var world = World()
    world.reply = World.eloquence
    world.type(keys)
    #expect(world.state.notice?.text == notice)
    #expect(world.lines[23].contains(notice))
  }

  @Test("says where there is no original picture", arguments: ["o", "d", "b", "|", ":blink<CR>"])
  func noOriginal(_ keys: String) {
    var world = World(hasOriginal: false)
    world.type(keys)
    #expect(world.state.picture == .decoded)
    #expect(world.state.notice?.text == "no original picture: only words were opened")
  }

  @Test("answers every key of every place: by an effect, on the screen, or in words")
  func everyKey() {
    let typed = "aq0123456789[]{}=~ZgX!é".map { Key.character($0) }
    let keys =
      typed + Set(Action.allCases.flatMap { $0.entry.keys.map { $0[0] } })
      + (1...12).map { Key.function($0) } + [.insert, .alt("x"), .control("x"), .control("o")]
    for place in ["", "v", "i", ":", ":w", "/", "?", "t", "F", "K", "ikitten<CR>q", "3", "g"] {
      for key in keys {
        var world = World()
        world.reply = World.eloquence
        world.type(place)
        let (effects, screen) = (world.effects.count, view(world.state).screen)
        world.send(.key(key))
        world.state.notice.map { #expect(!$0.text.isEmpty) }
        #expect(
          world.effects.count > effects || view(world.state).screen != screen
            || world.state.notice != nil,
          "\(place) then \(key.notation)")
      }
    }
  }

  @Test("decodes all layers wherever the cursor is, or as deep as it was told")
  func depth() {
    var world = World()
    for layer in 1...6 {
      world.type("\(layer)G")
      #expect(world.state.depth == 6)
      #expect(world.state.decoded?.request.depth == 6)
    }
    #expect(world.lines[1].contains("all layers, 597 words"))
    world.type("3Gzd]]gg")
    #expect(world.state.depth == 5)
    #expect(world.lines[1].contains("layers 1-5, 341 words, pinned"))
    world.type("99[")
    #expect(world.state.depth == 1)
    #expect(world.lines[1].contains("layer 1, 1 word, pinned"))
    world.type("4G=")
    #expect(world.state.depth == 6)
    #expect(world.state.decoded?.request.depth == 6)
  }

  @Test("shows the layers down to the cursor's as an inset, where there is room for one")
  func inset() {
    var world = World(rows: 40, columns: 120)
    #expect(view(world.state).picture?.inset == nil, "one word is hardly a picture")
    world.type("3G")
    #expect(view(world.state).picture?.inset?.depth == 3)
    #expect(world.lines.contains { $0.contains("inset: layers 1-3") })
    world.type("G")
    #expect(view(world.state).picture?.inset == nil, "the last layer is the picture itself")
    world.type("3Gd")
    #expect(view(world.state).picture?.inset == nil, "only the decoded picture has one")
    world.type("d2Gzi")
    #expect(view(world.state).picture?.inset == nil)
    world.type("zizd")
    #expect(view(world.state).picture?.inset == nil, "the picture is as deep as the layer")
    world.type("=")
    #expect(view(world.state).picture?.inset?.depth == 2)
    #expect(insets(world).last == DecodeRequest(pyramid: world.state.pyramid, depth: 2))
    world.send(.resized(rows: 24, columns: 80))
    #expect(view(world.state).picture?.inset == nil)
    world.type("zizi")
    #expect(world.state.notice?.text.hasPrefix("there is no room for an inset here") == true)
  }

  @Test("lets the inset show what is tried, after the picture")
  func insetPreview() {
    var world = World(rows: 40, columns: 120)
    world.type("jikitten")
    #expect(insets(world).last?.pyramid == world.state.shown)
    let decodes = world.effects.compactMap { effect -> Int? in
      switch effect {
      case .session(.decode): 0
      case .session(.decodeInset): 1
      default: nil
      }
    }
    #expect(decodes.first == 0 && decodes.last == 1)
  }

  @Test("the cells beside the picture are erased where a larger one was", arguments: ["2G", "4G"])
  func cellsBesideThePicture(_ keys: String) throws {
    var world = World(rows: 34, columns: 110)
    world.type(keys)
    let shown = view(world.state)
    let box = try #require(shown.picture).box
    for row in 0..<34 {
      for column in 0..<110 where shown.screen[row, column].style.role == .picture {
        #expect(box.contains(row: row, column: column), "\(row), \(column)")
      }
    }
  }

  @Test("keeps the inset off the cells that are framed", arguments: ["2G", "2Gl", "3Gvlj", "4G$"])
  func insetCorner(_ keys: String) throws {
    var world = World(rows: 40, columns: 120)
    world.type(keys)
    let picture = try #require(view(world.state).picture)
    let inset = try #require(picture.inset)
    let size = world.state.shape.size(ofLayer: world.state.cursor.layer)
    for cell in picture.framed {
      let (top, left) = (
        cell.row * picture.box.rows / size.rows, cell.column * picture.box.columns / size.columns
      )
      let (bottom, right) = (
        (cell.row + 1) * picture.box.rows / size.rows,
        (cell.column + 1) * picture.box.columns / size.columns
      )
      let box = Box(row: top, column: left, rows: bottom - top, columns: right - left)
      #expect(!box.intersects(inset.box))
    }
    #expect(inset.box.row + inset.box.rows <= picture.box.rows)
    #expect(inset.box.column + inset.box.columns <= picture.box.columns)
  }

  private func insets(_ world: World) -> [DecodeRequest] {
    world.effects.compactMap { effect in
      if case .session(.decodeInset(let request)) = effect { request } else { nil }
    }
  }

  @Test("changes a word by what is typed, and only when it is accepted")
  func edit() {
    var world = World()
    let before = world.state.pyramid
    world.type("jikitt")
    #expect(world.state.decoded?.request.pyramid != before, "the preview is decoded")
    #expect(world.state.pyramid == before)
    world.type("<Esc>")
    #expect(world.state.decoded?.request.pyramid == before, "nothing stays of the preview")
    #expect(world.states.count == 1)
    world.type("ikitt<CR>")
    #expect(world.word == "kitten")
    #expect(world.states.count == 2)
    #expect(world.state.isDirty)
    world.type("u")
    #expect(world.state.pyramid == before)
    #expect(!world.state.isDirty)
    world.type("<C-r>")
    #expect(world.word == "kitten")
  }

  @Test("refuses a word outside the vocabulary and names its likes")
  func unknownWord() {
    var world = World()
    world.type("ikittem<CR>")
    #expect(world.state.notice?.kind == .error)
    #expect(world.state.notice?.text.contains("kitten") == true)
    #expect(world.states.count == 1)
    world.type("<Down><CR>")
    #expect(world.states.count == 2, "a likeness may be chosen")
  }

  @Test("does not show an edit that the store refused")
  func refused() {
    var world = World()
    let before = world.state.pyramid
    world.refusal = "history.db: the disk is full"
    world.type("ikitten<CR>")
    #expect(world.state.pyramid == before)
    #expect(world.state.notice == Notice("history.db: the disk is full", kind: .error))
    world.refusal = nil
    world.type("ikitten<CR>")
    #expect(world.word == "kitten")
  }

  @Test("chooses by meaning and by effect", arguments: ["s", "f", "i<Tab>", "i<Tab><Tab>"])
  func otherMethods(_ keys: String) {
    var world = World()
    world.type(keys + "<Down><CR>")
    #expect(world.word == "muzzle")
  }

  @Test("changes blocks: yank, paste, mean word, repeat")
  func blocks() {
    var world = World()
    let before = world.state.pyramid
    world.type("3G00vljy")
    #expect(world.state.mode == .browsing)
    world.type("4Ggg3G0kkp")
    let pasted = world.state.pyramid
    #expect(pasted[cell(3, 0, 0)] == before[cell(3, 2, 0)])
    #expect(pasted[cell(3, 1, 1)] == before[cell(3, 3, 1)])
    world.type("G$x")
    #expect(world.word == "whisker")
    world.type("h.")
    #expect(world.word == "whisker")
    #expect(world.states.count == 4)
    world.type("uuu")
    #expect(world.state.pyramid == before)
  }

  @Test("fills a marked block with one word")
  func fill() {
    var world = World()
    world.type("4G00vlljielephant<CR>")
    let words = world.state.pyramid.words.count { $0 == 0 }
    #expect(words == 6)
    #expect(world.states.count == 2, "a block is one edit")
  }

  @Test("pastes no word beyond the edge of a layer")
  func pasteAtEdge() {
    var world = World()
    world.type("4G00vllljjyG$p")
    #expect(world.states.count <= 2)
    #expect(world.state.pyramid.words.count == 597)
  }

  @Test("replaces a word wherever it stands")
  func substitute() {
    var world = World()
    let old = world.word
    let count = world.state.pyramid.words.count { world.state.vocabulary[$0] == old }
    world.type(":s/\(old)/kitten/<CR>")
    #expect(world.state.pyramid.words.count { $0 == 1 } == count)
    world.type(":s/kitten/nonsense/<CR>")
    #expect(world.state.notice?.kind == .error)
    world.type(":%s/elephant/kitten<CR>")
    #expect(world.state.notice?.kind == .warning)
  }

  @Test("takes edits as 'spae edit' has them, after a colon")
  func writtenEdits() {
    var world = World()
    let old = world.word
    world.type(":\(old) -> kitten<CR>")
    #expect(world.word == "kitten")
    world.type(":2:1,2 = muzzle<CR>")
    let cell = CellAddress(layer: 2, row: 0, column: 1)
    #expect(world.state.vocabulary[world.state.pyramid[cell]] == "muzzle")
    world.type(":9:1,1 = kitten<CR>")
    #expect(world.state.notice?.text == "there is no layer 9; this pyramid has layers 1 to 6")
    world.type(":kitten -> nonsense<CR>")
    #expect(world.state.notice?.text.hasPrefix("'nonsense' is not in the vocabulary") == true)
  }

  @Test("cuts a long name in the title, and does not leave it out")
  func longName() {
    let name = String(repeating: "evening ", count: 20) + ".png"
    let world = World(rows: 24, columns: 80, file: name)
    #expect(world.lines[0].hasPrefix(" evening evening evening evening"), "\(world.lines[0])")
    #expect(world.lines[0].contains("…  layer 1/6 "))
  }

  @Test("finds words", arguments: [("/wbeo<CR>", "wbeo"), ("/wbe<CR>nN", "wbeo")])
  func search(_ keys: String, _ word: String) {
    var world = World()
    world.type(keys)
    #expect(world.word == word)
  }

  @Test(
    "understands commands",
    arguments: [
      ":earlier 5m<CR>", ":earlier 2<CR>", ":later 3h<CR>", ":undo<CR>", ":undo 0<CR>",
      ":redo<CR>", ":depth 3<CR>", ":depth<CR>", ":layer 4<CR>", ":mark dawn<CR>",
      ":compare 0<CR>", ":compare<CR>", ":heat<CR>", ":w<CR>", ":w other.spae<CR>",
      ":w! a.png<CR>", ":theme dark<CR>", ":graphics ascii<CR>", ":help<CR>", ":edit<CR>",
      ":tree<CR>", ":bl<CR>", ":<CR>", ":the<Tab> dark<CR>", ":<Tab><CR>",
    ])
  func commands(_ keys: String) {
    var world = World()
    world.type("ikitten<CR>" + keys)
    #expect(world.state.notice?.kind != .error)
  }

  @Test(
    "explains commands that it does not understand",
    arguments: [
      (":nonsense<CR>", ":nonsense is no command"), (":earlier x<CR>", "usage: :earlier"),
      (":depth x<CR>", "usage: :depth"),
      (":depth 9<CR>", "no depth 9: the picture is decoded from 1 to 6"),
      (":depth 0<CR>", "no depth 0"), (":depth -1<CR>", "no depth -1"),
      (":mark<CR>", "usage: :mark"),
      (":compare! 2<CR>", "usage: :compare [N|NAME]  blink"), (":layer<CR>", "usage: :layer"),
      (":!ls<CR>", "no shell commands here; Ctrl-Z goes to the shell, fg returns"),
      (":5,7d<CR>", "'5,7d': a number is a layer"), (":%<CR>", ":% is no command"),
      (":heat on<CR>", "usage: :heat"), (":undo!<CR>", "usage: :undo"), (":q now<CR>", "usage: :q"),
    ])
  func badCommands(_ keys: String, _ beginning: String) {
    var world = World()
    world.type(keys)
    #expect(world.state.notice?.kind == .error)
    #expect(world.state.notice?.text.hasPrefix(beginning) == true)
    #expect(!world.hasQuit)
  }

  @Test("saves, and asks before words are left that are not saved")
  func saving() {
    var world = World()
    world.type("ikitten<CR>q")
    #expect(world.state.mode == .leaving)
    #expect(!world.hasQuit)
    world.type("<Esc>:w<CR>")
    #expect(world.files["cat.spae"] == world.state.pyramid)
    #expect(!world.state.isDirty)
    world.type("q")
    #expect(world.hasQuit)
  }

  @Test("writes to its own file, and a copy elsewhere when that is asked for")
  func savingAgain() {
    var world = World()
    world.type(":w<CR>ikitten<CR>:w<CR>:w other.spae<CR>:w<CR>:w! third.spae<CR>")
    let saves = world.effects.compactMap { effect in
      if case .session(.save(let path, _, let replacing)) = effect {
        (path, replacing)
      } else {
        nil
      }
    }
    #expect(saves.map(\.0) == [nil, "cat.spae", "other.spae", "cat.spae", "third.spae"])
    #expect(saves.map(\.1) == [false, false, false, false, true])
  }

  @Test(
    "writes what a name's ending asks for",
    arguments: [
      (":w a.spae<CR>", true), (":w a.JSON<CR>", true), (":w a.png<CR>", false),
      (":w! a.jpg<CR>", false), (":w b/a.JPEG<CR>", false), (":w a.webp<CR>", false),
    ])
  func endings(_ keys: String, _ areWords: Bool) {
    var world = World()
    world.type("3Gikitten<CR>" + keys)
    #expect(world.files.count == (areWords ? 1 : 0))
    #expect(world.pictures.count == (areWords ? 0 : 1))
    let request = DecodeRequest(pyramid: world.state.pyramid, depth: 6)
    #expect(world.pictures.values.allSatisfy { $0 == request })
    #expect(world.state.isDirty == !areWords)
    let notice = world.state.notice?.text ?? ""
    #expect(notice.hasSuffix(areWords ? "" : ": 128x128, all layers"))
    world.type("3Gzd:w! pinned.png<CR>")
    #expect(world.pictures["pinned.png"]?.depth == 3)
    #expect(world.state.notice?.text == "saved pinned.png: 128x128, layers 1-3")
  }

  @Test(
    "refuses an ending that it does not know, and names those it does",
    arguments: [":w a<CR>", ":w! a.gif<CR>", ":w a.spae.bak<CR>", ":wq spae<CR>"])
  func unknownEndings(_ keys: String) {
    var world = World()
    world.type("ikitten<CR>" + keys)
    #expect(world.files.isEmpty && world.pictures.isEmpty && !world.hasQuit)
    #expect(
      world.state.notice?.text.hasSuffix(
        "end it in .spae, .json (words), .png, .jpg, .jpeg, .webp (picture)")
        == true)
  }

  @Test("saves its own file whatever it is called, but no words under a picture's name")
  func ownFile() {
    var world = World(path: "words.txt")
    world.type("ikitten<CR>:w<CR>")
    #expect(world.files["words.txt"] == world.state.pyramid)
    world = World(path: "van.jpg")
    for keys in [":w<CR>", ":w!<CR>", ":w! van.jpg<CR>", "ZZ", "qy", ":wq!<CR>"] {
      world.type("ikitten<CR>" + keys)
      #expect(world.files.isEmpty && world.pictures.isEmpty && !world.hasQuit, "\(keys)")
      #expect(world.state.notice?.text.hasPrefix("van.jpg is the name of a picture") == true)
      world.type("x")
    }
    world.type(":w van.spae<CR>")
    #expect(world.files["van.spae"] == world.state.pyramid)
  }

  @Test("asks before it quits when only the picture was saved, or a copy")
  func quittingWithPicture() {
    var world = World(path: "cat.spae")
    world.type("ikitten<CR>:wq a.png<CR>")
    #expect(world.state.mode == .leaving)
    #expect(world.pictures.count == 1 && !world.hasQuit)
    world.type("<Esc>:x copy.spae<CR>")
    #expect(world.state.mode == .leaving)
    world.type("<Esc>:x<CR>")
    #expect(world.hasQuit)
  }

  @Test("says when a key means nothing")
  func unknownKey() {
    var world = World()
    world.type("Q")
    #expect(world.state.notice?.text == "Q: no such key here; ? lists the keys")
  }

  @Test(
    "quits",
    arguments: [
      "q", "ZZ", "ZQ", ":q<CR>", ":wq<CR>", ":x<CR>", "ikitten<CR>ZZ", "ix<Esc>q",
      "ikitten<CR>qy", "ikitten<CR>qn", "ikitten<CR>:q!<CR>",
    ])
  func quitting(_ keys: String) {
    var world = World()
    world.type(keys)
    #expect(world.hasQuit)
  }

  @Test(
    "goes back to the saved words when it is left without saving",
    arguments: ["ZQ", ":q!<CR>", "qn", ":qa!<CR>"])
  func discarding(_ keys: String) {
    var world = World()
    let fresh = world.state.pyramid
    world.type("ikitten<CR>jikitten<CR>" + keys)
    #expect(world.hasQuit)
    #expect(world.states[world.head] == fresh)
    #expect(world.states.count == 3, "the tree keeps the others")
    world = World()
    world.type("ikitten<CR>:w<CR>")
    let saved = world.state.pyramid
    world.type("jikitten<CR>" + keys)
    #expect(world.states[world.head] == saved)
  }

  @Test("stays when the store cannot go back, and leaves when that is asked for again")
  func failedDiscard() {
    var world = World()
    world.type("ikitten<CR>")
    world.refusal = "history.db: the disk is full"
    world.type("qn")
    #expect(!world.hasQuit)
    let notice = ":q! leaves, but the edits will come back: history.db: the disk is full"
    #expect(world.state.notice == Notice(notice, kind: .error))
    world.type(":q!<CR>")
    #expect(world.hasQuit)
  }

  @Test("shows the whole of an error that is too long for the foot, and of any length in a list")
  func longError() {
    var world = World()
    world.refusal = "history.db: " + String(repeating: "far ", count: 20) + "away"
    world.type("ikitten<CR>")
    #expect(world.lines[22].hasPrefix(" history.db: far ") && world.lines[23].contains("away"))
    world.type("j")
    #expect(world.state.cursor.layer == 2 && !world.lines[22].contains("far"))
    world.refusal = "history.db: " + String(repeating: "far ", count: 400) + "away"
    world.type("ikitten<CR>")
    #expect(world.lines.contains { $0.contains("Not done") })
    world.type("G")
    #expect(world.lines.contains { $0.contains("away") })
    world.type("q")
    #expect(world.state.mode == .browsing && !world.hasQuit)
  }

  @Test("says in the title when edits are not kept")
  func withoutHistory() {
    #expect(World(keepsHistory: false).lines[0].hasSuffix("state 1/1 not kept  sixel"))
    var world = World()
    world.send(.committed(world.state.pyramid, HistoryFacts(state: 3, last: 4, isKept: false)))
    #expect(world.lines[0].hasSuffix("state 3/4 not kept  sixel"))
  }

  @Test("does not leave while edits wait for the history, but by force")
  func waiting() {
    var world = World()
    world.waiting = 2
    world.send(.committed(world.state.pyramid, world.facts))
    #expect(world.lines[0].hasSuffix("state 1/1 not kept yet  sixel"))
    world.type(":q<CR>")
    #expect(!world.hasQuit && world.state.mode == .browsing)
    let notice = world.state.notice?.text ?? ""
    #expect(notice == ":q! leaves without 2 edits: it is held")
    world.type(":n<CR>:q!<CR>")
    #expect(world.hasQuit)
    var patient = World()
    patient.waiting = 1
    patient.send(.committed(patient.state.pyramid, patient.facts))
    patient.type(":q<CR>")
    #expect(!patient.hasQuit)
    patient.waiting = nil
    patient.type(":q<CR>")
    #expect(patient.hasQuit)
  }

  @Test(
    "shows the opened file in the title, and its source where there is room",
    arguments: [
      (120, nil, "spae  cat.png  128x128  small  layer 1/6  1 word"),
      (120, "dog.spae", "spae  dog.spae of cat.png  128x128  small  layer 1/6  1 word"),
      (80, "my dog.spae", "spae  my dog.spae  128x128  small  layer 1/6  1 word"),
      (40, "dog.spae", "dog.spae  layer 1/6"),
    ])
  func title(columns: Int, file: String?, left: String) {
    var world = World(columns: columns, file: file)
    #expect(world.lines[0].hasPrefix(" " + left + "  "))
    world.type("ikitten<CR>")
    #expect(world.lines[0].contains(columns < 80 ? "*  " : "edited *"))
    #expect(world.lines[0].hasPrefix(columns == 80 ? " spae  my dog.spae  layer" : " " + left))
  }

  @Test("refuses a number before a key that is too large, and takes the next")
  func largeCount() {
    var world = World()
    world.type("12345")
    #expect(world.state.notice?.text.hasPrefix("12345 is too much") == true)
    world.type("3G")
    #expect(world.state.cursor.layer == 3)
  }

  @Test(
    "says where the depths end",
    arguments: [("9]", "all layers, 597 words"), ("9[", "layer 1, 1 word")])
  func depthEnds(keys: String, depth: String) {
    var world = World()
    world.type("3G" + keys)
    #expect(world.state.notice?.text == "the picture is of \(depth); there are 1 to 6")
    world.type("3G=")
    #expect(world.state.notice?.text == "the picture is of all layers, 597 words")
  }

  @Test("runs what is picked in the help")
  func help() {
    var world = World()
    world.type("?heat<CR>")
    #expect(world.state.picture == .heat)
    #expect(world.state.mode == .browsing)
  }

  @Test(
    "finds the key that is typed before keys whose help has the letter",
    arguments: ["q", "u", "x", "p", "G"])
  func helpByKey(key: String) {
    var world = World()
    world.type("?\(key)")
    guard case .help(let list) = world.state.mode else {
      Issue.record("\(world.state.mode)")
      return
    }
    #expect(list.selected?.entry.keys.contains { $0.map(\.notation).joined() == key } == true)
  }

  @Test("shows each state of the tree before it is gone to")
  func tree() {
    var world = World()
    let first = world.state.pyramid
    world.type("ikitten<CR>jikitten<CR>t<Down><Down>")
    #expect(world.state.shown == first)
    world.type("<Esc>")
    #expect(world.state.shown != first)
    world.type("tjjq")
    #expect(world.state.shown != first && world.state.mode == .browsing)
    world.type("tjj<CR>")
    #expect(world.state.pyramid == first)
  }

  @Test("goes to the word that is clicked, on the words and in the picture")
  func mouse() {
    var world = World()
    let line = world.lines.firstIndex { $0.hasPrefix("│ 3") }!
    world.type("<press:\(line),6>")
    #expect(world.state.cursor == cell(3, 0, 0))
    let box = view(world.state).picture!.box
    world.type("<press:\(box.row + box.rows - 1),\(box.column + box.columns - 1)>")
    #expect(world.state.cursor == cell(3, 3, 3))
    #expect(world.state.focus == .picture)
    world.type("<drag:\(box.row),\(box.column)>x")
    #expect(world.state.pyramid.words.count { $0 == 3 } == 16)
  }

  @Test("names every action, and no key means two things in one place")
  func table() {
    var seen: Set<[String]> = []
    for entry in Action.allCases.map(\.entry) {
      #expect(!entry.keys.isEmpty && entry.keys.allSatisfy { !$0.isEmpty }, "\(entry.action)")
      #expect(!entry.help.isEmpty && !entry.contexts.isEmpty)
      for context in entry.contexts {
        for keys in entry.keys {
          let isNew = seen.insert([context.rawValue] + keys.map(\.notation)).inserted
          #expect(isNew, "\(entry.action) \(keys)")
          #expect(Keymap.answer(to: keys, in: context) == .action(entry.action))
        }
      }
    }
  }
}

@Suite("A long walk through the explorer")
struct WalkSuite {
  /// xorshift: the same walk every time.
  struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  @Test(
    "never leaves a state that cannot be drawn, and undo leads back to the start",
    arguments: [GridSize(rows: 8, columns: 8), GridSize(rows: 8, columns: 13)])
  func walk(grid: GridSize) throws {
    var dice = Dice(state: 42)
    let known = Action.allCases.flatMap { $0.entry.keys }
      .filter { !["ZZ", "ZQ", "q"].contains($0.map(\.notation).joined()) }
    let typed = "kitelpham:sw/ 0123456789".map { [Key.character($0)] }
    var world = World(grid: grid)
    world.reply = World.eloquence
    let start = world.state.pyramid
    for step in 0..<10_000 {
      let keys = (Int.random(in: 0..<3, using: &dice) == 0 ? typed : known)
        .randomElement(using: &dice)!
      for key in keys { world.send(.key(key)) }
      if step % 5 == 0 { world.type("<Esc>") }
      if step % 7 == 0 {
        let (row, column) = (
          Int.random(in: 0..<60, using: &dice), Int.random(in: 0..<99, using: &dice)
        )
        let action = Key.Mouse.Action.allCases.randomElement(using: &dice)!
        world.send(.key(.mouse(.init(action, row: row, column: column))))
      }
      if step % 50 == 0 {
        let rows = Int.random(in: 0..<70, using: &dice)
        world.send(.resized(rows: rows, columns: Int.random(in: 0..<210, using: &dice)))
      }
      let view = view(world.state)
      #expect(view.screen.rows == world.state.size.rows)
      if let box = view.picture?.box {
        #expect(
          box.row + box.rows < view.screen.rows && box.column + box.columns <= view.screen.columns)
      }
    }
    let edits = world.effects.count { if case .session(.commit) = $0 { true } else { false } }
    #expect(edits > 100, "the walk made edits")
    world.type("<Esc><Esc>")
    for _ in 0..<world.states.count { world.type("u") }
    #expect(world.state.pyramid == start)
  }
}

@Suite("The plain mode")
struct PlainSuite {
  @Test(
    "answers each line with what there is to say",
    arguments: [
      ("layer 1", "layer 1, 1 by 1\nwaao"),
      ("cell 2 1 2", "waoo, layer 2, row 1, column 2"), ("in", "waho, layer 2, row 1, column 1"),
      ("near kitten", "elephant kitten muzzle whisker"),
      ("set kitten", "kitten, layer 1, row 1, column 1, was waao"),
      ("depth 3", "the picture is of layers 1-3, 21 words"),
      ("find wbeo", "'wbeo' found once"), ("save", "saved cat.spae"),
      ("tree", "@ 0 (here)  12:00  edit"), ("set nonsense", "'nonsense' is not in the vocabulary"),
    ])
  func answers(_ line: String, _ beginning: String) throws {
    var world = World()
    let command = try #require(try PlainCommand(line, shape: world.state.shape))
    world.send(.plain(command))
    let reply = plainReply(to: command, world.state).joined(separator: "\n")
    #expect(reply.hasPrefix(beginning), "\(reply)")
  }

  @Test(
    "names in an error what can be typed in this mode",
    arguments: [
      ("foo", "foo is no command; help lists what can be typed"), ("!ls", "no shell commands here"),
      ("mark", "usage: mark NAME"), ("tree now", "usage: tree"),
      ("depth 9", "no depth 9"), ("compare! 2", "usage: compare [N|NAME]"),
      ("save a.txt", "a.txt: end it in .spae, .json"),
    ])
  func ownWords(_ line: String, _ beginning: String) throws {
    var world = World(dialect: .lines)
    let command = try #require(try PlainCommand(line, shape: world.state.shape))
    world.send(.plain(command))
    let text = world.state.notice?.text ?? ""
    #expect(text.hasPrefix(beginning), "\(text)")
    #expect(!text.contains(try Regex(#"(^|\s):[a-z]|Ctrl|Esc"#)), "\(text)")
  }

  @Test("names the plain commands where words have a picture's name")
  func pictureName() throws {
    var world = World(path: "words.png", dialect: .lines)
    for line in ["save", "save!"] {
      world.send(.plain(try #require(try PlainCommand(line, shape: world.state.shape))))
      #expect(world.state.notice?.text.hasSuffix("save the words by save NAME.spae") == true)
    }
    world.send(.notDiscarded(reason: "the disk is full"))
    let text = "quit! leaves, but the edits will come back: the disk is full"
    #expect(world.state.notice?.text == text)
  }

  @Test(
    "explains what it does not understand",
    arguments: [
      "layer 9", "layer x", "cell 1 2", "cell 2 3 1", "set two words", "left 3", "accept it",
      "near two words", "layer 2 3",
    ])
  func refusals(_ line: String) throws {
    let world = World()
    #expect(throws: PlainCommandError.self) { try PlainCommand(line, shape: world.state.shape) }
  }
}

@Suite("On a picture that is no square the explorer")
struct RectangleSuite {
  static let grids = ["12x8", "8x13", "64x16", "16x24"]

  private func world(_ grid: String) throws -> World {
    World(grid: try #require(GridSize(text: grid)), rows: 40, columns: 120)
  }

  @Test("reaches every cell by its keys", arguments: grids)
  func reaches(grid: String) throws {
    var world = try world(grid)
    var seen: Set<CellAddress> = []
    for layer in 1...world.state.shape.depth {
      let size = world.state.shape.size(ofLayer: layer)
      for _ in 0..<size.rows {
        world.type("0")
        for _ in 0..<size.columns {
          seen.insert(world.state.cursor)
          world.type("l")
        }
        world.type("j")
      }
    }
    #expect(seen.count == world.state.shape.wordCount)
    world.type("G$")
    let grid = world.state.shape.grid
    #expect(
      (world.state.cursor.row, world.state.cursor.column) == (grid.rows - 1, grid.columns - 1))
  }

  @Test("goes down into a cell and up again to it", arguments: grids)
  func families(grid: String) throws {
    var world = try world(grid)
    let shape = world.state.shape
    for cell in (1..<shape.depth).flatMap(shape.cells(ofLayer:)) {
      world.type("\(cell.layer)G0" + String(repeating: "l", count: cell.column))
      while world.state.cursor.row > cell.row { world.type("k") }
      while world.state.cursor.row < cell.row { world.type("j") }
      let start = world.state.cursor
      // In a mosaic the first Enter writes out what is around.
      world.type("<CR>")
      if world.state.cursor == start { world.type("<CR>") }
      #expect(world.state.cursor.layer == cell.layer + 1)
      world.type("<BS>")
      #expect(world.state.cursor == start)
    }
  }

  @Test("changes, marks, pastes and saves", arguments: grids)
  func edits(grid: String) throws {
    var world = try world(grid)
    world.type("3Gikitten<CR>vjlyG$p:w<CR>")
    #expect(world.files["cat.spae"]?.shape == world.state.shape)
    #expect(world.files["cat.spae"] == world.state.pyramid)
    #expect(world.state.pyramid.words.contains(1))
  }
}
