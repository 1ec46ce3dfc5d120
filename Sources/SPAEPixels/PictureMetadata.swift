/// What a file says beside its pixels, as far as it tells how the picture was held.
struct PictureMetadata {
  /// A TIFF, perhaps behind the head that it has in a JPEG.
  var exif: ArraySlice<UInt8>?

  /// The text of XMP.
  var xmp: ArraySlice<UInt8>?

  /// EXIF's word counts, and that of XMP where EXIF has none; whatever is missing or odd means
  /// upright. That is what Pillow's `ImageOps.exif_transpose` does.
  var orientation: Orientation {
    let value = exif.flatMap(Self.orientation(inEXIF:)) ?? xmp.flatMap(Self.orientation(inXMP:))
    return value.flatMap(Orientation.init) ?? .upright
  }

  /// The value of tag 0x0112 in the first directory, a whole number of 2 or 4 bytes.
  private static func orientation(inEXIF block: ArraySlice<UInt8>) -> Int? {
    guard let tiff = TIFFBytes(block), let directory = tiff.number(at: 4, bytes: 4),
      let count = tiff.number(at: directory, bytes: 2)
    else { return nil }
    let entries = (0..<count).lazy.map { directory + 2 + 12 * $0 }
    return entries.first { tiff.number(at: $0, bytes: 2) == 0x0112 }.flatMap(tiff.value)
  }

  /// The digit of `tiff:Orientation`, which is an attribute or an element.
  private static func orientation(inXMP text: ArraySlice<UInt8>) -> Int? {
    for range in text.ranges(of: Array("tiff:Orientation".utf8)) {
      let rest = text[range.upperBound...]
      let digit = [Array("=\"".utf8), Array(">".utf8)].first { rest.starts(with: $0) }
        .flatMap { rest.dropFirst($0.count).first }
      if let digit, (0x30...0x39).contains(digit) { return Int(digit) - 0x30 }
    }
    return nil
  }

  /// The content of ImageMagick's raw profile: a line's end, its name, its length, and lines of hex.
  static func rawProfile(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let lines = text.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count == 4 else { return nil }
    let digits = lines[3].filter { $0 > 0x20 }
    let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard values.count == digits.count, values.count.isMultiple(of: 2) else { return nil }
    return ArraySlice(
      stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) })
  }
}

/// A TIFF that is read by its offsets.
private struct TIFFBytes {
  private let bytes: ArraySlice<UInt8>
  private let isLittleEndian: Bool

  /// Nil where there is none. Some writers of WebP and PNG keep the head that EXIF has in a JPEG.
  init?(_ block: ArraySlice<UInt8>) {
    let head = Array("Exif\0\0".utf8)
    var bytes = block
    while bytes.starts(with: head) { bytes = bytes.dropFirst(head.count) }
    let orders = [Array("II*\0".utf8), Array("MM\0*".utf8)]
    guard let order = orders.firstIndex(where: { bytes.starts(with: $0) }) else { return nil }
    self.bytes = bytes
    isLittleEndian = order == 0
  }

  /// A number without a sign; nil beyond the end.
  func number(at offset: Int, bytes count: Int) -> Int? {
    guard offset + count <= bytes.count else { return nil }
    let part = bytes.dropFirst(offset).prefix(count)
    return (isLittleEndian ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
  }

  /// The first number of an entry, which lies elsewhere where the entry has no room for all.
  func value(ofEntry entry: Int) -> Int? {
    let sizes = [3: 2, 4: 4, 8: 2, 9: 4, 13: 4]
    guard let size = number(at: entry + 2, bytes: 2).flatMap({ sizes[$0] }),
      let count = number(at: entry + 4, bytes: 4), count > 0
    else { return nil }
    let place = size * count <= 4 ? entry + 8 : number(at: entry + 8, bytes: 4)
    return place.flatMap { number(at: $0, bytes: size) }
  }
}
