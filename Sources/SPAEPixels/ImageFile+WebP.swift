import CWebP

extension ImageFile {
  /// Reads a WebP, turned as its EXIF orientation says; of an animation its first frame; alpha is
  /// laid on white.
  static func webP(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    var features = WebPBitstreamFeatures()
    let status = unsafe WebPGetFeatures(bytes, bytes.count, &features)
    guard status == VP8_STATUS_OK else { throw corrupt(status) }
    let (width, height) = (Int(features.width), Int(features.height))
    try check(width: width, height: height)
    let rgba =
      features.has_animation != 0
      ? try firstFrame(bytes, width: width, height: height)
      : try still(bytes, width: width, height: height)
    let turn = Orientation(exif: exif(bytes))
    let image = PixelImage(width: width, height: height, pixels: onWhite(rgba))
    return ImageFile(
      image: turn.applied(to: image), format: "WebP",
      notes: (features.has_alpha != 0 ? ["transparency was laid on white"] : [])
        + (features.has_animation != 0 ? ["only the first frame of the animation is used"] : [])
        + turn.notes)
  }

  /// The content of the EXIF chunk.
  private static func exif(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var at = 12
    while at + 8 <= bytes.count {
      let length = bytes[at + 4..<at + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - at - 8 else { return nil }
      if bytes[at..<at + 4].elementsEqual("EXIF".utf8) { return bytes[at + 8..<at + 8 + length] }
      at += 8 + length + length % 2
    }
    return nil
  }

  private static func still(
    _ bytes: [UInt8], width: Int, height: Int
  ) throws(ImageError) -> [UInt8] {
    var rgba = [UInt8](repeating: 0, count: width * height * 4)
    let decoded = unsafe WebPDecodeRGBAInto(
      bytes, bytes.count, &rgba, rgba.count, Int32(width * 4))
    guard unsafe decoded != nil else {
      throw .corrupt(format: "WebP", reason: "its data is truncated or damaged")
    }
    return rgba
  }

  /// The canvas with the first frame on it.
  private static func firstFrame(
    _ bytes: [UInt8], width: Int, height: Int
  ) throws(ImageError) -> [UInt8] {
    // The demuxer keeps the address of the bytes between its calls.
    try unsafe bytes.withUnsafeBufferPointer { bytes throws(ImageError) in
      guard let demuxer = unsafe spae_webp_demux(bytes.baseAddress, bytes.count) else {
        throw .corrupt(format: "WebP", reason: "its animation is truncated or damaged")
      }
      defer { unsafe WebPDemuxDelete(demuxer) }
      var frame = unsafe WebPIterator()
      guard unsafe WebPDemuxGetFrame(demuxer, 1, &frame) != 0 else {
        throw .corrupt(format: "WebP", reason: "its animation has no frame")
      }
      defer { unsafe WebPDemuxReleaseIterator(&frame) }
      return try unsafe canvas(with: &frame, width: width, height: height)
    }
  }

  private static func canvas(
    with frame: UnsafePointer<WebPIterator>, width: Int, height: Int
  ) throws(ImageError) -> [UInt8] {
    let frame = unsafe frame.pointee
    let (frameWidth, frameHeight) = unsafe (Int(frame.width), Int(frame.height))
    let (left, top) = unsafe (Int(frame.x_offset), Int(frame.y_offset))
    try check(width: frameWidth, height: frameHeight)
    guard left >= 0, top >= 0, left + frameWidth <= width, top + frameHeight <= height else {
      throw .corrupt(format: "WebP", reason: "its first frame is outside the picture")
    }
    var pixels = [UInt8](repeating: 0, count: frameWidth * frameHeight * 4)
    let decoded = unsafe WebPDecodeRGBAInto(
      frame.fragment.bytes, frame.fragment.size, &pixels, pixels.count, Int32(frameWidth * 4))
    guard unsafe decoded != nil else {
      throw .corrupt(format: "WebP", reason: "its first frame is truncated or damaged")
    }
    var canvas = [UInt8](repeating: 0, count: width * height * 4)
    for row in 0..<frameHeight {
      let target = ((row + top) * width + left) * 4
      canvas.replaceSubrange(
        target..<target + 4 * frameWidth,
        with: pixels[row * frameWidth * 4..<(row + 1) * frameWidth * 4])
    }
    return canvas
  }

  private static func corrupt(_ status: VP8StatusCode) -> ImageError {
    status == VP8_STATUS_NOT_ENOUGH_DATA
      ? .corrupt(format: "WebP", reason: "it is truncated")
      : .corrupt(format: "WebP", reason: "its header is damaged")
  }
}
