import CPicture

/// What a library decoded of a file, before it is turned and laid on a background.
struct DecodedPicture {
  let width: Int
  let height: Int

  /// [height, width, 3], or [height, width, 4] with alpha.
  let samples: [UInt8]

  /// More than one: a frame of an animation, or one of several pictures.
  var pictureCount = 1
  var isCMYK = false

  /// A warning of the library that lost nothing.
  var warning: String?

  private var hasAlpha: Bool { samples.count == width * height * 4 }

  /// Whether anything shows what is behind it.
  var isTransparent: Bool {
    hasAlpha && stride(from: 3, to: samples.count, by: 4).contains { samples[$0] < 255 }
  }

  /// The picture, with white behind what is transparent.
  var image: PixelImage {
    PixelImage(
      width: width, height: height,
      pixels: hasAlpha ? Self.onWhite(samples) : samples)
  }

  /// Blends RGBA with white.
  private static func onWhite(_ rgba: [UInt8]) -> [UInt8] {
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

extension DecodedPicture {
  typealias Reader = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<spae_picture>, UnsafeMutablePointer<UInt8>?
  ) -> spae_picture_status

  /// Decodes a file; its size is checked before there is memory for its pixels.
  init(_ bytes: [UInt8], format: String, by reader: Reader) throws(ImageError) {
    var picture = spae_picture()
    try Self.check(unsafe reader(bytes, bytes.count, &picture, nil), &picture, format)
    (width, height) = (picture.width, picture.height)
    try ImageFile.check(width: width, height: height, format: format)
    var samples = [UInt8](repeating: 0, count: width * height * Int(picture.channels))
    try Self.check(unsafe reader(bytes, bytes.count, &picture, &samples), &picture, format)
    self.samples = samples
    pictureCount = Int(picture.pictures)
    isCMYK = picture.is_cmyk != 0
    warning = Self.message(&picture)
  }

  private static func check(
    _ status: spae_picture_status, _ picture: inout spae_picture, _ format: String
  ) throws(ImageError) {
    let reason = message(&picture) ?? "its data is damaged"
    switch status {
    case SPAE_PICTURE_READ: return
    case SPAE_PICTURE_UNSUPPORTED: throw .unsupportedKind(format: format, reason: reason)
    case SPAE_PICTURE_OUT_OF_MEMORY:
      throw .unreadable("there is not enough memory for the \(format) picture")
    default: throw .corrupt(format: format, reason: reason)
    }
  }

  private static func message(_ picture: inout spae_picture) -> String? {
    let text = unsafe String(cString: spae_picture_message(&picture))
    return text.isEmpty ? nil : text
  }
}
