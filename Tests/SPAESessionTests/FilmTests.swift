import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFrames
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAESession
import SPAESystem
import SPAETerminal
import Testing

@Suite("A film on a terminal")
struct FilmSuite {
  /// Goes to the cell that changes in the fifth frame.
  private static let toCell = ":5<CR>8k8h4l"

  // MARK: Time

  @Test("shows each frame in its time, at whatever speed")
  func plays() throws {
    let film = try FilmFixture()
    let stage = try FilmStage(film.path)
    var frames: [Int] = []
    let look = { frames.append(stage.frame) }
    try stage.press("<Space>")
    stage.pause(205)
    stage.look(look)
    try stage.press("<Space>")
    stage.pause(400)
    stage.look(look)
    try stage.press(":speed 4<CR><Space>")
    stage.pause(102)
    stage.look(look)
    _ = stage.loop.run()
    #expect(frames == [6, 6, 16])
  }

  @Test("ends at the last frame and tells how it went; begins again where it loops")
  func ends() throws {
    let film = try FilmFixture()
    let stage = try FilmStage(film.path)
    var seen: [(Int, String)] = []
    try stage.press("<Space>")
    stage.pause(2000)
    stage.look { seen.append((stage.frame, stage.notice)) }
    try stage.press(":loop<CR><Space>")
    stage.pause(1644)
    stage.look { seen.append((stage.frame, "")) }
    _ = stage.loop.run()
    #expect(seen[0].0 == 40)
    #expect(seen[0].1 == "the film ended: 40 frames, 0 dropped, 100.0 % on time")
    #expect(seen[1].0 == 2)
  }

  @Test("drops the frames whose time has passed")
  func drops() throws {
    let film = try FilmFixture(frames: 80)
    let stage = try FilmStage(film.path)
    var frame = 0
    try stage.press("<Space>")
    stage.pause(100)
    stage.terminal.play([.stall(.milliseconds(1500))])
    stage.pause(100)
    stage.look { frame = stage.frame }
    stage.pause(5000)
    _ = stage.loop.run()
    #expect((42...44).contains(frame), "\(frame)")
    #expect(!stage.notice.contains(", 0 dropped"), "\(stage.notice)")
  }

  @Test("a picture on the terminal is that of the frame")
  func pictures() throws {
    let film = try FilmFixture()
    let stage = try FilmStage(film.path)
    var count = 0
    stage.look { count = stage.terminal.placements.count }
    try stage.press(">>>")
    _ = stage.loop.run()
    #expect(count >= 1)
    #expect(stage.terminal.placements.count >= count + 3)
  }

  // MARK: The filter

  @Test("frame by frame, after a jump and in play shows what the decoded film shows")
  func holdsStillPixels() throws {
    let film = try FilmFixture(frames: 30, steady: 255)
    let (expected, stage) = (try film.pictures(), try FilmStage(film.path))
    let alone = try film.pyramids.map { try film.model.decode($0) }
    #expect((0..<30).filter { expected[$0] == alone[$0] } == [0, 20])
    var seen: [(Int, PixelImage?)] = []
    let look = { seen.append((stage.frame, stage.picture)) }
    for keys in ["", ">", ">", "<C-l>", ">"] {
      try stage.press(keys)
      stage.look(look)
    }
    try stage.press(":frame 26<CR>")
    stage.look(look)
    try stage.press(":frame 1<CR><Space>")
    stage.pause(205)
    stage.look(look)
    _ = stage.loop.run()
    #expect(seen.map(\.0) == [1, 2, 3, 3, 4, 26, 6])
    let shown = [0, 1, 2, 2, 3, 25, 5].map { expected[$0] }
    #expect(seen.indices.filter { seen[$0].1 != shown[$0] }.isEmpty)
  }

  @Test("a jump far into a shot shows what the decoded film shows, and so does a picture of it")
  func jumpsFar() throws {
    let film = try FilmFixture(steady: 255)
    let (expected, stage) = (try film.pictures(), try FilmStage(film.path))
    let path = film.folder + "/frame.png"
    var seen: PixelImage?
    try stage.press(":frame 20<CR>")
    stage.look { seen = stage.picture }
    try stage.press(":frame 34<CR>:w \(path)<CR>")
    _ = stage.loop.run()
    #expect(seen == expected[19])
    #expect(try ImageFile(path: path).image == expected[33])
  }

