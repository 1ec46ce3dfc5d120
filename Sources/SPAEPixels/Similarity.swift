import Glibc

extension PixelImage {
  /// The peak signal-to-noise ratio to a picture of the same size, in dB; infinite when equal.
  public func psnr(to other: PixelImage) -> Double {
    precondition(width == other.width && height == other.height)
    var squares = 0.0
    for (a, b) in zip(pixels, other.pixels) {
      let difference = Double(a) - Double(b)
      squares += difference * difference
    }
    let mean = squares / Double(pixels.count)
    return mean == 0 ? .infinity : 10 * log10(255 * 255 / mean)
  }

  /// The structural similarity to a picture of the same size, on luma (Wang et al., 2004).
  ///
  /// Gaussian windows of 11x11 with sigma 1.5, K1 = 0.01, K2 = 0.03, the mean over all whole
  /// windows; a picture smaller than a window is one window of its own size.
  public func ssim(to other: PixelImage) -> Double {
    precondition(width == other.width && height == other.height)
    let (a, b) = (luma, other.luma)
    let means = (blurred(a), blurred(b))
    let squares = (blurred(zip(a, a).map(*)), blurred(zip(b, b).map(*)))
    let products = blurred(zip(a, b).map(*))
    let (c1, c2) = (6.5025, 58.5225)  // (K 255)^2
    var total = 0.0
    for i in means.0.indices {
      let (x, y) = (means.0[i], means.1[i])
      let variances = squares.0[i] - x * x + squares.1[i] - y * y
      let covariance = products[i] - x * y
      let similarity = (2 * x * y + c1) * (2 * covariance + c2)
      total += similarity / ((x * x + y * y + c1) * (variances + c2))
    }
    return total / Double(means.0.count)
  }

  /// ITU-R BT.601.
  private var luma: [Double] {
    (0..<width * height).map { i in
      let red = 0.299 * Double(pixels[3 * i])
      let green = 0.587 * Double(pixels[3 * i + 1])
      let blue = 0.114 * Double(pixels[3 * i + 2])
      return red + green + blue
    }
  }

  /// Gaussian means over all whole windows.
  private func blurred(_ plane: [Double]) -> [Double] {
    let (across, down) = (gaussian(min(11, width)), gaussian(min(11, height)))
    let columns = width - across.count + 1
    var rows = [Double](repeating: 0, count: columns * height)
    for row in 0..<height {
      for column in 0..<columns {
        for (i, weight) in across.enumerated() {
          rows[row * columns + column] += weight * plane[row * width + column + i]
        }
      }
    }
    return (0..<(height - down.count + 1) * columns).map { place in
      down.enumerated().reduce(0) { $0 + $1.element * rows[place + $1.offset * columns] }
    }
  }

  private func gaussian(_ count: Int) -> [Double] {
    let weights = (0..<count).map { i in
      let x = Double(i) - Double(count - 1) / 2
      return exp(-x * x / (2 * 1.5 * 1.5))
    }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
