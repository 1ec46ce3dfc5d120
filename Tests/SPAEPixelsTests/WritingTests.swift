import SPAEPixels
import Testing

@Suite("A picture that is written")
struct WritingSuite {
  /// Smooth, so that a JPEG comes near it, with a colour edge in the middle of a pair of pixels.
  private static let image = PixelImage(
    width: 37, height: 21,
    pixels: (0..<37 * 21).flatMap { pixel -> [UInt8] in
      let (row, column) = (pixel / 37, pixel % 37)
      return [UInt8(5 * row), UInt8(6 * column), column < 17 ? 40 : 200]
    })

  @Test(
    "comes back as it was, in the format of its name's ending", arguments: ImageEncoding.allCases)
  func roundTrip(_ encoding: ImageEncoding) throws {
    let image = Self.image
    let file = try ImageFile(contents: try image.bytes(as: encoding))
    #expect(file.format == encoding.rawValue)
    #expect(file.notes.isEmpty)
    guard encoding == .jpeg else {
      #expect(file.image == image)
      return
    }
    // Pillow 13 at quality 95 comes to 49 dB by 4:4:4, and to 30 dB with halved colours.
    #expect(file.image.psnr(to: image) > 45)
  }

  @Test("of one pixel comes back", arguments: ImageEncoding.allCases)
  func single(_ encoding: ImageEncoding) throws {
    let image = PixelImage(width: 1, height: 1, colour: .white)
    #expect(try ImageFile(contents: try image.bytes(as: encoding)).image == image)
  }

  @Test(
    "has its format from the ending",
    arguments: [
      ("a.png", ImageEncoding.png), ("b/A.PNG", .png), ("a.jpg", .jpeg), ("a.b.jpeg", .jpeg),
      ("a.webp", .webP), ("a.spae", nil), ("png", nil), ("a.png.txt", nil), ("", nil),
    ])
  func endings(_ path: String, _ encoding: ImageEncoding?) {
    #expect(ImageEncoding(path: path) == encoding)
  }

  @Test("and is too large for its format is refused", arguments: [ImageEncoding.jpeg, .webP])
  func tooLarge(_ encoding: ImageEncoding) {
    let image = PixelImage(width: 66_000, height: 1, colour: .white)
    #expect(throws: ImageError.self) { try image.bytes(as: encoding) }
  }

  @Test("smaller where less quality is asked for")
  func quality() throws {
    let (good, poor) = (try Self.image.jpegBytes(), try Self.image.jpegBytes(quality: 20))
    #expect(poor.count < good.count)
  }
}
