import CTurboJPEG

extension ImageFile {
  /// Reads a JPEG, grey, colour or CMYK, turned as its EXIF orientation says.
  static func jpeg(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    guard let decoder = JPEGDecoder() else {
      throw .corrupt(format: "JPEG", reason: "the decoder cannot start")
    }
    let header = try decoder.header(bytes)
    try check(width: header.width, height: header.height)
    let samples = try decoder.samples(bytes, header)
    let image = PixelImage(
      width: header.width, height: header.height,
      pixels: header.isCMYK ? rgb(inverted: samples) : samples)
    let turn = Orientation(exif: JPEGSegments(headOf: bytes).exif)
    return ImageFile(
      image: turn.applied(to: image), format: "JPEG",
      notes: (header.isCMYK ? ["CMYK was converted without a colour profile"] : [])
        + turn.notes + decoder.notes)
  }

  /// CMYK as Adobe writes it: 255 is no ink.
  private static func rgb(inverted samples: [UInt8]) -> [UInt8] {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(samples.count / 4 * 3)
    for pixel in stride(from: 0, to: samples.count, by: 4) {
      let black = Int(samples[pixel + 3])
      for channel in 0..<3 {
        rgb.append(UInt8((Int(samples[pixel + channel]) * black + 127) / 255))
      }
    }
    return rgb
  }
}

/// A decoder of libjpeg-turbo, and what it warned of.
@safe private final class JPEGDecoder {
  struct Header {
    let width: Int
    let height: Int
    let isCMYK: Bool
  }

  private let handle: tjhandle

  /// The warnings that were passed over.
  private(set) var notes: [String] = []

  /// What libjpeg says of odd files that cameras and old programs write, and that lose nothing:
  /// filling before a marker, a revision or a scan's numbers that nobody needs.
  private static let harmless = [
    "extraneous bytes before marker", "unknown JFIF revision", "Invalid SOS parameters",
    "Unknown Adobe color transform",
  ]

  init?() {
    guard let handle = unsafe tjInitDecompress() else { return nil }
    unsafe self.handle = unsafe handle
  }

  deinit { unsafe tjDestroy(handle) }

  func header(_ bytes: [UInt8]) throws(ImageError) -> Header {
    var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let status = unsafe tjDecompressHeader3(
      handle, bytes, UInt(bytes.count), &width, &height, &sampling, &space)
    if status != 0 { try passOver() }
    let isCMYK = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
    return Header(width: Int(width), height: Int(height), isCMYK: isCMYK)
  }

  /// The pixels: RGB, or CMYK inverted.
  func samples(_ bytes: [UInt8], _ header: Header) throws(ImageError) -> [UInt8] {
    let channels = header.isCMYK ? 4 : 3
    var samples = [UInt8](repeating: 0, count: header.width * header.height * channels)
    guard decode(bytes, header, flags: TJFLAG_STOPONWARNING, into: &samples) != 0 else {
      return samples
    }
    try passOver()
    // Only the first warning is told, so that a harmless one could hide that the end is missing.
    guard JPEGSegments(allOf: bytes).isComplete else {
      throw .corrupt(format: "JPEG", reason: "it is truncated")
    }
    guard decode(bytes, header, flags: 0, into: &samples) != 0 else { return samples }
    try passOver()
    return samples
  }

  private func decode(
    _ bytes: [UInt8], _ header: Header, flags: Int32, into samples: inout [UInt8]
  ) -> Int32 {
    let format = header.isCMYK ? TJPF_CMYK : TJPF_RGB
    return unsafe tjDecompress2(
      handle, bytes, UInt(bytes.count), &samples, Int32(header.width), 0, Int32(header.height),
      Int32(format.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | flags)
  }

  /// Notes a harmless warning; anything else is an error.
  private func passOver() throws(ImageError) {
    let message = unsafe String(cString: tjGetErrorStr2(handle))
    guard unsafe tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue),
      Self.harmless.contains(where: message.contains)
    else { throw .corrupt(format: "JPEG", reason: message) }
    let note = "the JPEG is odd, but whole: \(message)"
    if !notes.contains(note) { notes.append(note) }
  }
}

/// The segments of a JPEG, as far as its markers can be followed.
private struct JPEGSegments {
  /// The first block of EXIF.
  private(set) var exif: ArraySlice<UInt8>?

  /// Whether the end of the picture was found.
  private(set) var isComplete = false

  /// Follows the markers up to the pixels.
  init(headOf bytes: [UInt8]) { self.init(bytes, last: 0xDA) }

  /// Follows the markers up to the end of the picture.
  init(allOf bytes: [UInt8]) { self.init(bytes, last: 0xD9) }

  private init(_ bytes: [UInt8], last: UInt8) {
    var at = 2
    while let marker = Self.marker(bytes, from: &at) {
      isComplete = marker == 0xD9
      if isComplete || marker == last { return }
      guard at + 2 <= bytes.count else { return }
      let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
      guard length >= 2, at + length <= bytes.count else { return }
      let content = bytes[at + 2..<at + length]
      if exif == nil, marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
        exif = content
      }
      at += length
    }
  }

  /// The next marker that begins a segment or ends the picture; `at` is then behind it.
  ///
  /// What lies before it is coded pixels, in which 0xFF has a zero or a restart marker behind it.
  private static func marker(_ bytes: [UInt8], from at: inout Int) -> UInt8? {
    while at + 1 < bytes.count {
      let next = bytes[at + 1]
      if bytes[at] == 0xFF, next != 0, next != 0xFF, !(0xD0...0xD8).contains(next), next != 1 {
        at += 2
        return next
      }
      at += 1
    }
    return nil
  }
}