  @Test("is written with its filter, as a film and as a clip")
  func keepsTheFilter() throws {
    let film = try FilmFixture(frames: 6, cuts: [], steady: 33)
    let clip = film.folder + "/clip.y4m"
    let stage = try FilmStage(film.path)
    try stage.press(Self.toCell + "icastle<CR>:w<CR>:w \(clip)<CR>")
    _ = stage.loop.run()
    stage.loop.settle()
    let text = try #require(FileSystem.text(of: film.path))
    #expect(text.contains("frame 1 key\n# shot\nsteady 33\n"))
    let source = try FrameReader.open(path: clip, FrameSelection())
    let expected = try film.pictures()
    for picture in expected {
      let frame = try #require(try source.next()).image
      // y4m has YCbCr.
      #expect(frame.psnr(to: picture) > 45)
    }
  }

  // MARK: Edits

  @Test("an edit holds until the film changes the word, and is undone as a whole")
  func edits() throws {
    let film = try FilmFixture()
    let stage = try FilmStage(film.path)
    var words: [String] = []
    let look = { words.append(stage.word(FilmFixture.cell)) }
    try stage.press(Self.toCell + "icastle<CR>")
    for frame in [1, 3, 4, 5, 6] {
      try stage.press(":frame \(frame)<CR>")
      stage.look(look)
    }
    try stage.press(":frame 2<CR>u")
    stage.look(look)
    try stage.press("<C-r>")
    stage.look(look)
    _ = stage.loop.run()
    let own = film.pyramids.map { film.model.vocabulary[$0[FilmFixture.cell]] }
    #expect(words == ["castle", "castle", "castle", own[4], own[5], own[1], "castle"])
  }

  @Test("an edit holds to the end of the shot at most")
  func shot() throws {
    let film = try FilmFixture()
    let stage = try FilmStage(film.path)
    var words: [String] = []
    let look = { words.append(stage.word(FilmFixture.cell)) }
    try stage.press(Self.toCell + ":frame 7<CR>icastle<CR>:frame 20<CR>")
    stage.look(look)
    try stage.press(">")
    stage.look(look)
    try stage.press(":frame 6<CR>")
    stage.look(look)
    _ = stage.loop.run()
    let own = film.model.vocabulary[film.pyramids[30][FilmFixture.cell]]
    #expect(words == ["castle", own, own])
  }

  @Test("edits are there again when the film is opened again, and are written by :w")
  func keeps() throws {
    let film = try FilmFixture()
    let store = try HistoryStore(path: film.folder + "/history.db", clock: { Date() })
    let first = try FilmStage(film.path, store: store)
    try first.press(Self.toCell + "icastle<CR>:frame 30<CR>idog<CR>u")
    _ = first.loop.run()
    #expect(try film.read() == film.pyramids)

    let second = try FilmStage(film.path, store: store)
    var (came, word, dirty) = ("", "", false)
    second.look {
      (came, word, dirty) = (second.notice, second.word(FilmFixture.cell), second.isDirty)
    }
    try second.press(":w<CR>")
    _ = second.loop.run()
    #expect(came.contains("1 edit came back"))
    #expect(word == "castle")
    #expect(dirty)
    #expect(!second.isDirty)
    let castle = try #require(film.model.vocabulary.number(of: "castle"))
    let written = try film.read()
    #expect(written.count == 40)
    for (frame, pyramid) in written.enumerated() {
      var expected = film.pyramids[frame]
      if frame < 4 { expected[FilmFixture.cell] = castle }
      #expect(pyramid == expected, "frame \(frame + 1)")
    }
    let text = try #require(FileSystem.text(of: film.path))
    #expect(text.components(separatedBy: "# shot").count == 3)
    #expect(text.hasSuffix("end\n"))

    // What was written is taken back too.
    let third = try FilmStage(film.path, store: store)
    try third.press("u:w<CR>")
    _ = third.loop.run()
    #expect(try film.read() == film.pyramids)
  }

