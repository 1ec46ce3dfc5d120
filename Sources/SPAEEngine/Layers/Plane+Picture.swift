import SPAEPixels

extension PixelImage {
  /// Puts a number for each colour of each pixel into a dense plane.
  func load(into plane: Plane, _ number: (UInt8) -> Float) {
    precondition(plane.padded == 3 && plane.width == width && plane.height == height)
    unsafe pixels.withUnsafeBufferPointer { pixels in
      guard let first = pixels.baseAddress else { return }
      for row in 0..<height {
        let (source, target) = unsafe (first + 3 * width * row, plane.pixel(row, 0))
        for index in 0..<3 * width { unsafe target[index] = number(source[index]) }
      }
    }
  }
}
