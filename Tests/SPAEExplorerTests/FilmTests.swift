import SPAEExplorer
import SPAEPyramid
import SPAEScreen
import Testing

/// A film of thirty frames with cuts at the tenth and the twentieth; it answers every request at
/// once, as the session does.
private struct FilmWorld {
  static let extent = FilmState.Extent(frames: 30, cuts: [0, 10, 20], isScanned: true)

  var world: World
  var requests: [FilmRequest] = []

  init(rows: Int = 24, columns: Int = 80) {
    let picture = World(rows: rows, columns: columns)
    world = picture
    let moment = Self.moment(0, picture.state.pyramid)
    guard let rate = FrameRate(25) else { fatalError("25 is a rate") }
    world.state = Explorer(
      document: .init(
        name: "clip.mp4", file: "clip.spae", path: "clip.spae", suggestedPath: "clip.spae",
        model: "small", width: 128, height: 128, hasOriginal: false),
      vocabulary: World.vocabulary, pyramid: moment.pyramid, saved: moment.saved,
      history: HistoryFacts(state: 1, last: 1), size: (rows, columns), graphics: "sixel",
      film: FilmState(rate, moment))
  }

  /// The words of a frame: the one of the first layer has its number.
  static func moment(_ frame: Int, _ first: Pyramid) -> FilmMoment {
    var pyramid = first
    pyramid[CellAddress(layer: 1, row: 0, column: 0)] = Int32(frame + 10)
    return FilmMoment(
      frame: frame, pyramid: pyramid, saved: pyramid, changed: frame % 10 == 0 ? 597 : 1,
      extent: extent, edited: [], isDirty: false)
  }

  mutating func type(_ keys: String) {
    do {
      for key in try Key.keys(from: keys) { send(.key(key)) }
    } catch {
      Issue.record(error)
    }
  }

  mutating func send(_ message: Message) {
    let before = world.effects.count
    world.send(message)
    for case .session(.film(let request)) in world.effects[before...] {
      requests.append(request)
      if case .show(let frame) = request {
        send(.film(.shown(Self.moment(min(frame, 29), world.state.pyramid))))
      }
    }
  }

  var film: FilmState? { world.state.film }
  var notice: String { world.state.notice?.text ?? "" }
}

@Suite("A film in the explorer, by its keys")
struct FilmKeySuite {
  @Test(
    "goes from frame to frame and from cut to cut",
    arguments: [
      ("", 0), (">", 1), ("3>", 3), ("3><lt>", 2), ("<lt>", 0), ("100>", 29), ("}", 10),
      ("2}", 20), ("9}", 20), ("}>{", 10), ("}{", 0), ("20>2{", 0), (":frame 7<CR>", 6),
      (":frame 31<CR>", 29), (":frame 0<CR>", 0), (":frame x<CR>", 0), (">>:frame<CR>", 2),
    ])
  func steps(_ keys: String, _ frame: Int) {
    var world = FilmWorld()
    world.type(keys)
    #expect(world.film?.frame == frame)
    #expect(world.world.state.pyramid.words[0] == Int32(frame + 10))
  }

  @Test(
    "says where it is, and why it goes no further",
    arguments: [
      ("<lt>", "this is the first frame"), ("100>>", "this is the last frame"),
      ("{", "no cut comes before"), ("20>}", "no cut follows"),
      (":frame<CR>", "frame 1 of 30, 0:00.00, 597 words change"),
      (">:frame<CR>", "frame 2 of 30, 0:00.04, 1 word changes"),
      (":frame 0<CR>", "no frame 0: frames are counted from 1"),
      (":speed 2<CR>", "speed 2.00: 50.00 frames a second"),
      (":speed x<CR>", "usage: :speed [N]"), (":speed 99<CR>", "no speed 99"),
      (")", "speed 2.00: 50.00 frames a second"), ("(", "speed 0.50: 12.50 frames a second"),
      (":loop<CR>", "the film begins again at its end"),
    ])
  func says(_ keys: String, _ text: String) {
    var world = FilmWorld()
    world.type(keys)
    #expect(world.notice.hasPrefix(text), "\(world.notice)")
  }

