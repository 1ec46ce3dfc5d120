import CWebP
package import SPAEPixels
package import SPAEPyramid
package import SPAESystem

/// Writes an animated WebP that begins again at its end and keeps every pixel, by libwebp.
@safe
package final class WebPSink: FrameSink {
  private let file: GrowingFile
  private let rate: FrameRate
  private var encoder: OpaquePointer?
  private var count = 0

  package init(_ file: GrowingFile, rate: FrameRate) { (self.file, self.rate) = (file, rate) }

  deinit { unsafe WebPAnimEncoderDelete(encoder) }

  package func put(_ image: PixelImage) throws(FrameError) {
    guard max(image.width, image.height) <= WEBP_MAX_DIMENSION else {
      throw .unwritable("a WebP has at most \(WEBP_MAX_DIMENSION) pixels a side")
    }
    if unsafe encoder == nil {
      unsafe encoder = spae_webp_animation(Int32(image.width), Int32(image.height))
    }
    let isAdded = unsafe spae_webp_add(
      encoder, image.pixels, Int32(image.width), Int32(image.height), milliseconds)
    guard isAdded != 0 else { throw failure() }
    count += 1
  }

  package func finish() throws(FrameError) {
    guard count > 0 else { throw .unwritable("it has no frame") }
    guard unsafe WebPAnimEncoderAdd(encoder, nil, milliseconds, nil) != 0 else { throw failure() }
    var data = unsafe WebPData()
    guard unsafe WebPAnimEncoderAssemble(encoder, &data) != 0 else { throw failure() }
    defer { unsafe WebPDataClear(&data) }
    let bytes = unsafe Array(UnsafeBufferPointer(start: data.bytes, count: data.size))
    try unwritable { () throws(SystemError) in
      try file.write(bytes)
      try file.finish()
    }
  }

  private var milliseconds: Int32 { Int32((1000 * rate.seconds(toFrame: count)).rounded()) }

  private func failure() -> FrameError {
    let reason = unsafe encoder.flatMap { unsafe WebPAnimEncoderGetError($0) }
    return .unwritable(
      unsafe reason.map { unsafe String(cString: $0) } ?? "there is not enough memory")
  }
}
