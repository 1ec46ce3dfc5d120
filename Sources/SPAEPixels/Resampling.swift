/// Antialiased bicubic resampling in fixed point, first along rows, then along columns.
///
/// It gives the numbers that Pillow's `Image.resize(..., BICUBIC)` gives: cubic convolution with
/// a = -0.5, its support widened when a picture shrinks, coefficients of 22 bits, and each pass
/// rounded to 8 bits. So a model sees here exactly what it saw in training.
private struct Kernel {
  static let precision = 22

  /// For each output pixel the first input pixel and the weights from there on.
  let taps: [(first: Int, weights: [Int32])]

  init(from input: Int, to output: Int) {
    let scale = Double(input) / Double(output)
    let widening = max(scale, 1)
    let support = 2 * widening
    taps = (0..<output).map { index in
      let centre = (Double(index) + 0.5) * scale
      let first = max(0, Int(centre - support + 0.5))
      let last = min(input, Int(centre + support + 0.5))
      let weights = (first..<last).map { pixel in
        Self.cubic((Double(pixel) - centre + 0.5) / widening)
      }
      let total = weights.reduce(0, +)
      let unit = Double(1 << Self.precision)
      return (
        first,
        weights.map { weight in
          let scaled = (total == 0 ? weight : weight / total) * unit
          return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
        }
      )
    }
  }

  /// Keys' cubic convolution with a = -0.5.
  private static func cubic(_ distance: Double) -> Double {
    let (a, x) = (-0.5, abs(distance))
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }

  /// A weighted sum as a pixel.
  static func pixel(_ sum: Int32) -> UInt8 {
    UInt8(clamping: (sum + 1 << (precision - 1)) >> precision)
  }
}

extension PixelImage {
  /// The picture at another size.
  public func resampled(width: Int, height: Int) -> PixelImage {
    var image = self
    if width != self.width { image = image.resampledRows(to: width) }
    if height != self.height { image = image.resampledColumns(to: height) }
    return image
  }

  /// The picture with each pixel repeated `factor` times along both axes.
  public func enlarged(_ factor: Int) -> PixelImage {
    var large = PixelImage(width: width * factor, height: height * factor, colour: .white)
    for row in 0..<large.height {
      for column in 0..<large.width {
        for channel in 0..<3 {
          large[row, column, channel] = self[row / factor, column / factor, channel]
        }
      }
    }
    return large
  }

  private func resampledRows(to width: Int) -> PixelImage {
    let kernel = Kernel(from: self.width, to: width)
    var result = PixelImage(width: width, height: height, colour: .white)
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe result.pixels.withUnsafeMutableBufferPointer { target in
        for row in 0..<height {
          for (column, tap) in kernel.taps.enumerated() {
            for channel in 0..<3 {
              var sum: Int32 = 0
              var at = (row * self.width + tap.first) * 3 + channel
              for weight in tap.weights {
                sum &+= unsafe weight &* Int32(source[at])
                at += 3
              }
              unsafe target[(row * width + column) * 3 + channel] = Kernel.pixel(sum)
            }
          }
        }
      }
    }
    return result
  }

  private func resampledColumns(to height: Int) -> PixelImage {
    let kernel = Kernel(from: self.height, to: height)
    var result = PixelImage(width: width, height: height, colour: .white)
    let stride = width * 3
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe result.pixels.withUnsafeMutableBufferPointer { target in
        for (row, tap) in kernel.taps.enumerated() {
          for column in 0..<stride {
            var sum: Int32 = 0
            var at = tap.first * stride + column
            for weight in tap.weights {
              sum &+= unsafe weight &* Int32(source[at])
              at += stride
            }
            unsafe target[row * stride + column] = Kernel.pixel(sum)
          }
        }
      }
    }
    return result
  }
}
