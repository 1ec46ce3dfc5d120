import Foundation
import SPAEPyramid
import Testing

/// Films of a few frames over a grid of 8.
enum SampleFilm {
  static func header(grid: String = "8") throws -> FilmHeader {
    let document = try Sample.document(grid: grid)
    return FilmHeader(
      model: document.model, source: document.source, shape: document.pyramid.shape,
      rate: try #require(FrameRate(30000, per: 1001)))
  }

  /// A key frame, one of two changes, one that stands still, another key frame and one more.
  static func frames(grid: String = "8") throws -> [FilmFrame] {
    let shape = try header(grid: grid).shape
    return [
      FilmFrame(.key(try Sample.document(seed: 1, grid: grid).pyramid)),
      FilmFrame(
        .changes([
          .init(cell: shape.cell(at: shape.wordCount - 1), word: 3),
          .init(cell: CellAddress(layer: 1, row: 0, column: 0), word: 9),
        ])),
      FilmFrame(.changes([])),
      FilmFrame(.key(try Sample.document(seed: 2, grid: grid).pyramid, steady: 12)),
      FilmFrame(.changes([.init(cell: CellAddress(layer: 3, row: 2, column: 1), word: 0)])),
    ]
  }

  static func text(
    of frames: [FilmFrame], format: FilmWriter.Format = .text, grid: String = "8"
  ) throws -> String {
    var writer = FilmWriter(
      try header(grid: grid), format: format, vocabulary: try Sample.vocabulary())
    let bytes =
      try writer.beginning() + frames.flatMap { try writer.bytes(of: $0) } + writer.ending()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What a text holds; the last line counts as cut where it has no end.
  static func read(_ text: String) throws -> (frames: [FilmFrame], ending: FilmEnding) {
    var reader = FilmReader(vocabulary: try Sample.vocabulary())
    var frames: [FilmFrame] = []
    var lines = text.components(separatedBy: "\n")
    let rest = lines.removeLast()
    for line in lines { if let frame = try reader.take(line) { frames.append(frame) } }
    let (last, ending) = try reader.finish(rest: rest)
    return (frames + (last.map { [$0] } ?? []), ending)
  }
}

@Suite struct RateOfAFilm {
  @Test(arguments: [
    ("25", 25, 1, "25"), ("29.97", 2997, 100, "29.97"), ("30000/1001", 30000, 1001, "30000/1001"),
    ("0.5", 1, 2, "0.5"), ("50/2", 25, 1, "25"), ("23.976", 2997, 125, "2997/125"),
  ])
  func isReadAndWritten(text: String, numerator: Int, denominator: Int, written: String) throws {
    let rate = try #require(FrameRate(text))
    #expect(rate.numerator == numerator)
    #expect(rate.denominator == denominator)
    #expect(rate.description == written)
    #expect(FrameRate(rate.description) == rate)
  }

  @Test(arguments: [
    "", "0", "-25", "25/0", "0/1", "a", "1e3", "25.", "2.5.1", "1/2/3", "99999999999", " 25", "+2",
  ])
  func isRefused(text: String) { #expect(FrameRate(text) == nil) }
}

@Suite struct TextOfAFilm {
  @Test(arguments: ["8", "12x8", "8x13", "16"], FilmWriter.Format.allCases)
  func comesBackExactly(grid: String, format: FilmWriter.Format) throws {
    let frames = try SampleFilm.frames(grid: grid)
    let text = try SampleFilm.text(of: frames, format: format, grid: grid)
    #expect(try FilmReader.header(in: text) == SampleFilm.header(grid: grid))
    let (found, ending) = try SampleFilm.read(text)
    #expect(found == frames)
    #expect(ending == .whole(frames: 5))
  }

  @Test func isWrittenAsDrawn() throws {
    let text = try SampleFilm.text(of: SampleFilm.frames())
    let start = """
      spae film 1
      model tiny ab12
      vocabulary cd34
      source "a \\"cat\\"\\u{a}.png" 20x30
      grid 8
      rate 30000/1001

      frame 1 key

      layer 1

      """
    #expect(text.hasPrefix(start))
    #expect(
      text.contains(
        "\n\nframe 2\n5:8,8 dog\n1:1,1 jay\n\nframe 3\n\nframe 4 key\nsteady 12\n\nlayer 1\n"))
    #expect(text.hasSuffix("\n\nframe 5\n3:3,2 ant\n\nend\n"))
  }

  @Test func keepsCommentsInTheirPlaces() throws {
    var text = try SampleFilm.text(of: SampleFilm.frames())
    text = text.replacingOccurrences(of: "5:8,8 dog", with: "# a dog\n5:8,8 dog  # here")
    text = text.replacingOccurrences(of: "rate 3", with: "# as it came\nrate 3")
    text = text.replacingOccurrences(of: "frame 1 key", with: "# before the first\nframe 1 key")
    let (frames, _) = try SampleFilm.read(text)
    var writer = FilmWriter(
      try FilmReader.header(in: text), vocabulary: try Sample.vocabulary())
    let again = try writer.beginning() + frames.flatMap { try writer.bytes(of: $0) }
    #expect(String(decoding: try again + writer.ending(), as: UTF8.self) == text)
  }

  @Test func keepsACommentBehindAnEndForTheNextFrame() throws {
    let text = try SampleFilm.text(of: SampleFilm.frames()) + "# goes on\nframe 6\n\nend\n"
    let (frames, _) = try SampleFilm.read(text)
    #expect(frames.last?.comments.map(\.text) == ["# goes on"])
  }

  @Test(arguments: ["62", "62.5", "0.001", "1000000000"])
  func tellsWhereInItsClipItBegins(seconds: String) throws {
    let text = try SampleFilm.text(of: SampleFilm.frames())
      .replacingOccurrences(of: "rate 30000/1001", with: "rate 30000/1001 from \(seconds)")
    let header = try FilmReader.header(in: text)
    #expect(header.from.description == seconds)
    #expect(FilmText.text(of: header).contains("rate 30000/1001 from \(seconds)\n"))
    #expect(FilmTime(seconds: header.from.seconds) == header.from)
  }

  /// The word `end`, alone in a row of a key frame, ends nothing.
  @Test func isEndedByALineAlone() throws {
    let vocabulary = try Vocabulary(text: "end\nframe\n")
    let shape = try SampleFilm.header().shape
    for word in [Int32(0), 1] {
      let words = [Int32](repeating: word, count: shape.wordCount)
      let frame = FilmFrame(.key(try #require(Pyramid(shape: shape, words: words))))
      var writer = FilmWriter(try SampleFilm.header(), vocabulary: vocabulary)
      let bytes = try writer.beginning() + writer.bytes(of: frame) + writer.ending()
      var (reader, found) = (FilmReader(vocabulary: vocabulary), [FilmFrame]())
      for line in String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n") {
        if let frame = try reader.take(line) { found.append(frame) }
      }
      #expect(found == [frame])
      #expect(reader.hasEnded)
    }
  }

  @Test func isContinuedBehindItsEnd() throws {
    let frames = try SampleFilm.frames()
    var writer = FilmWriter(
      try SampleFilm.header(), vocabulary: try Sample.vocabulary(), after: frames.count)
    let more = FilmFrame(.changes([]))
    let text =
      try SampleFilm.text(of: frames)
      + String(
        decoding: writer.bytes(of: more) + writer.ending(), as: UTF8.self)
    let (found, ending) = try SampleFilm.read(text)
    #expect(found == frames + [more])
    #expect(ending == .whole(frames: 6))
  }

  /// A film may be cut out of another one, from a key frame on.
  @Test func beginsAtAnyKeyFrame() throws {
    let text = try SampleFilm.text(of: SampleFilm.frames())
    let header = try #require(text.range(of: "frame 1 key"))
    let second = try #require(text.range(of: "frame 4 key"))
    let part = text[..<header.lowerBound] + text[second.lowerBound...]
    #expect(try SampleFilm.read(String(part)).frames == Array(SampleFilm.frames().suffix(2)))
  }

  @Test(arguments: FilmWriter.Format.allCases)
  func keepsWholeFramesWhereverItIsCut(format: FilmWriter.Format) throws {
    let frames = try SampleFilm.frames()
    let text = try SampleFilm.text(of: frames, format: format)
    let start = try SampleFilm.text(of: [], format: format).utf8.count
    var counts: [Int] = []
    for length in stride(from: start, to: text.utf8.count - 1, by: 7) {
      let cut = String(decoding: Array(text.utf8.prefix(length)), as: UTF8.self)
      let (found, ending) = try SampleFilm.read(cut)
      #expect(found == Array(frames.prefix(found.count)))
      #expect(ending == .cut(frames: found.count))
      #expect(ending.notice?.contains("\(found.count) whole frame") == true)
      counts.append(found.count)
    }
    #expect(counts == counts.sorted())
    #expect(counts.last == 4 || counts.last == 5)
  }

  @Test(arguments: [
    ("spae film 1", "spae film 7", 1, 11, "film version '7' is not known"),
    ("spae film 1", "spae 1", 1, 1, "not a film"),
    ("rate 30000/1001", "rate 0", 6, 6, "'0' is not a frame rate"),
    ("grid 8", "grid 9", 5, 1, "'9' is not a grid"),
    ("rate 30000/1001", "rate 25 from -1", 6, 9, "'from -1' is no time of the clip"),
    ("rate 30000/1001", "rate 25 till 1", 6, 9, "'till 1' is no time of the clip"),
    ("rate 30000/1001", "speed 2", 6, 1, "expected 'rate FRAMES-A-SECOND', got 'speed 2'"),
    ("frame 1 key", "frame 1", 8, 1, "expected a key frame"),
    ("\nframe 3\n", "\nframe 4\n", 0, 1, "expected 'frame 3', 'frame 3 key' or 'end'"),
    ("\nframe 4 key\n", "\nframe 3 key\n", 0, 1, "expected 'frame 4', 'frame 4 key' or 'end'"),
    ("5:8,8 dog", "6:8,8 dog", 0, 1, "there is no 6:8,8: the layers are 1 to 5"),
    ("5:8,8 dog", "5:9,8 dog", 0, 1, "there is no 5:9,8: the rows of layer 5 are 1 to 8"),
    ("5:8,8 dog", "5:8,0 dog", 0, 1, "there is no 5:8,0: the columns of layer 5 are 1 to 8"),
    ("5:8,8 dog", "  5:8,8 dug", 0, 9, "'dug' is not in the vocabulary; near it are dog"),
    ("5:8,8 dog", "5:8 dog", 0, 1, "expected 'LAYER:ROW,COLUMN WORD'"),
    ("5:8,8 dog", "5:8,8", 0, 1, "expected 'LAYER:ROW,COLUMN WORD'"),
    ("5:8,8 dog", "5:8,8 dog\n5:8,8 cat", 0, 1, "5:8,8 changes twice in this frame"),
    ("layer 4\n", "layer 5\n", 0, 1, "expected 'layer 4', got 'layer 5'"),
    ("steady 12", "steady 0", 0, 8, "expected 'steady LEVELS', from 1 to 255, got 'steady 0'"),
    ("steady 12", " steady  256", 0, 10, "from 1 to 255, got 'steady  256'"),
    ("steady 12", "steady -1", 0, 8, "from 1 to 255, got 'steady -1'"),
    ("steady 12", "steady 12 3", 0, 8, "from 1 to 255, got 'steady 12 3'"),
    ("steady 12", "steady", 0, 1, "expected 'steady LEVELS', from 1 to 255, got 'steady'"),
    ("steady 12", "steady 12\nsteady 3", 0, 1, "'steady 3' is not expected here"),
    (
      "steady 12\n\nlayer 1\n", "\nlayer 1\n  steady 12\n", 0, 3,
      "'steady 12' is not expected here: it stands once in a key frame, before 'layer 1'"
    ),
    ("layer 3\n", "layer 3\nsteady 3\n", 0, 1, "'steady 3' is not expected here"),
    ("layer 3\n", "hen\nlayer 3\n", 17, 1, "layer 2"),
    ("frame 3\n", "frame 3\nsteady 12", 0, 1, "'steady 12' is not expected here"),
  ])
  func namesWhereItIsWrong(
    old: String, new: String, line: Int, column: Int, problem: String
  ) throws {
    let text = try SampleFilm.text(of: SampleFilm.frames())
    let place = try #require(text.range(of: old))
    let damaged = text.replacingCharacters(in: place, with: new)
    let error = try #require(throws: FilmTextError.self) { try SampleFilm.read(damaged) }
    #expect(error.problem.description.contains(problem))
    #expect(error.column == column)
    let changed = damaged[..<damaged.index(place.lowerBound, offsetBy: new.count)]
      .components(separatedBy: "\n")
    let expected = changed.count - (new.hasSuffix("\n") ? 1 : 0)
    #expect(error.line == (line == 0 ? expected : line))
  }

  @Test(arguments: [
    ("\"film\":1", "\"film\":2", 1, "\"film\" in the film's header must be 1"),
    ("30000/1001", "0", 1, "\"rate\" in the film's header must be frames a second, such as \"25\""),
    ("\"grid\":8", "\"grid\":9", 1, "\"grid\" in the film's header must be 8, 16, 32 or 64"),
    ("\"width\":", "\"width\":-", 1, "\"source.width\" in the film's header must be pixels"),
    ("\"rate\":", "\"rats\":", 1, "rate is missing; the first line is such as {\"film\":1,"),
    (
      "\"rate\":\"30000/1001\"", "\"rate\":25", 1,
      "rate is of another type; the first line is such as"
    ),
    ("\"rate\":", "\"from\":-1,\"rate\":", 1, "\"from\" in the film's header must be seconds"),
    ("5:8,8", "5:9,8", 3, "there is no 5:9,8"),
    ("8\",\"dog\"", "8\",\"dug\"", 3, "'dug' is not in the vocabulary"),
    ("\"frame\":3", "\"frame\":7", 4, "expected 'frame 3'"), ("\"frame\":2}", "", 3, "JSON"),
    ("\"steady\":12", "\"steady\":256", 5, "from 1 to 255, got 'steady 256'"),
    ("\"steady\":12", "\"steady\":0", 5, "from 1 to 255, got 'steady 0'"),
    ("\"steady\":12", "\"steady\":13.5", 5, "steady is 13.5: a whole number is expected"),
    ("\"frame\":2}", "\"frame\":2.25}", 3, "frame is 2.25: a whole number is expected"),
    ("\"frame\":2}", "\"frame\":2,\"steady\":12}", 3, "\"steady\" is for a key frame"),
  ])
  func namesTheLineOfJSON(old: String, new: String, line: Int, problem: String) throws {
    let text = try SampleFilm.text(of: SampleFilm.frames(), format: .json)
    let place = try #require(text.range(of: old))
    let error = try #require(throws: FilmTextError.self) {
      try SampleFilm.read(text.replacingCharacters(in: place, with: new))
    }
    #expect(error.line == line)
    #expect(error.problem.description.contains(problem))
  }

  /// What a person wrote behind the end, and into a frame that is not whole, is not lost.
  @Test(arguments: [
    ("end\n", "end  # the last\n# a note\n\n# another\n", ["# the last", "# a note", "# another"]),
    ("end\n", "end\n# a note", ["# a note"]), ("end\n", "end", []),
    ("end\n", "frame 6\n# a note\n", ["# a note"]),
    ("end\n", "end # mine\n# a note\nframe 6\nend\n# behind\n", ["# behind"]),
  ])
  func keepsWhatIsBehindItsEnd(end: String, new: String, comments: [String]) throws {
    let frames = try SampleFilm.frames()
    let text = try SampleFilm.text(of: frames).dropLast(end.count) + new
    let path = NSTemporaryDirectory() + "film-\(UUID().uuidString).spae"
    try String(text).write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let film = try FilmFile(path: path) { _ in try Sample.vocabulary() }
    var found: [FilmFrame] = []
    let behind = try film.readAll { found.append($0) }
    #expect(behind.map(\.text) == comments)
    #expect(Array(found.prefix(5)) == frames)
    var writer = FilmWriter(try SampleFilm.header(), vocabulary: try Sample.vocabulary())
    var written = try writer.beginning()
    for frame in found { written += try writer.bytes(of: frame) }
    let again = String(decoding: written + (try writer.ending(behind)), as: UTF8.self)
    for comment in ["# the last", "# mine", "# a note", "# another", "# behind"] {
      #expect(again.contains(comment) == new.contains(comment), "\(again.suffix(200))")
    }
  }

  @Test func isNoPicture() throws {
    let text = try SampleFilm.text(of: SampleFilm.frames())
    let vocabulary = try Sample.vocabulary()
    let error = #expect(throws: PyramidTextError.self) {
      try PyramidText.document(from: text, vocabulary: vocabulary)
    }
    #expect(error?.problem == .film)
    let (first, _, hasMore) = try FilmReader.frame(1, in: text, vocabulary: vocabulary)
    #expect(first?.pyramid == (try Sample.document(seed: 1)).pyramid)
    #expect(hasMore)
    let frames = try pyramids(of: SampleFilm.frames())
    for (index, pyramid) in frames.enumerated() {
      let found = try FilmReader.frame(index + 1, in: text, vocabulary: vocabulary)
      #expect(found.document?.pyramid == pyramid && found.hasOthers)
    }
    let none = try FilmReader.frame(99, in: text, vocabulary: vocabulary)
    #expect(none.document == nil && none.frames == frames.count)
  }
}

@Suite struct FileOfAFilm {
  private let path = NSTemporaryDirectory() + "film-\(UUID().uuidString).spae"

