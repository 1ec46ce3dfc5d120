import SPAEPixels

extension PixelImage {
  /// Puts a number for each colour of each pixel into a dense plane.
  func load(
    into plane: Plane, with context: Context, _ number: @Sendable (UInt8) -> Float
  ) {
    precondition(plane.padded == 3 && plane.width == width && plane.height == height)
    context.parallel.forEachPart(of: height, work: 24 * width * height) { rows in
      unsafe pixels.withUnsafeBufferPointer { pixels in
        guard let first = pixels.baseAddress else { return }
        for row in rows {
          let (source, target) = unsafe (first + 3 * width * row, plane.pixel(row, 0))
          for index in 0..<3 * width { unsafe target[index] = number(source[index]) }
        }
      }
    }
  }

  /// The same as bytes.
  func load(into plane: BytePlane, with context: Context) {
    precondition(plane.padded == 4 && plane.width == width && plane.height == height)
    context.parallel.forEachPart(of: height, work: 24 * width * height) { rows in
      unsafe pixels.withUnsafeBufferPointer { pixels in
        guard let first = pixels.baseAddress else { return }
        for row in rows {
          let (source, target) = unsafe (first + 3 * width * row, plane.pixel(row, 0))
          for column in 0..<width {
            for colour in 0..<3 {
              unsafe target[4 * column + colour] = source[3 * column + colour]
            }
          }
        }
      }
    }
  }
}
