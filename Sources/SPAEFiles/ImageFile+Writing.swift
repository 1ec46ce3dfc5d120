package import SPAEPixels
package import SPAESystem

extension ImageFile {
  /// Writes a picture, whole or not at all, in the format that the path's ending asks for.
  ///
  /// Another ending is refused with the list of those there are. What is at the path is replaced:
  /// whether it may be is for the caller to know.
  package static func write(_ image: PixelImage, to path: String) throws(Failure) {
    guard let encoding = ImageEncoding(path: path) else {
      throw Failure("\(path): a picture's name ends in one of \(ImageEncoding.endings)")
    }
    let bytes: [UInt8]
    do { bytes = try image.bytes(as: encoding) } catch { throw Failure("\(path): \(error)") }
    try AtomicFile.write(bytes, to: path)
  }
}