  @Test(arguments: FilmWriter.Format.allCases)
  func givesAnyFrame(format: FilmWriter.Format) throws {
    let frames = try SampleFilm.frames()
    try SampleFilm.text(of: frames, format: format).write(
      toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let film = try FilmFile(path: path) { _ in try Sample.vocabulary() }
    #expect(try film.scan(atMost: 2) == nil)
    #expect(film.frames == 2)
    #expect(try film.scan() == .whole(frames: 5))
    #expect(film.keyFrames == [0, 3])
    let expected = pyramids(of: frames)
    for frame in [0, 1, 2, 3, 4, 0, 2, 4, 3, 1] {
      #expect(try film.pyramid(ofFrame: frame) == expected[frame])
      let shown = try #require(try film.shown(ofFrame: frame))
      #expect(shown.pyramid == expected[frame] && shown.isKey == [0, 3].contains(frame))
      #expect(shown.steady == (frame < 3 ? 0 : 12))
    }
    // Where nothing is filtered a frame needs none before it.
    #expect(try [2, 3, 4].map { try film.firstFrame(toShow: $0) } == [2, 3, 3])
    #expect(try film.shown(ofFrame: 5) == nil)
    #expect(try film.pyramid(ofFrame: 5) == nil)
  }

  @Test func growsWhileItIsWritten() throws {
    let frames = try SampleFilm.frames()
    var writer = FilmWriter(try SampleFilm.header(), vocabulary: try Sample.vocabulary())
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(try writer.beginning() + writer.bytes(of: frames[0])))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let film = try FilmFile(path: path) { _ in try Sample.vocabulary() }
    #expect(try film.scan() == .cut(frames: 1))
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    for frame in frames.dropFirst() {
      let bytes = try writer.bytes(of: frame)
      try file.write(contentsOf: bytes.prefix(5))
      _ = try film.scan()
      try file.write(contentsOf: bytes.dropFirst(5))
      _ = try film.scan()
    }
    try file.write(contentsOf: try writer.ending())
    #expect(try film.scan() == .whole(frames: 5))
    #expect(try film.pyramid(ofFrame: 4) == pyramids(of: frames)[4])
  }
}

private func pyramids(of frames: [FilmFrame]) -> [Pyramid?] {
  var (last, all) = (Pyramid?.none, [Pyramid?]())
  for frame in frames {
    last = frame.pyramid(after: last)
    all.append(last)
  }
  return all
}
