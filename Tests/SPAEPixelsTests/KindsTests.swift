import Foundation
import SPAEPixels
import Testing

/// What a reference reads in the pictures of every kind (Fixtures/make_kinds.py).
struct Kinds: Decodable {
  struct Picture: Decodable {
    let width: Int
    let height: Int
    let rgb: Data
  }

  static let folder = Expected.folder.appendingPathComponent("kinds")

  static let pictures: [String: Picture] = {
    let path = Expected.folder.appendingPathComponent("kinds.json")
    let pictures = try? JSONDecoder().decode(
      [String: Picture].self, from: Data(contentsOf: path))
    return pictures ?? [:]
  }()

  /// Those that libheif reads.
  static let phones = pictures.keys.filter { $0.hasSuffix(".heic") || $0.hasSuffix(".avif") }
    .sorted()

  static let others = pictures.keys.filter { !phones.contains($0) }.sorted()

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static let hasLibheif: Bool = {
    guard let name = phones.first, let bytes = try? bytes(name) else { return false }
    do { _ = try ImageFile(contents: bytes) } catch ImageError.libraryMissing { return false } catch
    {}
    return true
  }()
}

@Suite struct APictureOfAnyKind {
  @Test func isThere() {
    #expect(Kinds.others.count > 140 && Kinds.phones.count > 10)
  }

  @Test(arguments: Kinds.others) func isReadAsTheReferenceReadsIt(name: String) throws {
    try expectEqual(name, within: 2)
  }

  @Test(.enabled(if: Kinds.hasLibheif), arguments: Kinds.phones)
  func ofAPhoneIsRead(name: String) throws {
    // The reference of a HEIC is what it was made of.
    try expectEqual(name, within: name.hasSuffix(".heic") ? 4 : 2)
  }

  private func expectEqual(_ name: String, within tolerance: Int) throws {
    let expected = try #require(Kinds.pictures[name])
    let image = try ImageFile(contents: Kinds.bytes(name)).image
    #expect(image.width == expected.width && image.height == expected.height)
    let differences = zip(image.pixels, expected.rgb).map { abs(Int($0) - Int($1)) }
    #expect(differences.count == expected.rgb.count)
    #expect(differences.max() ?? 0 <= tolerance)
  }

  @Test(arguments: [
    ("animation.png", "first frame"), ("animation.webp", "first frame"),
    ("animation.gif", "first frame"), ("default-apart.png", "not part of its animation"),
    ("transparent.gif", "transparency"), ("grey-16-key.png", "transparency"),
    ("cmyk-2.jpg", "CMYK"), ("ycck.jpg", "CMYK"), ("turned6-xmp.jpg", "turned"),
    ("turned6-profile.png", "turned"), ("turned6-xmp.webp", "turned"),
  ])
  func saysWhatWasDone(name: String, note: String) throws {
    let notes = try ImageFile(contents: Kinds.bytes(name)).notes
    #expect(notes.count == 1 && notes[0].contains(note))
  }

  @Test(arguments: [
    "still.gif", "grey-16.png", "sampling-4x2.jpg", "gamma-16.png", "turned1-xmp.jpg",
  ])
  func thatIsPlainHasNoNotes(name: String) throws {
    #expect(try ImageFile(contents: Kinds.bytes(name)).notes.isEmpty)
  }

  @Test func withoutLibheifNamesThePackage() throws {
    let bytes = try Kinds.bytes("plain.heic")
    #expect(throws: ImageError.libraryMissing(format: "HEIC", package: "libheif1")) {
      try ImageFile.heif(bytes, format: "HEIC", library: "libheif-that-is-nowhere.so")
    }
  }

  @Test(arguments: [
    "still.gif", "interlaced.gif", "animation.gif", "grey-16-key-interlaced.png",
    "sampling-4x4-scans.jpg", "ycck.jpg", "turned6-compressed-xmp.png", "turned6-text.png",
    "default-apart.png", "turned6-exif-in-two.jpg", "turned6-xmp.webp", "alpha.heic",
    "turned6.avif",
  ])
  func cutAtAnyLengthIsNoTrap(name: String) throws {
    let bytes = try Kinds.bytes(name)
    for length in 0..<bytes.count {
      _ = try? ImageFile(contents: Array(bytes[..<length]))
    }
    #expect(throws: ImageError.self) { try ImageFile(contents: Array(bytes.prefix(60))) }
  }
}

@Suite struct APictureFormat {
  @Test(arguments: [
    ("II*\0", "TIFF", "convert x.tiff x.png"), ("MM\0*", "TIFF", "convert x.tiff x.png"),
    ("8BPS", "PSD", "convert 'x.psd[0]' x.png"),
    ("%PDF-1.7", "PDF", "pdftoppm -png -singlefile x.pdf x"),
    ("<?xml version='1.0'?>\n<svg width='9'/>", "SVG", "rsvg-convert x.svg -o x.png"),
    ("P6\n1 1\n255\n", "PNM", "convert x.ppm x.png"),
    ("\0\0\0\u{C}JXL \r\n\u{87}\n", "JPEG XL", "djxl x.jxl x.png"),
    ("\0\0\0\u{C}jP  \r\n\u{87}\n", "JPEG 2000", "opj_decompress -i x.jp2 -o x.png"),
    ("\u{FF}\u{A}", "JPEG XL", "djxl x.jxl x.png"),
    ("BM" + String(repeating: "\0", count: 12) + "\u{28}\0\0\0", "BMP", "convert x.bmp x.png"),
    ("\0\0\u{1}\0\u{1}" + String(repeating: "\0", count: 20), "ICO", "convert 'x.ico[0]' x.png"),
  ])
  func thatIsNotReadIsNamedWithItsRemedy(content: String, name: String, command: String) {
    let bytes = content.unicodeScalars.map { UInt8($0.value) }
    let error = #expect(throws: ImageError.self) { try ImageFile(contents: bytes) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.hasPrefix("\(name) files are not read") && text.contains(": \(command) (package "))
  }

