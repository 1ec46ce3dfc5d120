import Foundation
import SPAEPixels
import Testing

/// What Pillow reads in the fixtures (Fixtures/make_fixtures.py).
struct Expected: Decodable {
  struct Picture: Decodable {
    let width: Int
    let height: Int
    let pixels: [[Int]]
  }

  let files: [String: Picture]
  let resized: [String: [UInt8]]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func load() throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}

@Suite struct APictureFile {
  static let names =
    [
      "alpha.png", "alpha.webp", "animated.png", "animated.webp", "colour.jpg", "colour.png",
      "colour.webp", "gamma.png", "grey.jpg", "grey.png", "grey16.png", "palette.png",
      "progressive.jpg", "single.png",
    ] + (1...8).flatMap { ["turned\($0).jpg", "turned\($0).png", "turned\($0).webp"] }

  @Test(arguments: names) func isReadAsPillowReadsIt(name: String) throws {
    let expected = try #require(try Expected.load().files[name])
    let image = try ImageFile(contents: Expected.bytes(name)).image
    #expect(image.width == expected.width && image.height == expected.height)
    for pixel in expected.pixels {
      for channel in 0..<3 {
        let got = Int(image[pixel[0], pixel[1], channel])
        #expect(abs(got - pixel[2 + channel]) <= 1, "at \(pixel)")
      }
    }
  }

  @Test func inCMYKIsConverted() throws {
    let file = try ImageFile(contents: Expected.bytes("cmyk.jpg"))
    let plain = try ImageFile(contents: Expected.bytes("colour.png")).image
    #expect(file.image.psnr(to: plain) > 25)
    #expect(file.notes.count == 1)
  }

  @Test(arguments: [
    ("alpha.png", "transparency"), ("alpha.webp", "transparency"),
    ("animated.png", "first frame"), ("animated.webp", "first frame"), ("turned6.jpg", "turned"),
    ("turned6.png", "turned"), ("turned6.webp", "turned"),
  ])
  func saysWhatWasDone(name: String, note: String) throws {
    let notes = try ImageFile(contents: Expected.bytes(name)).notes
    #expect(notes.count == 1 && notes[0].contains(note))
  }

  @Test(arguments: ["turned1.png", "turned1.webp", "gamma.png", "colour.jpg"])
  func thatIsPlainHasNoNotes(name: String) throws {
    #expect(try ImageFile(contents: Expected.bytes(name)).notes.isEmpty)
  }

  @Test("in a JPEG that a camera filled up before its end is read, with a note")
  func isReadWhenOdd() throws {
    let plain = try Expected.bytes("colour.jpg")
    let odd = Array(plain.dropLast(2)) + [UInt8](repeating: 0, count: 64) + [0xFF, 0xD9]
    let file = try ImageFile(contents: Array(odd))
    #expect(try file.image == ImageFile(contents: plain).image)
    #expect(file.notes.count == 1 && file.notes[0].contains("extraneous bytes"))
  }

  @Test("in a JPEG that a camera filled up in its head is read, with a note")
  func isReadWhenOddInItsHead() throws {
    let plain = try Expected.bytes("colour.jpg")
    let file = try ImageFile(contents: Self.filled(plain, count: 3))
    #expect(try file.image == ImageFile(contents: plain).image)
    #expect(file.notes.count == 1 && file.notes[0].contains("extraneous bytes"))
  }

  @Test("in a JPEG without its end is refused, odd or not", arguments: [0, 3])
  func isRefusedWhenCut(filling: Int) throws {
    let plain = try Expected.bytes("colour.jpg")
    let odd = Self.filled(plain, count: filling)
    for cut in [2, 3, 40, 200] {
      #expect(throws: ImageError.self) { try ImageFile(contents: Array(odd.dropLast(cut))) }
    }
  }

  /// The JPEG with zeros behind its first segment.
  private static func filled(_ bytes: [UInt8], count: Int) -> [UInt8] {
    let end = 4 + Int(bytes[4]) << 8 + Int(bytes[5])
    return bytes[..<end] + [UInt8](repeating: 0, count: count) + bytes[end...]
  }

