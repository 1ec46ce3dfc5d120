import SPAEFrames
import SPAEPixels
import SPAEPyramid
import Testing

@Suite("y4m")
struct Y4MTests {
  private func source(_ bytes: [UInt8]) throws -> Y4MSource { try Y4MSource(ByteReader(bytes)) }

  private func grey(_ value: UInt8) -> Colour { Colour(red: value, green: value, blue: value) }

  @Test(
    "gives its frames with their times, in every sampling",
    arguments: ["420", "420jpeg", "420mpeg2", "420paldv", "422", "444", "mono"])
  func frames(sampling: String) throws {
    // 16 is black, 235 white; the sides are odd, so that planes of colour are rounded up.
    let clip = Clip.y4m(5, 3, greys: [16, 235, 126], sampling: sampling)
    let source = try source(clip)
    #expect(source.rate == FrameRate(25))
    let frames = try source.all()
    #expect(frames.map(\.image[2, 4]) == [grey(0), grey(255), grey(128)])
    #expect(frames.map(\.time) == [0, 0.04, 0.08])
    #expect(frames.allSatisfy { $0.image.width == 5 && $0.image.height == 3 })
  }

  @Test("of full range takes brightness as it is")
  func fullRange() throws {
    let clip = Clip.y4m(4, 4, greys: [16, 235], more: " XYSCSS=420JPEG XCOLORRANGE=FULL")
    #expect(try source(clip).all().map(\.image[0, 0]) == [grey(16), grey(235)])
  }

  // The primary colours in BT.601 of limited range, as its tables have them.
  @Test(
    "has the colours of BT.601",
    arguments: [
      ([81, 90, 240], Colour(red: 255, green: 0, blue: 0)),
      ([145, 54, 34], Colour(red: 0, green: 255, blue: 0)),
      ([41, 240, 110], Colour(red: 0, green: 0, blue: 255)),
      ([210, 16, 146], Colour(red: 255, green: 255, blue: 0)),
    ] as [([UInt8], Colour)])
  func colours(planes: [UInt8], colour: Colour) throws {
    let bytes = Array("YUV4MPEG2 W1 H1 F1:1 C444\nFRAME\n".utf8) + planes
    let pixel = try #require(try source(bytes).next()).image[0, 0]
    for (found, expected) in [
      (pixel.red, colour.red), (pixel.green, colour.green), (pixel.blue, colour.blue),
    ] {
      #expect(abs(Int(found) - Int(expected)) <= 2, "\(pixel)")
    }
  }

  // One row of 8 pixels, with 4 samples of red of which the second alone differs; the picture's red
  // is greatest where that sample lies.
  @Test(
    "puts colour where its samples lie",
    arguments: [
      ("420jpeg", [4, 28, 76, 76, 28, 4, 4, 4].map { $0 - 4 }),
      ("422", [0, 48, 96, 48, 0, 0, 0, 0]),
      ("420mpeg2", [0, 48, 96, 48, 0, 0, 0, 0]),
    ] as [(String, [Int])])
  func siting(sampling: String, expected: [Int]) throws {
    let header = "YUV4MPEG2 W8 H1 F1:1 C\(sampling) XCOLORRANGE=FULL\nFRAME\n"
    let planes = Clip.repeated(100, 8) + Clip.repeated(128, 4) + [128, 196, 128, 128]
    let image = try #require(try source(Array(header.utf8) + planes).next()).image
    for (column, more) in expected.enumerated() {
      #expect(abs(Int(image[0, column, 0]) - 100 - more) <= 1, "\(sampling) at \(column)")
    }
  }

  @Test("written is read again, within rounding")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let images = (0..<3).map { Clip.moving($0) }
    let rate = try #require(FrameRate("30000/1001"))
    let clip = try Clip.written(images, as: "y4m", rate: rate, in: folder.path)
    let source = try source(clip.bytes)
    #expect(source.rate == rate)
    for (frame, image) in zip(try source.all(), images) {
      #expect(frame.image.psnr(to: image) > 45)
    }
    #expect(clip.bytes.starts(with: "YUV4MPEG2 W16 H16 F30000:1001 ".utf8))
  }

  @Test("cut anywhere gives the frames that are whole, and says where it broke")
  func cut() throws {
    let clip = Clip.y4m(4, 4, greys: [16, 100, 200])
    let frame = 6 + 16 + 8
    let header = clip.count - 3 * frame
    for count in header..<clip.count {
      let (frames, error) = try source(Array(clip.prefix(count))).untilError()
      let whole = (count - header) / frame
      #expect(frames.count == whole)
      if count == header {
        #expect(error == .noFrames(format: "y4m"))
      } else if (count - header).isMultiple(of: frame) {
        #expect(error == nil)
      } else {
        #expect(error?.wholeFrames == whole && error != nil, "cut to \(count) bytes")
      }
    }
  }

  @Test(
    "refuses what it cannot read, with the reason",
    arguments: [
      ("YUV4MPEG2 W4 H4 F25:1", "does not end"), ("YUV4MPEG2 H4 F25:1\n", "no width"),
      ("YUV4MPEG2 W0 H4 F25:1\n", "'W0'"), ("YUV4MPEG2 W-4 H4 F25:1\n", "'W-4'"),
      ("YUV4MPEG2 W4 H4 F25:1 C420p10\n", "'420p10'"), ("YUV4MPEG2 W4 H4 F0:0\n", "--fps"),
      ("YUV4MPEG2 W4 H4 F0:1\n", "--fps"), ("YUV4MPEG2 W4 H4\n", "--fps"),
      ("YUV4MPEG2 W99999 H99999 F25:1\n", "99999 x 99999"),
      ("YUV4MPEG2 W9223372036854775807 H9223372036854775807 F25:1\n", "make it smaller"),
      ("YUV4MPEG2 W99999999999999999999 H4 F25:1\n", "'W99999999999999999999'"),
    ])
  func refused(text: String, reason: String) throws {
    let error = #expect(throws: FrameError.self) { try source(Array(text.utf8)) }
    #expect(error?.description.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test("without a rate of its own takes the one that is given")
  func assumedRate() throws {
    let clip = Clip.y4m(4, 4, greys: [16, 100], rate: "F0:0")
    let source = try Y4MSource(ByteReader(clip), assumed: FrameRate(10))
    #expect(try source.all().map(\.time) == [0, 0.1])
  }

  @Test("of one pixel is read")
  func onePixel() throws {
    #expect(try source(Clip.y4m(1, 1, greys: [235])).all().map(\.image[0, 0]) == [grey(255)])
  }
}
