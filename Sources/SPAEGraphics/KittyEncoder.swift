package import SPAEPixels

/// Draws pictures by the kitty graphics protocol.
package enum KittyEncoder {
  /// How the pixels are sent.
  package enum Form: Hashable, Sendable {
    /// As they are: at once, for a picture that changes.
    case raw
    /// Pressed as PNG: fewer bytes, for a picture that stays or a line that is slow.
    case png
  }

  /// Where a picture belongs: the cells that it is stretched over, and whose place it takes.
  package struct Place: Hashable, Sendable {
    package var columns: Int
    /// As many as keep the picture's shape when nil.
    package var rows: Int?
    /// The picture's number, from 1 on: another one with it takes its place; nil stays for good.
    package var image: UInt32?

    package init(columns: Int, rows: Int? = nil, image: UInt32? = nil) {
      self.columns = columns
      self.rows = rows
      self.image = image
    }

    /// Each picture is shown once, so that one number serves for the placement as well.
    fileprivate var keys: String {
      let number = image.map { "i=\($0),p=\($0)," } ?? ""
      return number + "c=\(columns)," + (rows.map { "r=\($0)," } ?? "") + "C=1,"
    }
  }

  /// Bytes of a picture in one escape sequence: the protocol allows 4096 of base64.
  private static let chunk = 3072

  /// The escape sequences that draw the picture at the cursor.
  ///
  /// In a place the terminal scales the picture and leaves the cursor where it is; without one the
  /// picture keeps its pixels. It fails only where PNG does.
  package static func bytes(
    of image: PixelImage, form: Form = .raw, place: Place? = nil
  ) throws(ImageError) -> [UInt8] {
    let payload = form == .png ? try image.pngBytes() : image.pixels
    let format = form == .png ? "f=100" : "f=24,s=\(image.width),v=\(image.height)"
    var output: [UInt8] = []
    output.reserveCapacity(payload.count / 3 * 4 + payload.count / 100 + 256)
    for start in stride(from: 0, to: payload.count, by: chunk) {
      let end = min(start + chunk, payload.count)
      let keys = start == 0 ? "a=T,\(format),q=2,\(place?.keys ?? "")" : ""
      output += "\u{1B}_G\(keys)m=\(end < payload.count ? 1 : 0);".utf8
      appendBase64(payload[start..<end], to: &output)
      output += "\u{1B}\\".utf8
    }
    return output
  }

  /// The escape sequence that removes a picture from the screen and from the terminal's memory.
  package static func deletion(ofImage image: UInt32) -> [UInt8] {
    Array("\u{1B}_Ga=d,d=I,i=\(image),q=2\u{1B}\\".utf8)
  }

  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func appendBase64(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 3) {
      let count = min(3, bytes.endIndex - start)
      var three = Int(bytes[start]) << 16
      if count > 1 { three |= Int(bytes[start + 1]) << 8 }
      if count > 2 { three |= Int(bytes[start + 2]) }
      output.append(letters[three >> 18])
      output.append(letters[three >> 12 & 63])
      output.append(count > 1 ? letters[three >> 6 & 63] : UInt8(ascii: "="))
      output.append(count > 2 ? letters[three & 63] : UInt8(ascii: "="))
    }
  }
}