  @Test("has its history under another name too, with edits and after :w; a copy has its own")
  func isRenamed() throws {
    let film = try FilmFixture()
    let store = try HistoryStore(path: film.folder + "/history.db", clock: { Date() })
    let first = try FilmStage(film.path, store: store)
    try first.press(Self.toCell + "icastle<CR>:frame 30<CR>idog<CR>")
    _ = first.loop.run()

    let moved = film.folder + "/moved.spae"
    try FileManager.default.moveItem(atPath: film.path, toPath: moved)
    let second = try FilmStage(moved, store: store)
    var came = ""
    second.look { came = second.notice }
    try second.press(":w<CR>")
    _ = second.loop.run()
    #expect(came.contains("2 edits came back"))
    #expect(try store.documents().map(\.path) == [moved])

    let again = film.folder + "/again.spae"
    try FileManager.default.moveItem(atPath: moved, toPath: again)
    let third = try FilmStage(again, store: store)
    var state = (number: 0, word: "", dirty: true)
    third.look {
      came = third.notice
      state = (third.loop.state.history.state, third.word(FilmFixture.cell), third.isDirty)
    }
    try third.press("uu:w<CR>")
    _ = third.loop.run()
    #expect(came == "the history of \(moved) goes on here")
    #expect(state == (3, "castle", false))
    try FileManager.default.moveItem(atPath: again, toPath: film.path)
    #expect(try film.read() == film.pyramids)

    let fourth = try FilmStage(film.path, store: store)
    _ = fourth.loop.run()
    #expect(try store.documents().count == 1)
    try FileManager.default.copyItem(atPath: film.path, toPath: moved)
    let copy = try FilmStage(moved, store: store)
    _ = copy.loop.run()
    #expect(copy.loop.state.history.last == 1)
    #expect(try store.documents().map(\.path).sorted() == [film.path, moved])
  }

  @Test("takes no history of a film whose words are others")
  func isAnother() throws {
    let (film, other) = (try FilmFixture(), try FilmFixture())
    let store = try HistoryStore(path: film.folder + "/history.db", clock: { Date() })
    let first = try FilmStage(film.path, store: store)
    try first.press(":1<CR>icastle<CR>:w<CR>")
    _ = first.loop.run()
    try FileSystem.renameAsNew(film.path, to: film.folder + "/edited.spae")
    // The film before the edit is known by its first state, one with other first words is not.
    let text = try #require(FileSystem.text(of: other.path))
    let firstWord = film.model.vocabulary[film.pyramids[0].words[0]]
    let changed = text.replacing(
      "layer 1\n\(firstWord)\n", with: "layer 1\ncat\n", maxReplacements: 1)
    #expect(changed != text)
    try Data(changed.utf8).write(to: URL(fileURLWithPath: other.path))
    let second = try FilmStage(other.path, store: store)
    _ = second.loop.run()
    #expect(try store.documents().map(\.path) == [film.path, other.path])
  }

  @Test("is written as a clip with its edits, and over an old one by w! alone")
  func writesClips() throws {
    let film = try FilmFixture(frames: 6, cuts: [])
    let clip = film.folder + "/clip.y4m"
    let stage = try FilmStage(film.path)
    try stage.press(":w \(clip)<CR>")
    _ = stage.loop.run()
    stage.loop.settle()
    let bytes = try FileSystem.bytes(of: clip)
    let header = bytes.prefix { $0 != UInt8(ascii: "\n") }
    #expect(String(decoding: header, as: UTF8.self).hasPrefix("YUV4MPEG2 W128 H128 F25:1"))
    #expect(bytes.count == header.count + 1 + 6 * ("FRAME\n".utf8.count + 3 * 128 * 128))

    let taken = try FilmStage(film.path)
    var refused = ""
    try taken.press(":w \(clip)<CR>")
    taken.look { refused = taken.notice }
    _ = taken.loop.run()
    #expect(refused.contains("exists; :w! \(clip) replaces it"))
    #expect(try FileSystem.bytes(of: clip) == bytes)

    let again = try FilmStage(film.path)
    try again.press(Self.toCell + "icastle<CR>:w! \(clip)<CR>")
    _ = again.loop.run()
    again.loop.settle()
    #expect(again.word(FilmFixture.cell) == "castle")
    let edited = try FileSystem.bytes(of: clip)
    #expect(edited.count == bytes.count && edited != bytes)
    #expect(again.isDirty)  // the film itself is not written
    #expect(try film.read() == film.pyramids)
  }

  @Test("edits that are discarded are not there at the next opening")
  func discards() throws {
    let film = try FilmFixture()
    let store = try HistoryStore(path: film.folder + "/history.db", clock: { Date() })
    let first = try FilmStage(film.path, store: store)
    try first.press(Self.toCell + "icastle<CR>ZQ")
    #expect(first.loop.run() == nil)
    let second = try FilmStage(film.path, store: store)
    _ = second.loop.run()
    #expect(!second.isDirty)
    #expect(second.words == film.pyramids[0].words)
  }

