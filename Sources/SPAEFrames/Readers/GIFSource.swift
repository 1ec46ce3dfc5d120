import CPicture
import SPAEPixels
package import SPAEPyramid

/// An animated GIF, by giflib: each frame as it is seen on the screen, on white.
@safe
package final class GIFSource: FrameSource {
  package let format = "GIF"
  package var rate: FrameRate { clock.rate }
  package var duration: Double? { clock.duration }
  package var notices: [String] { clock.notices }

  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let reader: OpaquePointer
  private var picture: spae_picture
  private var clock: AnimationClock
  private var canvas: FrameCanvas?

  /// Reads the bytes of a file.
  package init(_ bytes: [UInt8]) throws(FrameError) {
    clock = try AnimationClock(FrameTimes(GIFBlocks(bytes).times), format: "GIF")
    // giflib reads them bit by bit until the end.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(from: bytes)
    unsafe self.bytes = copy
    picture = spae_picture()
    guard let reader = unsafe spae_gif_open(copy.baseAddress, bytes.count, &picture) else {
      let reason = Self.reason(&picture)
      unsafe copy.deallocate()
      throw .corrupt(format: "GIF", reason: reason)
    }
    unsafe self.reader = reader
  }

  deinit {
    unsafe spae_gif_close(reader)
    unsafe bytes.deallocate()
  }

  package func next() throws(FrameError) -> Frame? {
    guard clock.count < clock.times.durations.count || canvas == nil else { return try end() }
    var frame = spae_gif_frame()
    guard unsafe spae_gif_next(reader, &frame, &picture) == 1 else { throw cut() }
    let part = try part(&frame)
    if canvas == nil { canvas = try screen(for: part) }
    canvas?.put(part, blends: true, disposal(frame))
    guard let image = canvas?.image else { return nil }
    let (time, duration) = clock.next()
    return Frame(image: image, time: time, duration: duration)
  }

  /// Throws where whole frames are followed by one that is not.
  private func end() throws(FrameError) -> Frame? {
    var frame = spae_gif_frame()
    if unsafe spae_gif_next(reader, &frame, &picture) != 0 { throw cut() }
    return nil
  }

  private func part(_ frame: inout spae_gif_frame) throws(FrameError) -> FrameCanvas.Part {
    let (width, height) = (Int(frame.width), Int(frame.height))
    guard width > 0, height > 0 else {
      throw .cutShort(format: format, frames: clock.count, reason: "the next frame has no pixels")
    }
    try FrameError.check(width: width, height: height, limit: FrameError.greatestScreen)
    var numbers = [UInt8](repeating: 0, count: width * height)
    guard unsafe spae_gif_pixels(reader, &numbers, &picture) == 0 else { throw cut() }
    var pixels = [UInt8](repeating: 255, count: 4 * width * height)
    let palette = unsafe Array(
      UnsafeBufferPointer(start: spae_gif_palette(&frame), count: 3 * 256))
    for (index, number) in numbers.enumerated() {
      for channel in 0..<3 { pixels[4 * index + channel] = palette[3 * Int(number) + channel] }
      if Int32(number) == frame.key { pixels[4 * index + 3] = 0 }
    }
    return .init(
      left: Int(frame.left), top: Int(frame.top), width: width, height: height, pixels: pixels)
  }

  /// A first frame that does not fit makes the screen larger, as for the picture of its file.
  private func screen(for part: FrameCanvas.Part) throws(FrameError) -> FrameCanvas {
    let width = max(Int(picture.width), part.left + part.width)
    let height = max(Int(picture.height), part.top + part.height)
    try FrameError.check(width: width, height: height, limit: FrameError.greatestScreen)
    return FrameCanvas(width: width, height: height)
  }

  private func disposal(_ frame: spae_gif_frame) -> FrameCanvas.Disposal {
    switch frame.disposal {
    case 2: .isCleared
    case 3: .isUndone
    default: .stays
    }
  }

  private func cut() -> FrameError {
    .cutShort(format: format, frames: clock.count, reason: Self.reason(&picture))
  }

  private static func reason(_ picture: inout spae_picture) -> String {
    let text = unsafe String(cString: spae_picture_message(&picture))
    return text.isEmpty ? "it is truncated" : text.lowercased()
  }
}
