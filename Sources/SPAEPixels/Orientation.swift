/// How a camera was held: the eight orientations of EXIF.
enum Orientation: Int {
  case upright = 1
  case mirrored, halfTurn, flipped, transposed, quarterTurn, transverse, threeQuarterTurn

  /// Finds the orientation in a block of EXIF, which is a TIFF: tag 0x0112 of the first directory.
  ///
  /// Whatever is missing or odd there means upright.
  init(exif: ArraySlice<UInt8>?) {
    self = exif.flatMap(Self.value).flatMap(Self.init) ?? .upright
  }

  private static func value(in block: ArraySlice<UInt8>) -> Int? {
    // Some writers of WebP and PNG keep the head that EXIF has in a JPEG.
    let head = Array("Exif\0\0".utf8)
    let tiff = block.starts(with: head) ? block.dropFirst(head.count) : block
    guard tiff.count >= 8 else { return nil }
    let isLittle = tiff.first == 0x49
    func number(_ at: Int, _ count: Int) -> Int? {
      guard at >= 0, at + count <= tiff.count else { return nil }
      let part = tiff.dropFirst(at).prefix(count)
      return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let start = number(4, 4), let count = number(start, 2) else { return nil }
    for entry in 0..<count where number(start + 2 + 12 * entry, 2) == 0x0112 {
      return number(start + 2 + 12 * entry + 8, 2)
    }
    return nil
  }

  /// What a careful person would like to know of it.
  var notes: [String] {
    self == .upright ? [] : ["it was turned as its EXIF orientation says"]
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