  @Test("paints the frames ahead, takes that back in one step, and writes it")
  func paints() throws {
    let film = try FilmFixture()
    let store = try HistoryStore(path: film.folder + "/history.db", clock: { Date() })
    let first = try FilmStage(film.path, store: store, edits: .paint)
    var (seen, states): ([[Int32]], [Int]) = ([], [])
    let look = {
      seen.append(first.words)
      states.append(first.loop.state.history.state)
    }
    try first.press(":2<CR>khicastle<CR>:frame 8<CR>")
    first.look(look)
    try first.press("u")
    first.look(look)
    try first.press("<C-r>")
    first.look(look)
    _ = first.loop.run()
    #expect(states == [2, 1, 2])
    #expect(seen[1] == film.pyramids[7].words)
    #expect(seen[0] == seen[2])
    // What the film changed in the edit's area after the first frame is not the film's own.
    let columns = (1...7).filter { column in
      let cell = CellAddress(layer: 5, row: 0, column: column)
      let index = film.pyramids[7].shape.index(of: cell)
      return seen[0][index] != film.pyramids[7][cell]
    }
    #expect(!columns.isEmpty)

    let second = try FilmStage(film.path, store: store)
    try second.press(":frame 8<CR>:w<CR>")
    _ = second.loop.run()
    #expect(second.words == seen[0])
    let written = try film.read()
    #expect(written[7].words == seen[0])
    #expect(written[20...] == film.pyramids[20...])
  }

  @Test(
    "are written and left once the frames ahead are painted, where that is asked for earlier",
    arguments: [
      "<CR>:wq<CR>", "<CR>:w<CR>:q<CR>", "<CR>:w<CR>:q!<CR>", "<CR>:w NEW.y4m<CR>:wq<CR>",
      "<CR>:w NEW.spae<CR>:w<CR>:q<CR>",
    ])
  func writesWhenPainted(_ keys: String) throws {
    let film = try FilmFixture()
    let keys = keys.replacing("NEW", with: film.folder + "/new")
    let stage = try FilmStage(film.path, edits: .paint)
    try stage.press(":2<CR>khicastle")
    stage.look { stage.terminal.settle = {} }
    try stage.press(keys)
    var asks = false
    stage.look {
      asks = stage.loop.state.mode == .leaving
      stage.terminal.settle = { stage.loop.settle() }
    }
    stage.terminal.play([.stall(.zero)])
    var isStillThere = false
    stage.look { isStillThere = true }
    #expect(stage.loop.run() == nil)
    #expect(!isStillThere && !asks)
    #expect(!stage.isDirty)
    let written = try film.read()
    #expect(written[0].words == stage.words)
    #expect(written[7].words != film.pyramids[7].words)
  }

  @Test(
    "a copy that waits for its paint is written before the explorer is left", arguments: ["", "!"])
  func writesCopies(_ mark: String) throws {
    let film = try FilmFixture()
    let copy = film.folder + "/copy.spae"
    let stage = try FilmStage(film.path, edits: .paint)
    try stage.press(":2<CR>khicastle")
    stage.look { stage.terminal.settle = {} }
    try stage.press("<CR>:w \(copy)<CR>u:q\(mark)<CR>")
    stage.look { stage.terminal.settle = { stage.loop.settle() } }
    stage.terminal.play([.stall(.zero)])
    #expect(stage.loop.run() == nil)
    #expect(try film.read() == film.pyramids)
    #expect(FileSystem.text(of: copy)?.contains("castle") == true)
  }

  @Test("what is painted ends with the word that was typed")
  func paintEnds() throws {
    let typed = CellAddress(layer: 2, row: 0, column: 0)
    let film = try FilmFixture(renamed: (frame: 10, cell: typed))
    let stage = try FilmStage(film.path, edits: .paint)
    var seen: [[Int32]] = []
    try stage.press(":2<CR>khicastle<CR>")
    for frame in [10, 11, 16] {
      try stage.press(":frame \(frame)<CR>")
      stage.look { seen.append(stage.words) }
    }
    _ = stage.loop.run()
    let others = zip(seen[0], film.pyramids[9].words).count { $0 != $1 }
    #expect(others > 20)
    #expect(seen[1] == film.pyramids[10].words)
    #expect(seen[2] == film.pyramids[15].words)
  }