  @Test(arguments: [
    "colour.png", "colour.jpg", "progressive.jpg", "colour.webp", "animated.webp", "animated.png",
    "turned6.webp",
  ])
  func cutAtAnyLengthIsNoTrap(name: String) throws {
    let bytes = try Expected.bytes(name)
    for length in 0..<bytes.count {
      _ = try? ImageFile(contents: Array(bytes[..<length]))
    }
    #expect(throws: ImageError.self) {
      try ImageFile(contents: Array(bytes[..<(bytes.count / 2)]))
    }
  }

  @Test(arguments: [
    ("PK\u{3}\u{4}", "a zip archive"), ("<html>", "a web page"), ("hello", "text"), ("{}", "JSON"),
    ("spae film 1\n", "a film of words; use spae decode"),
  ])
  func thatIsNoneIsNamed(content: String, name: String) {
    #expect(throws: ImageError.notAPicture(looksLike: name)) {
      try ImageFile(contents: Array(content.utf8))
    }
  }

  @Test(arguments: [([0x89], "a PNG"), ([0x89, 0x50, 0x4E], "a PNG"), ([0xFF, 0xD8], "a JPEG")])
  func thatIsCutToAFewBytesIsNamed(bytes: [UInt8], name: String) {
    #expect(throws: ImageError.notAPicture(looksLike: name + " that was cut short")) {
      try ImageFile(contents: bytes)
    }
  }

  @Test func thatIsEmptyIsRefused() {
    #expect(throws: ImageError.empty) { try ImageFile(contents: []) }
  }

  @Test func ofHugeSizeIsRefusedBeforeItIsRead() throws {
    var bytes = try Expected.bytes("colour.png")
    // Width and height 60,000 in the header, with the checksum that belongs to them.
    bytes.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
    bytes.replaceSubrange(29..<33, with: checksum(bytes[12..<29]))
    #expect(throws: ImageError.tooLarge(width: 60_000, height: 60_000)) {
      try ImageFile(contents: bytes)
    }
  }

  /// The CRC-32 of a PNG's chunk.
  private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: ~crc >> (24 - 8 * $0)) }
  }

  @Test func thatIsMissingIsRefused() {
    #expect(throws: ImageError.self) { try ImageFile(path: "/nowhere/at/all.png") }
    #expect(throws: ImageError.unreadable("it is a directory")) { try ImageFile(path: "/") }
  }
}

@Suite struct Resampling {
  @Test(arguments: ["16x16", "5x40", "80x7", "37x11", "1x1", "74x46"])
  func givesPillowsNumbers(size: String) throws {
    let expected = try #require(try Expected.load().resized[size])
    let sides = size.split(separator: "x").compactMap { Int($0) }
    let image = try ImageFile(contents: Expected.bytes("colour.png")).image
    #expect(image.resampled(width: sides[0], height: sides[1]).pixels == expected)
  }

  @Test(
    "gives a part as it is in the whole",
    arguments: [(64, 48), (16, 12), (7, 31), (16, 30), (5, 5)])
  func resamplesAPart(width: Int, height: Int) {
    let pixels = (0..<16 * 12 * 3).map { UInt8($0 * 97 % 251) }
    let image = PixelImage(width: 16, height: 12, pixels: pixels)
    let part = image.resampled(width: width, height: height, rows: 1..<4, columns: 2..<5)
    let whole = image.resampled(width: width, height: height)
    #expect(part == whole.cropped(left: 2, top: 1, width: 3, height: 3))
  }

  @Test(arguments: Fit.allCases) func makesSquares(fit: Fit) throws {
    let image = try ImageFile(contents: Expected.bytes("colour.png")).image
    let square = image.fitted(to: 20, fit: fit)
    #expect(square.width == 20 && square.height == 20)
  }

  @Test func padsWithWhite() {
    let black = PixelImage(width: 8, height: 4, colour: Colour(red: 0, green: 0, blue: 0))
    let square = black.fitted(to: 8, fit: .pad)
    #expect(square[0, 0] == .white && square[3, 3].red == 0)
  }

  @Test func enlargesByWholePixels() {
    var image = PixelImage(width: 2, height: 1, colour: .white)
    image[0, 1, 0] = 7
    let large = image.enlarged(3)
    #expect(large.width == 6 && large[2, 2, 0] == 255 && large[2, 3, 0] == 7)
  }
}

@Suite struct Likeness {
  @Test func ofEqualPicturesIsComplete() {
    let image = PixelImage(width: 20, height: 16, colour: Colour(red: 9, green: 99, blue: 200))
    #expect(image.psnr(to: image) == .infinity)
    #expect(abs(image.ssim(to: image) - 1) < 1e-9)
  }

  @Test func inDecibels() {
    let black = PixelImage(width: 4, height: 4, colour: Colour(red: 0, green: 0, blue: 0))
    #expect(abs(black.psnr(to: PixelImage(width: 4, height: 4, colour: .white))) < 1e-9)
    let grey = PixelImage(width: 4, height: 4, colour: Colour(red: 1, green: 1, blue: 1))
    #expect(abs(black.psnr(to: grey) - 48.1308) < 1e-3)
  }

  @Test func ofStructureFallsWithNoise() {
    var image = PixelImage(width: 24, height: 24, colour: .white)
    for row in 0..<24 { for column in 0..<24 { image[row, column, 1] = UInt8(row * 10) } }
    var noisy = image
    for index in stride(from: 0, to: noisy.pixels.count, by: 5) { noisy.pixels[index] = 60 }
    #expect(image.ssim(to: noisy) < 0.9)
  }
}
