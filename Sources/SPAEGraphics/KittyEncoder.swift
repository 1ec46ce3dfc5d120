import Foundation
public import SPAEPixels

/// Draws pictures by the kitty graphics protocol, as PNG.
public enum KittyEncoder {
  private static let chunk = 4096

  /// The escape sequences that draw the picture at the cursor.
  public static func bytes(of image: PixelImage) throws(ImageError) -> [UInt8] {
    let payload = [UInt8](Data(try image.pngBytes()).base64EncodedData())
    var output: [UInt8] = []
    var start = 0
    while start < payload.count {
      let end = min(start + chunk, payload.count)
      let keys = start == 0 ? "a=T,f=100,q=2," : ""
      output += "\u{1B}_G\(keys)m=\(end < payload.count ? 1 : 0);".utf8
      output += payload[start..<end]
      output += "\u{1B}\\".utf8
      start = end
    }
    return output
  }
}