  @Test("plays from the frame that is shown, and rests where it has come to")
  func plays() throws {
    var world = FilmWorld()
    world.type(">><Space>")
    guard case .play(let playback)? = world.requests.last else {
      Issue.record("nothing plays")
      return
    }
    #expect(playback.from == 2)
    #expect(playback.frame(at: 27) == 29)
    #expect(playback.frame(at: 28) == nil)
    world.type("<Space>")
    #expect(world.requests.last == .stop)
    #expect(world.film?.isPlaying == false)
  }

  @Test("begins again at the end, where that is wished, and at once when it is started there")
  func loops() {
    var world = FilmWorld()
    world.type(":loop<CR>100><Space>")
    #expect(world.film?.playback?.from == 0)
    #expect(world.film?.playback?.frame(at: 30) == 0)
  }

  @Test("a word is changed in a frame that rests", arguments: ["i", "s", "v", "t"])
  func rests(_ key: String) {
    var world = FilmWorld()
    world.type("<Space>\(key)")
    #expect(world.requests.last == .stop)
  }

  @Test(
    "goes on playing while the cursor moves and a command is typed", arguments: ["j", ":sp", "?"])
  func goesOn(_ keys: String) {
    var world = FilmWorld()
    world.type("j<Space>\(keys)")
    #expect(world.film?.isPlaying == true)
  }

  @Test("shows frame, time, changed words and the time line")
  func screen() {
    var world = FilmWorld()
    world.type("12>")
    #expect(world.world.lines[0].contains("clip.spae"))
    #expect(world.world.lines[0].contains("frame 13/30  0:00.48"))
    #expect(world.world.lines[0].contains("1 changed"))
    let line = world.world.lines[22]
    #expect(line.hasPrefix(" rests 0:00.48 ─"))
    #expect(line.contains("─ 0:01.20"))
    #expect(line.filter { $0 == "┼" }.count == 2)
    #expect(line.filter { $0 == "●" }.count == 1)
    world.type("<Space>")
    #expect(world.world.lines[22].hasPrefix(" plays 0:00.48 "))
  }

  @Test("keys that edit a frame wait until it is painted, others are answered; Esc drops them")
  func waits() {
    var world = FilmWorld()
    var moment = FilmWorld.moment(5, world.world.state.pyramid)
    moment.isPainted = false
    world.send(.film(.shown(moment)))
    #expect(world.world.lines[0].contains("frame 6/30 not painted yet"))
    #expect(world.world.lines[22].hasPrefix(" paints "))
    world.type("2G")
    #expect(world.world.state.cursor.layer == 2)
    world.type("ica")
    #expect(world.world.state.mode == .browsing)
    #expect(world.notice == "3 keys wait until frame 6 is painted; Esc drops them")
    world.type("<Esc>")
    #expect(world.notice == "dropped the keys that waited for the frame")
    world.type(":s/cat/dog/<CR>")
    #expect(world.notice == "1 key waits until frame 6 is painted; Esc drops it")
    world.type("<Esc><Esc>cw")
    moment.isPainted = true
    world.send(.film(.shown(moment)))
    #expect(world.world.state.mode.context == .picking)
    #expect(world.world.lines[0].contains("frame 6/30  0:00.20"))
  }

  @Test("a click on the time line goes to its frame")
  func click() {
    var world = FilmWorld()
    world.type("<press:22,40>")
    let frame = world.film?.frame ?? 0
    #expect((12...18).contains(frame), "\(frame)")
  }

  @Test(
    "a picture answers the keys of films", arguments: ["<Space>", ">", "}", ")", ":frame 2<CR>"])
  func picture(_ keys: String) {
    var world = World()
    world.type(keys)
    #expect(world.state.notice?.text == "cat.png is no film: it has no frames")
    #expect(!world.effects.contains { if case .session(.film) = $0 { true } else { false } })
  }
}
