import CPNG

extension PixelImage {
  /// The picture as the bytes of a PNG file.
  public func pngBytes() throws(ImageError) -> [UInt8] {
    var header = unsafe png_image()
    unsafe spae_png_prepare(&header)
    unsafe header.width = UInt32(width)
    unsafe header.height = UInt32(height)
    unsafe header.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    // No PNG of these pixels is longer than this: deflate adds little to what it cannot press.
    var count = png_alloc_size_t(pixels.count + pixels.count / 100 + height + 4096)
    var bytes = [UInt8](repeating: 0, count: Int(count))
    guard unsafe png_image_write_to_memory(&header, &bytes, &count, 0, pixels, 0, nil) != 0 else {
      throw .unwritable(unsafe String(cString: spae_png_message(&header)))
    }
    return Array(bytes.prefix(Int(count)))
  }
}
