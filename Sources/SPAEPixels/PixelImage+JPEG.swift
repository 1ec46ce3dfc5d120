import CTurboJPEG

extension PixelImage {
  /// The picture as the bytes of a JPEG file, with a colour sample for every pixel.
  ///
  /// Quality runs from 1 to 100.
  public func jpegBytes(quality: Int = 95) throws(ImageError) -> [UInt8] {
    guard let encoder = JPEGEncoder() else { throw .unwritable("the JPEG encoder cannot start") }
    return try encoder.bytes(of: self, quality: quality)
  }
}

/// An encoder of libjpeg-turbo.
@safe private final class JPEGEncoder {
  private let handle: tjhandle

  init?() {
    guard let handle = unsafe tjInitCompress() else { return nil }
    unsafe self.handle = unsafe handle
  }

  deinit { unsafe tjDestroy(handle) }

  func bytes(of image: PixelImage, quality: Int) throws(ImageError) -> [UInt8] {
    var output: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    let status = unsafe tjCompress2(
      handle, image.pixels, Int32(image.width), 0, Int32(image.height), Int32(TJPF_RGB.rawValue),
      &output, &count, Int32(TJSAMP_444.rawValue), Int32(quality), TJFLAG_ACCURATEDCT)
    // The library allocates the output, and may have done so before it failed.
    defer { unsafe tjFree(output) }
    guard status == 0, unsafe output != nil else {
      throw .unwritable(unsafe String(cString: tjGetErrorStr2(handle)))
    }
    return unsafe Array(UnsafeBufferPointer(start: output, count: Int(count)))
  }
}
