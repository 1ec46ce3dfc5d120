import CPicture

extension PictureFormat {
  static let jpeg = PictureFormat(
    "JPEG", suffixes: ["jpg", "jpeg", "jpe", "jfif"], signature: [0xFF, 0xD8, 0xFF],
    read: ImageFile.jpeg)
}

extension ImageFile {
  /// Reads a JPEG of any sampling, grey, colour or CMYK, turned as its metadata says.
  static func jpeg(_ bytes: [UInt8]) throws(ImageError) -> ImageFile {
    let picture = try unsafe DecodedPicture(bytes, format: "JPEG") {
      unsafe spae_jpeg_read($0, $1, $2, $3)
    }
    return ImageFile(
      picture, format: "JPEG", metadata: JPEGSegments(bytes).metadata,
      notes: (picture.isCMYK ? ["CMYK was converted without a colour profile"] : [])
        + (picture.warning.map { ["the JPEG is odd, but whole: \($0)"] } ?? []))
  }
}

/// The segments of a JPEG before its pixels, as far as its markers can be followed.
private struct JPEGSegments {
  private(set) var metadata = PictureMetadata()

  private static let exif = Array("Exif\0\0".utf8)
  private static let xmp = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  init(_ bytes: [UInt8]) {
    var at = 2
    while let marker = Self.marker(bytes, from: &at), ![0xD9, 0xDA].contains(marker) {
      guard at + 2 <= bytes.count else { return }
      let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
      guard length >= 2, at + length <= bytes.count else { return }
      if marker == 0xE1 { take(bytes[at + 2..<at + length]) }
      at += length
    }
  }

  /// EXIF that is longer than a segment goes on in the next one.
  private mutating func take(_ content: ArraySlice<UInt8>) {
    if content.starts(with: Self.exif) {
      let more = content.dropFirst(Self.exif.count)
      metadata.exif = metadata.exif.map { $0 + more } ?? more
    } else if content.starts(with: Self.xmp) {
      metadata.xmp = content.dropFirst(Self.xmp.count)
    }
  }

  /// The next marker that begins a segment or ends the picture; `at` is then behind it.
  ///
  /// What lies before it is filling, in which 0xFF may have a zero or a restart marker behind it.
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
