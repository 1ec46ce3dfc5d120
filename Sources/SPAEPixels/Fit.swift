/// How a picture becomes a square.
public enum Fit: String, CaseIterable, Sendable {
  /// The largest square in the middle.
  case crop
  /// The whole picture, with white beside it.
  case pad
  /// The whole picture, squeezed.
  case stretch
}

extension PixelImage {
  /// The picture as a square of `size` pixels, by antialiased bicubic resampling.
  public func fitted(to size: Int, fit: Fit) -> PixelImage {
    switch fit {
    case .crop: centreSquare.resampled(width: size, height: size)
    case .stretch: resampled(width: size, height: size)
    case .pad: padded.resampled(width: size, height: size)
    }
  }

  private var padded: PixelImage {
    let side = max(width, height)
    let (left, top) = ((side - width) / 2, (side - height) / 2)
    var square = PixelImage(width: side, height: side, colour: .white)
    for row in 0..<height {
      let target = ((row + top) * side + left) * 3
      let source = row * width * 3
      square.pixels.replaceSubrange(
        target..<target + 3 * width, with: pixels[source..<source + 3 * width])
    }
    return square
  }
}