  // MARK: Bad files

  @Test("shows what is whole of a film that was cut short, and of one with a bad line")
  func damage() throws {
    let cut = try FilmFixture(frames: 6, tail: "frame 7\n5:1")
    let stage = try FilmStage(cut.path)
    try stage.press("99>")
    _ = stage.loop.run()
    #expect(stage.frame == 6)

    let bad = try FilmFixture(frames: 6, tail: "frame 7\n5:1,99 dog\n\nframe 8\n\nend\n")
    let other = try FilmStage(bad.path)
    var notice = ""
    other.look { notice = other.notice }
    try other.press("99>")
    _ = other.loop.run()
    #expect(other.frame == 6)
    #expect(notice.contains("the columns of layer 5 are 1 to 16"), "\(notice)")
    #expect(notice.hasSuffix("; the 6 frames before are whole"), "\(notice)")
  }

  @Test("names the one frame that is whole as one")
  func damageAfterOne() throws {
    let bad = try FilmFixture(frames: 1, tail: "frame 2\n5:1,99 dog\n\nend\n")
    let stage = try FilmStage(bad.path)
    var notice = ""
    stage.look { notice = stage.notice }
    _ = stage.loop.run()
    #expect(notice.hasSuffix("; the frame before is whole"), "\(notice)")
  }

  @Test("a film that is perhaps still written is not written over unless that is asked for")
  func isStillWritten() throws {
    let film = try FilmFixture(frames: 6, tail: "")
    let stage = try FilmStage(film.path)
    let copy = film.folder + "/copy.spae"
    let before = try FileSystem.bytes(of: film.path)
    var seen: [(notice: String, isSame: Bool)] = []
    let look = {
      seen.append((stage.notice, (try? FileSystem.bytes(of: film.path)) == before))
    }
    try stage.press(":1<CR>icastle<CR>")
    // What is too long for the foot is read, and left by what is typed next.
    for keys in [":w<CR>", ":w \(copy)<CR>", ":wq<CR>", ":w!<CR>"] {
      try stage.press(keys)
      stage.look(look)
    }
    _ = stage.loop.run()
    #expect(seen.count == 4 && seen[0].notice.contains("still being written"), "\(seen)")
    #expect(seen.count == 4 && seen[0].notice.contains(":w! replaces it"), "\(seen)")
    #expect(seen.map(\.isSame) == [true, true, true, false])
    #expect(FileSystem.text(of: copy) == FileSystem.text(of: film.path))
    // The last frame is not whole before something follows it.
    #expect(try film.read().count == 5)
  }

  @Test(
    "a film whose writer has ended it is written, with its last frames, unless it is another by now",
    arguments: [false, true])
  func isEnded(isReplaced: Bool) throws {
    let film = try FilmFixture(frames: 6, tail: "")
    let stage = try FilmStage(film.path)
    var seen: [String] = []
    try stage.press(":1<CR>icastle<CR>:w<CR>")
    stage.look {
      seen.append(stage.notice)
      let text = FileSystem.text(of: film.path) ?? ""
      try? Data("\(text)frame 7\n5:1,5 dog\n\nend\n".utf8)
        .write(to: URL(fileURLWithPath: film.path), options: isReplaced ? .atomic : [])
    }
    try stage.press(":w<CR>")
    stage.look { seen.append(stage.notice) }
    _ = stage.loop.run()
    #expect(seen.count == 2 && seen[0].contains("still being written"), "\(seen)")
    let frames = try film.read()
    if isReplaced {
      #expect(seen.last?.contains("has no 'end'") == true, "\(seen)")
    } else {
      #expect(seen.last?.hasPrefix("saved ") == true, "\(seen)")
      #expect(frames.count == 7 && frames[6] != film.pyramids[5])
    }
  }

