/// How a picture becomes the grid that a pyramid stands for: a square, or all of it.
public enum Fit: String, CaseIterable, Sendable {
  /// The whole picture as it is; of one longer than 4:1 the middle.
  case whole
  /// The largest square in the middle.
  case crop
  /// The whole picture, with white beside it, as a square.
  case pad
  /// The whole picture, squeezed to a square.
  case stretch

  /// How many times as long as high, or as high as long, a picture may be to be seen whole.
  package static let greatestAspect = 4
}

extension PixelImage {
  /// The part of a picture that is used, with what is put beside it, at its own resolution.
  package func framed(_ fit: Fit) -> PixelImage {
    switch fit {
    case .whole: centre(aspect: Fit.greatestAspect)
    case .crop: centreSquare
    case .stretch: self
    case .pad: padded
    }
  }

  /// The picture as a square of `size` pixels, by antialiased bicubic resampling.
  ///
  /// `whole`, which is for grids of other shapes, squeezes it.
  public func fitted(to size: Int, fit: Fit) -> PixelImage {
    framed(fit).resampled(width: size, height: size)
  }

  /// The middle of a picture whose sides differ by more than a factor; else all of it.
  private func centre(aspect: Int) -> PixelImage {
    let (width, height) = (min(width, aspect * height), min(height, aspect * width))
    if (width, height) == (self.width, self.height) { return self }
    return cropped(
      left: (self.width - width) / 2, top: (self.height - height) / 2, width: width,
      height: height)
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
