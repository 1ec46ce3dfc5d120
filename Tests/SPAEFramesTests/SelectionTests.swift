import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

@Suite("Chosen frames")
struct SelectionTests {
  /// The brightness of each chosen frame of a clip of 25 frames a second, of brightness 20, 21, 22 ...
  private func greys(_ count: Int, _ selection: FrameSelection) throws -> [Int] {
    let clip = Clip.y4m(
      2, 2, greys: (0..<count).map { UInt8(20 + $0) }, more: " XCOLORRANGE=FULL")
    return try SelectedFrames(try Y4MSource(ByteReader(clip)), selection).all()
      .map { Int($0.image[0, 0].red) - 20 }
  }

  @Test("are all of them, unless something else is wished for")
  func all() throws { #expect(try greys(7, .init()) == Array(0..<7)) }

  @Test(
    "come at another rate", arguments: [("10", [0, 2, 5, 7]), ("50", [0, 0, 1, 1, 2, 2])])
  func rate(text: String, expected: [Int]) throws {
    let found = try greys(10, .init(rate: FrameRate(text)))
    #expect(Array(found.prefix(expected.count)) == expected)
    #expect(found.count == 10 * (text == "10" ? 10 : 50) / 25)
  }

  @Test("lie between two times")
  func times() throws {
    #expect(try greys(50, .init(from: 1, to: 1.2)) == [25, 26, 27, 28, 29])
    #expect(try greys(10, .init(from: 0.3)) == [7, 8, 9].map { $0 })
    #expect(try greys(10, .init(to: 9)) == Array(0..<10))
  }

  @Test("count their times from the first of them")
  func time() throws {
    let clip = Clip.y4m(2, 2, greys: Clip.repeated(50, 30))
    let frames = try SelectedFrames(
      try Y4MSource(ByteReader(clip)), .init(from: 0.5, to: 0.62)
    ).all()
    #expect(frames.map { Int(($0.time * 100).rounded()) } == [0, 4, 8])
  }

  @Test("are none behind the end, which is an error with a remedy")
  func behind() throws {
    let error = #expect(throws: FrameError.self) { try greys(10, .init(from: 3)) }
    #expect(error?.description.contains("the film ends after 0.4 s; --from") == true)
  }

  @Test("before a break are all given")
  func cut() throws {
    let clip = Clip.y4m(2, 2, greys: [20, 30, 40]).dropLast(3)
    let source = SelectedFrames(
      try Y4MSource(ByteReader(Array(clip))), .init(rate: FrameRate(50)))
    let (frames, error) = source.untilError()
    #expect(frames.count == 4)
    #expect(error?.wholeFrames == 2)
  }

  @Test(
    "have times as people write them",
    arguments: [
      ("0", 0), ("12.5", 12.5), ("90", 90), ("1:02", 62), ("1:02.5", 62.5), ("1:02:03", 3723),
      ("10:00:00", 36000),
    ] as [(String, Double)])
  func seconds(text: String, seconds: Double) {
    #expect(FrameSelection.seconds(text) == seconds)
  }

  @Test(
    "refuse what is no time",
    arguments: ["", "-1", "1:", "1:60", "1:99:00", "x", "1e3", "nan", "1:2:3:4", ":5", "1.5:00"])
  func noTime(text: String) { #expect(FrameSelection.seconds(text) == nil) }
}

@Suite("Kinds of films")
struct FilmKindTests {
  @Test(
    "are seen by their first bytes",
    arguments: [
      ("YUV4MPEG2 W4", FilmKind.y4m), ("GIF89a", .gif), ("RIFF....WEBP", .webP),
      ("....ftypisom", .foreign("MP4")), ("RIFF....AVI ", .foreign("AVI")),
      ("OggS", .foreign("Ogg")), ("....moov", .foreign("QuickTime")),
    ])
  func content(text: String, kind: FilmKind) {
    #expect(FilmKind(prefix: Array(text.utf8), name: "x") == kind)
  }

  @Test("are no pictures and no texts", arguments: ["....ftypheic", "....ftypavif", "spae 1", ""])
  func none(text: String) { #expect(FilmKind(prefix: Array(text.utf8), name: "x.spae") == nil) }

  @Test("are seen by the name where the content says nothing")
  func name() {
    #expect(FilmKind(prefix: [1, 2, 3], name: "a/b.MPG") == .foreign("MPEG"))
  }
}
