import Foundation
import SPAEPixels

// MARK: Pictures

extension Subject {
  static func pictures(root: String) throws -> [Subject] {
    let folder = root + "/Tests/SPAEPixelsTests/Fixtures"
    let paths = try ["", "/kinds"].flatMap { part in
      try FileManager.default.contentsOfDirectory(atPath: folder + part)
        .sorted().map { folder + part + "/" + $0 }
    }
    let formats: [(String, UInt64)] = [
      ("png", 5), ("jpg", 6), ("webp", 7), ("gif", 13), ("heic", 14), ("avif", 15),
    ]
    return try formats.compactMap { suffix, seed in
      let files = try paths.filter { $0.hasSuffix("." + suffix) }.map {
        try ImageFile.bytes(path: $0)
      }
      return isReadHere(files[0]) ? picture(suffix, seed: seed, files) : nil
    }
  }

  /// Not every system has the library that reads pictures of phones.
  private static func isReadHere(_ file: [UInt8]) -> Bool {
    do { _ = try ImageFile(contents: file) } catch ImageError.libraryMissing { return false } catch
    {}
    return true
  }

  private static func picture(_ suffix: String, seed: UInt64, _ files: [[UInt8]]) -> Subject {
    Subject(
      name: suffix, seed: seed, fixtures: files,
      tokens: [
        "IHDR", "PLTE", "tRNS", "IDAT", "IEND", "VP8X", "VP8L", "ANMF", "ALPH", "Exif\0\0", "eXIf",
        "acTL", "gAMA", "EXIF", "XMP ", "iTXt", "zTXt", "fcTL", "Raw profile type exif\0",
        "XML:com.adobe.xmp\0", "tiff:Orientation=\"6", "II*\0\u{8}\0\0\0", "NETSCAPE2.0", "!", ",",
        "ispe", "irot", "auxC", "iloc", "pitm",
      ],
      mend: { suffix == "png" ? withPNGChecksums($0) : $0 },
      read: { _ = try ImageFile(contents: $0) })
  }

  /// Each chunk with the checksum that its content has.
  private static func withPNGChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= bytes.count else { break }
      let sum = checksum(bytes[start + 4..<end])
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * index)) }
      start = end + 4
    }
    return bytes
  }

  /// The CRC-32 of PNG.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
      }
    }
  }
}
