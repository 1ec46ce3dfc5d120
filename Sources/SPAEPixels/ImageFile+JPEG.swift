import CTurboJPEG

extension ImageFile {
  /// Reads a JPEG, grey, colour or CMYK, turned as its EXIF orientation says.
  static func jpeg(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    guard let decoder = unsafe tjInitDecompress() else {
      throw .corrupt(format: "JPEG", reason: "the decoder cannot start")
    }
    defer { unsafe tjDestroy(decoder) }
    var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let header = unsafe tjDecompressHeader3(
      decoder, bytes, UInt(bytes.count), &width, &height, &sampling, &space)
    guard header == 0 else { throw .corrupt(format: "JPEG", reason: unsafe message(decoder)) }
    try check(width: Int(width), height: Int(height))
    let isCMYK = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
    let format = isCMYK ? TJPF_CMYK : TJPF_RGB
    var samples = [UInt8](repeating: 0, count: Int(width) * Int(height) * (isCMYK ? 4 : 3))
    let decoded = unsafe tjDecompress2(
      decoder, bytes, UInt(bytes.count), &samples, width, 0, height, Int32(format.rawValue),
      TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
    guard decoded == 0 else { throw .corrupt(format: "JPEG", reason: unsafe message(decoder)) }
    let image = PixelImage(
      width: Int(width), height: Int(height), pixels: isCMYK ? rgb(inverted: samples) : samples)
    let turn = Orientation(exifIn: bytes)
    return ImageFile(
      image: turn.applied(to: image), format: "JPEG",
      notes: (isCMYK ? ["CMYK was converted without a colour profile"] : [])
        + (turn == .upright ? [] : ["it was turned as its EXIF orientation says"]))
  }

  private static func message(_ decoder: tjhandle) -> String {
    unsafe String(cString: tjGetErrorStr2(decoder))
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

/// How a camera was held: the eight orientations of EXIF.
enum Orientation: Int {
  case upright = 1
  case mirrored, halfTurn, flipped, transposed, quarterTurn, transverse, threeQuarterTurn

  /// Finds the orientation in a JPEG's EXIF segment; whatever is odd there means upright.
  init(exifIn bytes: [UInt8]) {
    self = Self.tiff(in: bytes).flatMap(Self.value(inTIFF:)).flatMap(Self.init) ?? .upright
  }

  /// The TIFF block of the first EXIF segment.
  private static func tiff(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var at = 2
    while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
      let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
      guard length >= 2, at + 2 + length <= bytes.count else { return nil }
      let content = bytes[at + 4..<at + 2 + length]
      if bytes[at + 1] == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
        return content.dropFirst(6)
      }
      at += 2 + length
    }
    return nil
  }

  /// Tag 0x0112 of the first directory.
  private static func value(inTIFF block: ArraySlice<UInt8>) -> Int? {
    let tiff = Array(block)
    guard tiff.count >= 8 else { return nil }
    let isLittle = tiff[0] == 0x49
    func number(_ at: Int, _ count: Int) -> Int? {
      guard at >= 0, at + count <= tiff.count else { return nil }
      let part = isLittle ? Array(tiff[at..<at + count].reversed()) : Array(tiff[at..<at + count])
      return part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let start = number(4, 4), let count = number(start, 2) else { return nil }
    for entry in 0..<count where number(start + 2 + 12 * entry, 2) == 0x0112 {
      return number(start + 2 + 12 * entry + 8, 2)
    }
    return nil
  }

  /// The picture upright.
  func applied(to image: PixelImage) -> PixelImage {
    guard self != .upright else { return image }
    let turned = rawValue >= 5
    let (width, height) = turned ? (image.height, image.width) : (image.width, image.height)
    var result = PixelImage(width: width, height: height, colour: .white)
    for row in 0..<height {
      for column in 0..<width {
        let (y, x) = source(row, column, width, height)
        for channel in 0..<3 { result[row, column, channel] = image[y, x, channel] }
      }
    }
    return result
  }

  private func source(_ row: Int, _ column: Int, _ width: Int, _ height: Int) -> (Int, Int) {
    switch self {
    case .upright: (row, column)
    case .mirrored: (row, width - 1 - column)
    case .halfTurn: (height - 1 - row, width - 1 - column)
    case .flipped: (height - 1 - row, column)
    case .transposed: (column, row)
    case .quarterTurn: (width - 1 - column, row)
    case .transverse: (width - 1 - column, height - 1 - row)
    case .threeQuarterTurn: (column, height - 1 - row)
    }
  }
}
