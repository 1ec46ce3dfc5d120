import CPNG

extension ImageFile {
  /// Reads a PNG of any depth and colour type, turned as its EXIF orientation says; alpha is laid on
  /// white, and of an animation the first frame is taken.
  static func png(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    let chunks = PNGChunks(bytes)
    let pixels = try pixels(ofPNG: chunks.withoutGamma(bytes))
    let turn = Orientation(exif: chunks.exif)
    let image = PixelImage(
      width: pixels.width, height: pixels.height, pixels: onWhite(pixels.rgba))
    return ImageFile(
      image: turn.applied(to: image), format: "PNG",
      notes: (pixels.hasAlpha ? ["transparency was laid on white"] : [])
        + (chunks.isAnimated ? ["only the first frame of the animation is used"] : [])
        + turn.notes)
  }

  /// What libpng reads: RGBA of 8 bits with the file's own numbers.
  private struct PNGPixels {
    let width: Int
    let height: Int
    let hasAlpha: Bool
    /// [height, width, 4]
    var rgba: [UInt8]
  }

  private static func pixels(ofPNG bytes: [UInt8]) throws(ImageError) -> PNGPixels {
    // The reader keeps the address of the bytes between its calls.
    try unsafe bytes.withUnsafeBufferPointer { bytes throws(ImageError) in
      var header = unsafe png_image()
      unsafe spae_png_prepare(&header)
      defer { unsafe png_image_free(&header) }
      guard
        unsafe png_image_begin_read_from_memory(&header, bytes.baseAddress, bytes.count) != 0
      else { throw .corrupt(format: "PNG", reason: unsafe message(&header)) }
      let (width, height) = unsafe (Int(header.width), Int(header.height))
      try check(width: width, height: height)
      var pixels = PNGPixels(
        width: width, height: height,
        hasAlpha: unsafe header.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0,
        rgba: [UInt8](repeating: 0, count: width * height * 4))
      // The simplified interface would blend alpha in linear light.
      unsafe header.format = UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
      if unsafe sixteenBits(bytes) { unsafe header.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB) }
      let read = unsafe png_image_finish_read(&header, nil, &pixels.rgba, 0, nil)
      guard read != 0, unsafe spae_png_failed(&header) == 0 else {
        throw .corrupt(format: "PNG", reason: unsafe message(&header))
      }
      return pixels
    }
  }

  /// Whether the header says 16 bits a sample, which are then sRGB like those of 8 bits.
  private static func sixteenBits(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    unsafe bytes.count > 24 && bytes[24] == 16
  }

  private static func message(_ image: UnsafePointer<png_image>) -> String {
    unsafe String(cString: spae_png_message(image))
  }

  /// Blends RGBA with white.
  static func onWhite(_ rgba: [UInt8]) -> [UInt8] {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(rgba.count / 4 * 3)
    for pixel in 0..<rgba.count / 4 {
      let alpha = Int(rgba[4 * pixel + 3])
      for channel in 0..<3 {
        let blended = Int(rgba[4 * pixel + channel]) * alpha + 255 * (255 - alpha)
        rgb.append(UInt8((blended + 127) / 255))
      }
    }
    return rgb
  }
}

/// The chunks of a PNG that libpng's simplified interface does not tell of.
private struct PNGChunks {
  private(set) var exif: ArraySlice<UInt8>?
  private(set) var isAnimated = false

  /// The whole chunks of gamma, with length and checksum.
  private var gamma: [Range<Int>] = []

  init(_ bytes: [UInt8]) {
    var at = 8
    while at + 12 <= bytes.count {
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - at - 12 else { return }
      let content = bytes[at + 8..<at + 8 + length]
      switch String(decoding: bytes[at + 4..<at + 8], as: UTF8.self) {
      case "eXIf": exif = exif ?? content
      case "acTL": isAnimated = true
      case "gAMA": gamma.append(at..<at + 12 + length)
      case "IEND": return
      default: break
      }
      at += 12 + length
    }
  }

  /// The file as if it told no gamma, so that its numbers are taken as sRGB.
  ///
  /// Browsers apply a gamma that is not sRGB's own; most viewers, Pillow and with it everything that
  /// learns from pictures do not. A model has to see here what it saw in training.
  func withoutGamma(_ bytes: [UInt8]) -> [UInt8] {
    guard !gamma.isEmpty else { return bytes }
    var plain: [UInt8] = []
    var start = 0
    for range in gamma {
      plain += bytes[start..<range.lowerBound]
      start = range.upperBound
    }
    return plain + bytes[start...]
  }
}

extension PixelImage {
  /// The picture as the bytes of a PNG file.
  public func pngBytes() throws(ImageError) -> [UInt8] {
    var header = unsafe png_image()
    unsafe spae_png_prepare(&header)
    unsafe header.width = UInt32(width)
    unsafe header.height = UInt32(height)
    unsafe header.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    // No PNG of these pixels is longer than this: deflate adds little to what it cannot press.
    var count = png_alloc_size_t(pixels.count + pixels.count / 100 + height + 4096)
    var bytes = [UInt8](repeating: 0, count: Int(count))
    guard unsafe png_image_write_to_memory(&header, &bytes, &count, 0, pixels, 0, nil) != 0 else {
      throw .unwritable(unsafe String(cString: spae_png_message(&header)))
    }
    return Array(bytes.prefix(Int(count)))
  }
}
