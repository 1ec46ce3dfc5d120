import SPAEFrames
import SPAEPixels

// MARK: Clips

extension Subject {
  static func clips(root: String) throws -> [Subject] {
    let folder = root + "/Tests/SPAEPixelsTests/Fixtures"
    let gifs = try ["animation", "beyond", "interlaced", "part-transparent"].map {
      "\(folder)/kinds/\($0).gif"
    }
    .map { try ImageFile.bytes(path: $0) }
    let webP = try ImageFile.bytes(path: folder + "/animated.webp")
    return [
      Subject(
        name: "y4m", seed: 30,
        fixtures: [
          y4m("420jpeg", colours: 8), y4m("444", colours: 18), y4m("mono", colours: 0),
        ],
        tokens: numbers + [
          "YUV4MPEG2 ", "FRAME\n", "FRAME Ip\n", " W", " H", " F25:1", " F0:0", " C420paldv",
          " C411", " C420p10", " XCOLORRANGE=FULL", "\n", "99999999",
        ],
        hostile: [
          Array("YUV4MPEG2 W40000000 H1 F1:1\nFRAME\n".utf8),
          Array("YUV4MPEG2 W6000 H6000 F1:1\nFRAME\n".utf8),
          Array("YUV4MPEG2 ".utf8) + [UInt8](repeating: 0x41, count: 1_000_000),
        ],
        read: { try readFrames(of: Y4MSource(ByteReader($0))) }),
      Subject(
        name: "gif-film", seed: 31, fixtures: gifs,
        tokens: ["GIF89a", "NETSCAPE2.0", "!", ",", ";", "\u{2}", "\0"],
        read: { try readFrames(of: GIFSource($0)) }),
      Subject(
        name: "webp-film", seed: 32, fixtures: [webP],
        tokens: ["RIFF", "WEBP", "VP8X", "VP8L", "ANIM", "ANMF", "ALPH", "VP8 "],
        read: { try readFrames(of: WebPSource($0)) }),
    ]
  }

  /// Reads some frames, which shows whether the next one is found; each costs as much as the screen
  /// that a hostile header wishes for.
  private static func readFrames(of source: some FrameSource) throws {
    let frames = SelectedFrames(source, .init())
    for _ in 0..<3 {
      guard let frame = try frames.next() else { return }
      guard frame.image.pixels.count == 3 * frame.image.width * frame.image.height else {
        throw Disagreement()
      }
    }
  }

  /// A film of two frames of 3 x 3 pixels.
  private static func y4m(_ sampling: String, colours size: Int) -> [UInt8] {
    let frame = Array("FRAME\n".utf8) + (0..<9 + size).map { UInt8(20 + 7 * $0) }
    return Array("YUV4MPEG2 W3 H3 F25:1 C\(sampling)\n".utf8) + frame + frame
  }
}