  @Test func listsTheEndingsOfEveryReadableFormat() {
    #expect(
      Set(["png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "heic", "avif"])
        .isSubset(of: PictureFormat.suffixes))
    #expect(!PictureFormat.suffixes.contains("tiff"))
    #expect(PictureFormat.namesRead == "PNG, JPEG, WebP, GIF, AVIF and HEIC")
  }

  @Test(
    "is still where its files never move, or as far as they show, and it is read",
    arguments: [
      ("colour.jpg", true), ("\u{89}PNG\r\n\u{1A}\n", false), ("GIF89a", false), ("BM", false),
      (png("IHDR", "tEXt", "IDAT"), true), (png("IHDR", "acTL", "IDAT"), false),
      (png("IHDR", "tEXt"), false), (png("IHDR") + "\u{FF}\u{FF}\u{FF}\u{FF}eXIf", false),
    ])
  func still(content: String, isStill: Bool) throws {
    let bytes =
      content.hasSuffix(".jpg")
      ? try Expected.bytes(content) : content.unicodeScalars.map { UInt8($0.value) }
    #expect(PictureFormat.isStill(bytes) == isStill)
  }

  @Test(
    "has one frame or several, whatever its format",
    arguments: [
      ("still.gif", true), ("animation.gif", false), ("../colour.webp", true),
      ("animation.webp", false), ("../colour.png", true), ("animation.png", false),
      ("default-apart.png", false),
    ])
  func frames(name: String, isStill: Bool) throws {
    #expect(PictureFormat.isStill(try Kinds.bytes(name)) == isStill)
  }

  @Test("is still where an animation has one frame, and is all there")
  func framesOfAnimations() throws {
    let frame = Array(try Expected.bytes("colour.webp")[12...])
    for count in 1...2 {
      let bytes = Self.webP(frames: Array(repeating: frame, count: count))
      #expect(PictureFormat.isStill(bytes) == (count == 1))
      #expect(!PictureFormat.isStill(bytes.dropLast()))
    }
    #expect(!PictureFormat.isStill(try Kinds.bytes("still.gif").dropLast()))
  }

  /// An animated WebP of frames with no size, which nobody decodes.
  private static func webP(frames: [[UInt8]]) -> [UInt8] {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let count = content.count
      return Array(name.utf8) + (0..<4).map { UInt8(count >> (8 * $0) & 255) } + content
    }
    let animation = frames.flatMap { chunk("ANMF", [UInt8](repeating: 0, count: 16) + $0) }
    let head =
      chunk("VP8X", [2] + [UInt8](repeating: 0, count: 9)) + chunk("ANIM", [0, 0, 0, 0, 0, 0])
    return chunk("RIFF", Array("WEBP".utf8) + head + animation)
  }

  /// The beginning of a PNG with some chunks of two bytes.
  private static func png(_ chunks: String...) -> String {
    "\u{89}PNG\r\n\u{1A}\n" + chunks.map { "\0\0\0\u{2}\($0)abcrcs" }.joined()
  }

  /// Frames: SOF3 has no loss; SOF0 of 12 bits.
  @Test("tells a kind that is not read from damage", arguments: [(0xC3, 8), (0xC0, 12)])
  func isReadInPart(frame: UInt8, precision: UInt8) throws {
    var bytes = try Expected.bytes("colour.jpg")
    let place = try #require(Self.frame(in: bytes))
    bytes[place + 1] = frame
    bytes[place + 4] = precision
    let error = #expect(throws: ImageError.self) { try ImageFile(contents: bytes) }
    guard case .unsupportedKind("JPEG", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func doesNotTellAnEmptyJPEGToBecomeSmaller() throws {
    var bytes = try Expected.bytes("colour.jpg")
    let place = try #require(Self.frame(in: bytes))
    bytes.replaceSubrange(place + 5..<place + 9, with: [0, 0, 0, 0])
    let error = #expect(throws: ImageError.self) { try ImageFile(contents: bytes) }
    guard case .corrupt("JPEG", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func tellsThatAJPEGIsTooLarge() throws {
    var bytes = try Expected.bytes("colour.jpg")
    let place = try #require(Self.frame(in: bytes))
    bytes.replaceSubrange(place + 5..<place + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    #expect(throws: ImageError.tooLarge(width: 60_000, height: 60_000)) {
      try ImageFile(contents: bytes)
    }
  }

  /// Where a JPEG's frame begins.
  private static func frame(in bytes: [UInt8]) -> Int? {
    bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 }
  }
}

@Suite struct BecomingASquare {
  @Test func saysWhatIsCutAndHowToKeepIt() throws {
    let notice = try #require(Fit.crop.notice(width: 1200, height: 800, size: 128))
    #expect(notice.contains("1200x800") && notice.contains("--fit"))
  }

  @Test(arguments: [
    (Fit.crop, 800, 800), (Fit.crop, 801, 800), (Fit.pad, 1200, 800), (Fit.stretch, 1200, 800),
  ])
  func saysNothingWhereNothingIsLost(fit: Fit, width: Int, height: Int) {
    #expect(fit.notice(width: width, height: height, size: 128) == nil)
  }
}
