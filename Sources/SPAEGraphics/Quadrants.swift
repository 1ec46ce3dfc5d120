import SPAEPixels

/// The four pixels of a cell: upper left, upper right, lower left, lower right.
struct Quadrants {
  private let pixels: (SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>)

  /// The pixels of a cell of a picture that has two of them along each side of a cell.
  init(_ image: PixelImage, row: Int, column: Int) {
    let (top, left) = (2 * row, 2 * column)
    pixels = (
      Self.pixel(image, top, left), Self.pixel(image, top, left + 1),
      Self.pixel(image, top + 1, left), Self.pixel(image, top + 1, left + 1)
    )
  }

  private static func pixel(_ image: PixelImage, _ row: Int, _ column: Int) -> SIMD4<Int32> {
    let at = (row * image.width + column) * 3
    return SIMD4(
      Int32(image.pixels[at]), Int32(image.pixels[at + 1]), Int32(image.pixels[at + 2]), 0)
  }

  /// The ways to part four pixels in two, by the bits of those in front: the lower right one is
  /// always behind, as the other half of the 16 patterns are the same with their colours changed.
  static let patterns: [(bits: Int, character: Unicode.Scalar)] = [
    (0b0001, "\u{2598}"), (0b0010, "\u{259D}"), (0b0011, "\u{2580}"), (0b0100, "\u{2596}"),
    (0b0101, "\u{258C}"), (0b0110, "\u{259E}"), (0b0111, "\u{259B}"),
  ]

  /// The pattern and the two colours with the least squared error.
  func cell(_ colours: ColourDepth) -> PictureCell {
    let all = pixels.0 &+ pixels.1 &+ pixels.2 &+ pixels.3
    var best = (gain: Self.square(all, over: 4), pattern: -1, front: all, count: Int32(4))
    for (number, pattern) in Self.patterns.enumerated() {
      let (front, count) = part(pattern.bits)
      // The error is what the squares of the sums leave of the pixels' own squares.
      let gain = Self.square(front, over: count) + Self.square(all &- front, over: 4 - count)
      if gain > best.gain { best = (gain, number, front, count) }
    }
    guard best.pattern >= 0 else {
      return PictureCell(character: " ", background: colours.nearest(to: Self.mean(all, 4)))
    }
    let front = colours.nearest(to: Self.mean(best.front, best.count))
    let behind = colours.nearest(to: Self.mean(all &- best.front, 4 - best.count))
    guard front != behind else { return PictureCell(character: " ", background: behind) }
    return PictureCell(
      character: Self.patterns[best.pattern].character, foreground: front, background: behind)
  }

  /// The sum and the number of the pixels in front.
  @inline(__always)
  private func part(_ bits: Int) -> (SIMD4<Int32>, Int32) {
    var sum = SIMD4<Int32>.zero
    if bits & 1 != 0 { sum &+= pixels.0 }
    if bits & 2 != 0 { sum &+= pixels.1 }
    if bits & 4 != 0 { sum &+= pixels.2 }
    return (sum, Int32(bits.nonzeroBitCount))
  }

  /// A sum's square over its count, twelvefold so that it stays whole.
  @inline(__always)
  private static func square(_ sum: SIMD4<Int32>, over count: Int32) -> Int32 {
    (sum &* sum).wrappedSum() &* (12 / count)
  }

  private static func mean(_ sum: SIMD4<Int32>, _ count: Int32) -> Colour {
    let mean = (sum &+ count / 2) / SIMD4(repeating: count)
    return Colour(red: UInt8(mean.x), green: UInt8(mean.y), blue: UInt8(mean.z))
  }
}
