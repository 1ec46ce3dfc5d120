import CWebP

extension PictureFormat {
  static let webP = PictureFormat(
    "WebP", suffixes: ["webp"], mayMove: { !WebPChunks($0).areStill },
    matches: {
      $0.count >= 12 && $0.starts(with: "RIFF".utf8) && $0[8..<12].elementsEqual("WEBP".utf8)
    }, read: ImageFile.webP)
}

extension ImageFile {
  /// Reads a WebP, turned as its metadata says; of an animation its first frame; alpha is laid on
  /// white.
  static func webP(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    var features = WebPBitstreamFeatures()
    let status = unsafe WebPGetFeatures(bytes, bytes.count, &features)
    guard status == VP8_STATUS_OK else { throw corrupt(status) }
    let (width, height) = (Int(features.width), Int(features.height))
    try check(width: width, height: height, format: "WebP")
    let rgba =
      features.has_animation != 0
      ? try firstFrame(bytes, width: width, height: height)
      : try still(bytes, width: width, height: height)
    let container = WebPContainer(bytes)
    return ImageFile(
      DecodedPicture(width: width, height: height, samples: rgba), format: "WebP",
      metadata: container.metadata, notes: container.frames > 1 ? [firstFrameNote] : [])
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
    try check(width: frameWidth, height: frameHeight, format: "WebP")
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

/// What a WebP holds beside its pixels.
private struct WebPContainer {
  private(set) var frames = 0
  private(set) var metadata = PictureMetadata()

  /// Nothing where the file is cut or damaged behind its pixels.
  init(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let demuxer = unsafe spae_webp_demux(buffer.baseAddress, buffer.count) else { return }
      defer { unsafe WebPDemuxDelete(demuxer) }
      frames = Int(unsafe WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT))
      metadata.exif = unsafe Self.chunk("EXIF", demuxer)
      metadata.xmp = unsafe Self.chunk("XMP ", demuxer)
    }
  }

  private static func chunk(_ name: String, _ demuxer: OpaquePointer) -> ArraySlice<UInt8>? {
    var iterator = unsafe WebPChunkIterator()
    guard unsafe WebPDemuxGetChunk(demuxer, name, 1, &iterator) != 0 else { return nil }
    defer { unsafe WebPDemuxReleaseChunkIterator(&iterator) }
    let content = unsafe UnsafeBufferPointer(
      start: iterator.chunk.bytes, count: iterator.chunk.size)
    return unsafe ArraySlice(content)
  }
}

/// The chunks of a WebP, whose beginning at least is there.
private struct WebPChunks {
  /// Whether it is no animation, or one of one frame that is all there.
  private(set) var areStill = false

  init(_ bytes: [UInt8]) {
    guard bytes.count > 20 else { return }
    let isAnimation = Self.name(bytes, at: 12) == "VP8X" && bytes[20] & 2 != 0
    let isWhole = bytes.count >= 8 + Self.number(bytes, at: 4)
    areStill = !isAnimation || isWhole && Self.frames(bytes) == 1
  }

  private static func frames(_ bytes: [UInt8]) -> Int {
    var (at, count) = (12, 0)
    while at + 8 <= bytes.count {
      if name(bytes, at: at) == "ANMF" { count += 1 }
      let length = number(bytes, at: at + 4)
      at += 8 + length + length % 2
    }
    return count
  }

  private static func name(_ bytes: [UInt8], at start: Int) -> String {
    String(decoding: bytes[start..<start + 4], as: UTF8.self)
  }

  private static func number(_ bytes: [UInt8], at start: Int) -> Int {
    bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
