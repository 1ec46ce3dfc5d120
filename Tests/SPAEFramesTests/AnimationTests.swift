import SPAEFrames
import SPAEPixels
import SPAEPyramid
import SPAESystem
import Testing

@Suite("Animated GIF and WebP")
struct AnimationTests {
  private let folder: TemporaryFolder
  private let images = (0..<5).map { Clip.moving($0) }

  init() throws { folder = try TemporaryFolder() }

  private func source(_ bytes: [UInt8], _ ending: String) throws -> any FrameSource {
    ending == "gif" ? try GIFSource(bytes) : try WebPSource(bytes)
  }

  @Test("written are read again to the pixel, at their rate", arguments: ["gif", "webp"])
  func roundTrip(ending: String) throws {
    let rate = try #require(FrameRate(10))
    let clip = try Clip.written(images, as: ending, rate: rate, in: folder.path)
    let source = try source(clip.bytes, ending)
    #expect(source.rate == rate)
    #expect(source.duration == 0.5)
    let frames = try source.all()
    #expect(frames.map(\.image) == images)
    #expect(frames.map(\.time).map { ($0 * 10).rounded() } == [0, 1, 2, 3, 4])
  }

  @Test("of a rate that their clocks do not have keep to it", arguments: ["gif", "webp"])
  func rounding(ending: String) throws {
    let rate = try #require(FrameRate("30"))
    let many = (0..<30).map { Clip.moving($0) }
    let clip = try Clip.written(many, as: ending, rate: rate, in: folder.path)
    let source = try source(clip.bytes, ending)
    #expect(source.rate == rate)
    #expect(source.duration.map { ($0 * 100).rounded() } == 100)
  }

  @Test("with frames that stand still are shown for as long", arguments: ["gif", "webp"])
  func still(ending: String) throws {
    let rate = try #require(FrameRate(10))
    let clip = try Clip.written(
      [images[0], images[0], images[0], images[1]], as: ending, rate: rate, in: folder.path)
    let selected = SelectedFrames(try source(clip.bytes, ending), .init(rate: rate))
    #expect(try selected.all().map(\.image) == [images[0], images[0], images[0], images[1]])
  }

  @Test(
    "cut short give the frames that are whole, and then the reason", arguments: ["gif", "webp"])
  func cut(ending: String) throws {
    let clip = try Clip.written(images, as: ending, rate: #require(FrameRate(10)), in: folder.path)
    var counts: Set<Int> = []
    for count in 0..<clip.bytes.count {
      guard let source = try? source(Array(clip.bytes.prefix(count)), ending) else { continue }
      let (frames, error) = source.untilError()
      #expect(frames.map(\.image) == Array(images.prefix(frames.count)))
      #expect(error != nil || count >= clip.bytes.count - 1, "cut to \(count) bytes")
      #expect(error.map { $0.wholeFrames == frames.count } ?? true)
      counts.insert(frames.count)
    }
    #expect(counts.isSuperset(of: 1...4))
  }

  @Test("of a photograph's colours are written as GIF with 256 of them")
  func quantized() throws {
    var image = PixelImage(width: 64, height: 64, colour: .white)
    for index in image.pixels.indices { image.pixels[index] = UInt8(index * 7 / 3 & 255) }
    let clip = try Clip.written([image], as: "gif", rate: #require(FrameRate(10)), in: folder.path)
    let frame = try #require(try GIFSource(clip.bytes).next())
    #expect(frame.image.psnr(to: image) > 25)
  }

  // A screen of 2 x 1: a red pixel that stays, a green one beside it, and what becomes of that when a
  // transparent frame of one pixel follows.
  @Test(
    "GIF follows what becomes of a frame",
    arguments: [
      (0, [0, 255, 0]), (1, [0, 255, 0]), (2, [255, 255, 255]), (3, [255, 255, 255]),
    ] as [(UInt8, [UInt8])])
  func disposal(method: UInt8, second: [UInt8]) throws {
    let clip = HandMadeGIF(width: 2, height: 1)
      .frame(left: 0, number: 1, disposal: 1, delay: 20)
      .frame(left: 1, number: 2, disposal: method, delay: 20)
      .frame(left: 0, number: 0, disposal: 1, delay: 20, isTransparent: true)
    let frames = try GIFSource(clip.bytes).all()
    #expect(
      frames.map { Array($0.image.pixels.prefix(3)) } == [[255, 0, 0], [255, 0, 0], [255, 0, 0]])
    #expect(
      frames.map { Array($0.image.pixels.suffix(3)) } == [[255, 255, 255], [0, 255, 0], second])
  }

