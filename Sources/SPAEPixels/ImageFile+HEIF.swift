import CPicture

extension PictureFormat {
  static let heic = PictureFormat(
    "HEIC", suffixes: ["heic", "heif", "hif"],
    matches: { HEIFBrands($0).contain("heic", "heix", "heim", "heis", "hevc", "hevx") }
  ) { bytes throws(ImageError) in try ImageFile.heif(bytes, format: "HEIC") }

  static let avif = PictureFormat(
    "AVIF", suffixes: ["avif"], matches: { HEIFBrands($0).contain("avif", "avis") }
  ) { bytes throws(ImageError) in try ImageFile.heif(bytes, format: "AVIF") }
}

extension ImageFile {
  /// Reads the main picture of a HEIC or AVIF, which libheif turns as the file says.
  ///
  /// The library is looked for at run time: it brings decoders of video along, and not everybody has
  /// pictures of phones.
  package static func heif(
    _ bytes: [UInt8], format: String, library: String = "libheif.so.1"
  ) throws(ImageError) -> ImageFile {
    var reason = [CChar](repeating: 0, count: 256)
    guard let library = unsafe spae_heif_load(library, &reason, reason.count) else {
      throw .libraryMissing(format: format, package: "libheif1")
    }
    let picture = try unsafe DecodedPicture(bytes, format: format) {
      unsafe spae_heif_read(library, $0, $1, $2, $3)
    }
    return ImageFile(picture, format: format, notes: notes(picture, HEIFBrands(bytes)))
  }

  private static func notes(_ picture: DecodedPicture, _ brands: HEIFBrands) -> [String] {
    if brands.major.map({ ["avis", "msf1", "hevc", "hevx"].contains($0) }) ?? false {
      return [firstFrameNote]
    }
    return picture.pictureCount > 1
      ? ["only the main one of its \(picture.pictureCount) pictures is used"] : []
  }
}

/// The brands in the first box of an ISO media file: what it says it is, and what it can be read as.
struct HEIFBrands {
  private let brands: [String]

  /// None where the file is of another kind.
  init(_ bytes: [UInt8]) {
    guard bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) else {
      brands = []
      return
    }
    let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
    let end = min(bytes.count, length, 4096)
    let starts = [8] + Array(stride(from: 16, to: end, by: 4))
    brands = starts.filter { $0 + 4 <= end }.map { start in
      String(decoding: bytes[start..<start + 4], as: UTF8.self)
    }
  }

  var major: String? { brands.first }

  func contain(_ wanted: String...) -> Bool { brands.contains { wanted.contains($0) } }
}
