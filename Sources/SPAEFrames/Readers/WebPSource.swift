import CWebP
import SPAEPixels
package import SPAEPyramid

/// An animated WebP, by libwebp: each frame as it is seen on the screen, on white.
@safe
package final class WebPSource: FrameSource {
  package let format = "WebP"
  package var rate: FrameRate { clock.rate }
  package var duration: Double? { clock.duration }
  package var notices: [String] { clock.notices }

  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let demuxer: OpaquePointer
  private let isWhole: Bool
  private var clock: AnimationClock
  private var canvas: FrameCanvas

  /// Reads the bytes of a file, which may be a picture without motion.
  package init(_ bytes: [UInt8]) throws(FrameError) {
    // The demuxer keeps their address.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(from: bytes)
    var state = WEBP_DEMUX_PARSING_HEADER
    guard let demuxer = unsafe spae_webp_demux_partial(copy.baseAddress, bytes.count, &state) else {
      unsafe copy.deallocate()
      throw .corrupt(format: "WebP", reason: "its beginning is truncated or damaged")
    }
    do throws(FrameError) {
      let (width, height) = unsafe (
        Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH)),
        Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT))
      )
      try FrameError.check(width: width, height: height, limit: FrameError.greatestScreen)
      let times = unsafe Self.times(demuxer)
      if times.isEmpty, state != WEBP_DEMUX_DONE {
        throw .cutShort(format: "WebP", frames: 0, reason: "it is truncated")
      }
      clock = try AnimationClock(FrameTimes(times), format: "WebP")
      canvas = FrameCanvas(width: width, height: height)
    } catch {
      unsafe WebPDemuxDelete(demuxer)
      unsafe copy.deallocate()
      throw error
    }
    unsafe (self.bytes, self.demuxer, isWhole) = (copy, demuxer, state == WEBP_DEMUX_DONE)
  }

  deinit {
    unsafe WebPDemuxDelete(demuxer)
    unsafe bytes.deallocate()
  }

  package func next() throws(FrameError) -> Frame? {
    guard clock.count < clock.times.durations.count else {
      if !isWhole { throw cut("it is truncated") }
      return nil
    }
    var frame = unsafe WebPIterator()
    guard unsafe WebPDemuxGetFrame(demuxer, Int32(clock.count + 1), &frame) != 0 else {
      throw cut("the next frame is missing")
    }
    defer { unsafe WebPDemuxReleaseIterator(&frame) }
    let disposal: FrameCanvas.Disposal =
      unsafe frame.dispose_method == WEBP_MUX_DISPOSE_BACKGROUND ? .isCleared : .stays
    let blends = unsafe frame.blend_method == WEBP_MUX_BLEND
    canvas.put(try unsafe part(&frame), blends: blends, disposal)
    let (time, duration) = clock.next()
    return Frame(image: canvas.image, time: time, duration: duration)
  }

  private func part(
    _ frame: UnsafePointer<WebPIterator>
  ) throws(FrameError) -> FrameCanvas.Part {
    let frame = unsafe frame.pointee
    let (width, height) = unsafe (Int(frame.width), Int(frame.height))
    guard width > 0, height > 0 else { throw cut("the next frame has no pixels") }
    try FrameError.check(width: width, height: height, limit: FrameError.greatestScreen)
    var pixels = [UInt8](repeating: 0, count: 4 * width * height)
    let decoded = unsafe WebPDecodeRGBAInto(
      frame.fragment.bytes, frame.fragment.size, &pixels, pixels.count, Int32(4 * width))
    guard unsafe decoded != nil else { throw cut("the next frame is damaged") }
    return unsafe .init(
      left: Int(frame.x_offset), top: Int(frame.y_offset), width: width, height: height,
      pixels: pixels)
  }

  /// The milliseconds of the frames that are whole.
  private static func times(_ demuxer: OpaquePointer) -> [Int] {
    var times: [Int] = []
    var frame = unsafe WebPIterator()
    var isThere = unsafe WebPDemuxGetFrame(demuxer, 1, &frame) != 0
    defer { unsafe WebPDemuxReleaseIterator(&frame) }
    while unsafe isThere && frame.complete != 0 {
      unsafe times.append(Int(frame.duration))
      isThere = unsafe WebPDemuxNextFrame(&frame) != 0
    }
    return times
  }

  private func cut(_ reason: String) -> FrameError {
    .cutShort(format: format, frames: clock.count, reason: reason)
  }
}
