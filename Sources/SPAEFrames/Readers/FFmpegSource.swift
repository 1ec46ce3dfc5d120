import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// A film that ffmpeg reads in a child process, which ends with this object.
///
/// The frames come as PPM, each with its own size: those of a film whose size changes are resampled
/// to that of its first.
package final class FFmpegSource: FrameSource {
  package let format: String
  package let rate: FrameRate
  package let duration: Double?
  package private(set) var notices: [String] = []

  private let ffmpeg: FFmpeg
  private let child: ChildProcess
  private let reader: ByteReader
  private let from: Double
  private let length: Double?
  private var size: (width: Int, height: Int)?
  private var count = 0

  /// Starts reading at the first frame of a selection, whose times then count from there.
  package init(
    path: String, format: String, _ selection: FrameSelection, by ffmpeg: FFmpeg
  ) throws(FrameError) {
    let facts = try ffmpeg.facts(of: path, format: format)
    (self.format, self.ffmpeg) = (format, ffmpeg)
    (from, length) = (selection.from, facts.duration)
    rate = selection.rate ?? facts.rate
    if facts.isVarying, selection.rate == nil {
      notices = ["its frames come at varying times: \(rate) a second are taken; --fps takes others"]
    }
    let end = [selection.to, facts.duration].compactMap { $0 }.min()
    duration = end.map { max(0, $0 - selection.from) }
    let child = try ffmpeg.start(Self.arguments(path, selection, rate))
    self.child = child
    reader = ffmpeg.reader(of: child)
  }

  deinit { child.kill() }

  private static func arguments(
    _ path: String, _ selection: FrameSelection, _ rate: FrameRate
  ) -> [String] {
    var arguments = ["-nostdin", "-v", "error"]
    if selection.from > 0 { arguments += ["-ss", "\(selection.from)"] }
    if let to = selection.to { arguments += ["-t", "\(max(0, to - selection.from))"] }
    // Pixels that are no squares become some.
    let filters =
      "fps=\(rate.numerator)/\(rate.denominator),"
      + "scale=round(iw*sar):ih:flags=bicubic+accurate_rnd+full_chroma_int"
    return arguments + FFmpeg.input(path) + [
      "-map", "0:V:0", "-vf", filters, "-c:v", "ppm", "-pix_fmt", "rgb24", "-f", "image2pipe",
      "pipe:1",
    ]
  }

  package func next() throws(FrameError) -> Frame? {
    child.shortenLog()
    do throws(FrameError) { return try read() } catch { throw error.behind(count) }
  }

  private func read() throws(FrameError) -> Frame? {
    guard let header = try header() else { return try end() }
    let bytes = header.width * header.height * 3
    let pixels = try reader.take(bytes)
    guard pixels.count == bytes else { throw cut() }
    var image = PixelImage(width: header.width, height: header.height, pixels: pixels)
    let size = self.size ?? (header.width, header.height)
    if size != (image.width, image.height) {
      if !notices.contains(Self.sizeNotice) { notices.append(Self.sizeNotice) }
      image = image.resampled(width: size.width, height: size.height)
    }
    self.size = size
    defer { count += 1 }
    return Frame(
      image: image, time: rate.seconds(toFrame: count), duration: 1 / rate.framesPerSecond)
  }

  private static let sizeNotice = "the size of its frames changes: all become that of the first"

  /// The three lines before the pixels of a frame; nil at the end.
  private func header() throws(FrameError) -> (width: Int, height: Int)? {
    guard try !reader.peek(1).isEmpty else { return nil }
    guard try reader.line(limit: 16) == Array("P6".utf8), let sizes = try reader.line(limit: 64),
      try reader.line(limit: 16) == Array("255".utf8)
    else { throw cut() }
    let sides = String(decoding: sizes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard sides.count == 2, sides[0] > 0, sides[1] > 0 else { throw cut() }
    try FrameError.check(width: sides[0], height: sides[1])
    return (sides[0], sides[1])
  }

  private func end() throws(FrameError) -> Frame? {
    if let failure = ffmpeg.ending(of: child, behind: count) { throw failure }
    let log = child.lastLines(1)
    if count == 0 {
      guard log.isEmpty else {
        throw .ffmpegFailed(frames: 0, status: 0, log: child.lastLines(3))
      }
      if from > 0 { throw .nothingSelected(seconds: length ?? from) }
      throw .noFrames(format: format)
    }
    notices += log.map { "ffmpeg says: \($0)" }
    return nil
  }

  /// Its output broke off: it was killed, or a disk is full.
  private func cut() -> FrameError {
    ffmpeg.ending(of: child, behind: count)
      ?? .cutShort(format: format, frames: count, reason: "ffmpeg's answer breaks off")
  }
}
