import CWebP

extension PixelImage {
  /// The picture as the bytes of a WebP file that keeps every pixel.
  public func webPBytes() throws(ImageError) -> [UInt8] {
    guard max(width, height) <= WEBP_MAX_DIMENSION else {
      throw .unwritable("a WebP has at most \(WEBP_MAX_DIMENSION) pixels a side")
    }
    var output: UnsafeMutablePointer<UInt8>?
    let count = unsafe WebPEncodeLosslessRGB(
      pixels, Int32(width), Int32(height), Int32(3 * width), &output)
    defer { unsafe WebPFree(output) }
    guard count > 0, unsafe output != nil else { throw .unwritable("the WebP encoder failed") }
    return unsafe Array(UnsafeBufferPointer(start: output, count: count))
  }
}