  @Test(
    "an edit holds to the end of its shot, though the film was still written when it was made",
    arguments: [EditStyle.exact, .paint], [":frame 3<CR>", "<Space>"])
  func editsWhatGrows(_ edits: EditStyle, _ move: String) throws {
    let (whole, film) = (try FilmFixture(), try FilmFixture())
    let text = try #require(FileSystem.text(of: film.path))
    let parts = try [8, 14, 30].map { number in
      try #require(text.range(of: "frame \(number)\n")).lowerBound
    }
    let write = { (end: String.Index?) in
      let part = text[..<(end ?? text.endIndex)]
      guard let file = FileHandle(forWritingAtPath: film.path) else { return }
      let start = (try? file.seekToEnd()) ?? 0
      file.write(Data(part.utf8.dropFirst(Int(start))))
    }
    try Data(text[..<parts[0]].utf8).write(to: URL(fileURLWithPath: film.path))
    let keys = ":2<CR>khicastle<CR>"
    let expected = try FilmStage(whole.path, edits: edits)
    try expected.press(keys + ":w<CR>")
    _ = expected.loop.run()
    let store = try HistoryStore(path: film.folder + "/history.db", clock: { Date() })
    let stage = try FilmStage(film.path, store: store, edits: edits)
    try stage.press(keys + move)
    stage.pause(500)
    for end in [parts[1], parts[2]] {
      stage.look { write(end) }
      try stage.press(":frame 12<CR>")
    }
    _ = stage.loop.run()
    write(nil)
    let again = try FilmStage(film.path, store: store, edits: edits)
    try again.press(":w<CR>")
    _ = again.loop.run()
    #expect(again.notice.hasPrefix("saved "), "\(again.notice)")
    let (a, b) = (try whole.read(), try film.read())
    #expect(a.count == 40 && a.indices.filter { a[$0] != b[$0] }.isEmpty)
    #expect(a[19] != whole.pyramids[19] && a[20...] == whole.pyramids[20...])
  }

  @Test("goes to a frame that another program has written since, and says which there is not")
  func growsPastItsEnd() throws {
    let film = try FilmFixture(frames: 6, tail: "")
    let stage = try FilmStage(film.path)
    var seen: [(frame: Int, notice: String)] = []
    try stage.press("99>")
    stage.look {
      guard let file = FileHandle(forWritingAtPath: film.path) else { return }
      file.seekToEndOfFile()
      file.write(Data("frame 7\n5:1,5 dog\n\nframe 8\n5:1,6 dog\n\nend\n".utf8))
    }
    for frame in [8, 3, 9] {
      try stage.press(":frame \(frame)<CR>")
      stage.look { seen.append((stage.frame, stage.notice)) }
    }
    _ = stage.loop.run()
    #expect(seen.map(\.frame) == [8, 3, 8])
    #expect(seen.last?.notice == "no frame 9: the film has 8 frames")
  }

  @Test("a film of one frame is a picture that cannot be played")
  func single() throws {
    let film = try FilmFixture(frames: 1)
    let stage = try FilmStage(film.path)
    try stage.press("<Space>")
    _ = stage.loop.run()
    #expect(stage.notice == "the film has one frame")
  }

  @Test("goes on into frames that were written since")
  func grows() throws {
    let film = try FilmFixture(frames: 3, tail: "")
    let stage = try FilmStage(film.path)
    var seen: [Int] = []
    let add = {
      let file = FileHandle(forWritingAtPath: film.path)
      file?.seekToEndOfFile()
      file?.write(Data("frame 4\n5:1,1 dog\n\nframe 5\n\nend\n".utf8))
      try? file?.close()
    }
    try stage.press("99>")
    stage.look {
      seen.append(stage.frame)
      add()
    }
    try stage.press("9>")
    stage.look { seen.append(stage.frame) }
    _ = stage.loop.run()
    #expect(seen == [2, 5] || seen == [3, 5], "\(seen)")
  }

  @Test("marks the frames to which an edit has gone on", arguments: [EditStyle.exact, .paint])
  func marksGrowth(edits: EditStyle) throws {
    let film = try FilmFixture(frames: 3, tail: "")
    let stage = try FilmStage(film.path, edits: edits)
    var marked: [Int] = []
    let look = {
      let edited = stage.loop.state.film?.edited ?? []
      marked.append((0..<9).count { frame in edited.contains { $0.contains(frame) } })
    }
    try stage.press(":2<CR>khicastle<CR>")
    stage.look {
      look()
      let file = FileHandle(forWritingAtPath: film.path)
      file?.seekToEndOfFile()
      file?.write(Data("frame 4\n\nframe 5\n\nframe 6\n".utf8))
      try? file?.close()
    }
    try stage.press(":frame 5<CR>")
    stage.look(look)
    _ = stage.loop.run()
    // Its last frame is whole when the next one begins.
    #expect(marked == [2, 5])
  }
}