  @Test(
    "GIF has the delays that browsers have",
    arguments: [(0, 0.1), (1, 0.1), (2, 0.02), (5, 0.05), (300, 3)])
  func delays(hundredths: Int, seconds: Double) throws {
    let clip = HandMadeGIF(width: 1, height: 1)
      .frame(left: 0, number: 1, disposal: 1, delay: hundredths)
      .frame(left: 0, number: 2, disposal: 1, delay: hundredths)
    let source = try GIFSource(clip.bytes)
    #expect(source.duration.map { abs($0 - 2 * seconds) < 1e-9 } == true)
    #expect(source.notices.isEmpty)
  }

  @Test("GIF of frames shown for different times begins each in time, and says so")
  func varying() throws {
    let clip = HandMadeGIF(width: 1, height: 1)
      .frame(left: 0, number: 1, disposal: 1, delay: 10)
      .frame(left: 0, number: 2, disposal: 1, delay: 30)
      .frame(left: 0, number: 1, disposal: 1, delay: 20)
    let source = try GIFSource(clip.bytes)
    #expect(source.rate == FrameRate(10))
    #expect(source.notices.count == 1)
    let reds = try SelectedFrames(source, .init()).all().map(\.image[0, 0].red)
    #expect(reds == [255, 0, 0, 0, 255, 255])
  }

  @Test("GIF with a first frame outside its screen makes that larger; a later one is cut")
  func outside() throws {
    let clip = HandMadeGIF(width: 1, height: 1)
      .frame(left: 2, number: 1, disposal: 1, delay: 10)
      .frame(left: 9, number: 2, disposal: 1, delay: 10)
    let frames = try GIFSource(clip.bytes).all()
    #expect(frames.map(\.image.width) == [3, 3])
    #expect(frames[0].image == frames[1].image)
  }

  @Test("of no frame are refused")
  func empty() {
    #expect(throws: FrameError.noFrames(format: "GIF")) {
      _ = try GIFSource(HandMadeGIF(width: 1, height: 1).bytes)
    }
  }

  @Test("a still WebP is a film of one frame")
  func still() throws {
    let bytes = try images[0].bytes(as: .webP)
    #expect(try WebPSource(bytes).all().map(\.image) == [images[0]])
  }
}

/// A GIF of frames of one pixel each, written byte by byte: number 0 is black, 1 red, 2 green.
struct HandMadeGIF {
  private var content: [UInt8]

  init(width: UInt8, height: UInt8) {
    let palette: [UInt8] = [0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]
    content = Array("GIF89a".utf8) + [width, 0, height, 0, 0x91, 0, 0] + palette
  }

  func frame(
    left: UInt8, number: UInt8, disposal: UInt8, delay: Int, isTransparent: Bool = false
  ) -> HandMadeGIF {
    var clip = self
    let low = UInt8(delay & 255)
    clip.content += [0x21, 0xF9, 4, disposal << 2 | (isTransparent ? 1 : 0)]
    clip.content += [low, UInt8(delay >> 8), 0, 0]
    clip.content += [0x2C, left, 0, 0, 0, 1, 0, 1, 0, 0]
    // Codes of 3 bits: clear (4), the number, the end (5).
    let codes = 4 | UInt16(number) << 3 | 5 << 6
    clip.content += [2, 2, UInt8(codes & 255), UInt8(codes >> 8), 0]
    return clip
  }

  var bytes: [UInt8] { content + [0x3B] }
}
