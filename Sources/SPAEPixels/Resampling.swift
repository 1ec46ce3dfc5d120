/// Antialiased bicubic resampling in fixed point, first along rows, then along columns.
///
/// It gives the numbers that Pillow's `Image.resize(..., BICUBIC)` gives: cubic convolution with
/// a = -0.5, its support widened when a picture shrinks, coefficients of 22 bits, and each pass
/// rounded to 8 bits. So a model sees here exactly what it saw in training.
private struct Kernel {
  static let precision = 22

  /// For each output pixel the first input pixel, and which of `weights` it and the next ones have.
  private(set) var taps: [(first: Int, weights: Range<Int>)] = []

  /// The weights of all taps, one tap after the other.
  private(set) var weights: [Int32] = []

  init(from input: Int, to output: Int) {
    let scale = Double(input) / Double(output)
    let widening = max(scale, 1)
    let support = 2 * widening
    for index in 0..<output {
      let centre = (Double(index) + 0.5) * scale
      let first = max(0, Int(centre - support + 0.5))
      let last = min(input, Int(centre + support + 0.5))
      let start = weights.count
      weights += Self.normal(
        (first..<last).map { Self.cubic((Double($0) - centre + 0.5) / widening) })
      taps.append((first, start..<weights.count))
    }
  }

  /// Weights in fixed point whose sum is one.
  private static func normal(_ weights: [Double]) -> [Int32] {
    let total = weights.reduce(0, +)
    let unit = Double(1 << precision)
    return weights.map { weight in
      let scaled = (total == 0 ? weight : weight / total) * unit
      return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
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
    UInt8(clamping: (sum &+ 1 << (precision - 1)) &>> Int32(precision))
  }
}

extension PixelImage {
  /// The picture at another size.
  public func resampled(width: Int, height: Int) -> PixelImage {
    resampled(width: width, height: height, rows: 0..<height, columns: 0..<width)
  }

  /// A part of the picture at another size: what `resampled` gives there, for less work.
  public func resampled(
    width: Int, height: Int, rows: Range<Int>, columns: Range<Int>
  ) -> PixelImage {
    var image = self
    if width != self.width {
      image = image.resampledRows(to: width, columns)
    } else if columns != 0..<width {
      image = image.cropped(
        left: columns.lowerBound, top: 0, width: columns.count, height: self.height)
    }
    if height != self.height {
      image = image.resampledColumns(to: height, rows)
    } else if rows != 0..<height {
      image = image.cropped(
        left: 0, top: rows.lowerBound, width: image.width, height: rows.count)
    }
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

  private func resampledRows(to width: Int, _ columns: Range<Int>) -> PixelImage {
    let kernel = Kernel(from: self.width, to: width)
    var result = PixelImage(width: columns.count, height: height, colour: .white)
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe result.pixels.withUnsafeMutableBufferPointer { target in
        unsafe kernel.weights.withUnsafeBufferPointer { weights in
          for row in 0..<height {
            var pixel = row &* columns.count &* 3
            for tap in kernel.taps[columns] {
              var (red, green, blue): (Int32, Int32, Int32) = (0, 0, 0)
              var at = (row &* self.width &+ tap.first) &* 3
              for index in tap.weights {
                let weight = unsafe weights[index]
                unsafe red &+= weight &* Int32(source[at])
                unsafe green &+= weight &* Int32(source[at &+ 1])
                unsafe blue &+= weight &* Int32(source[at &+ 2])
                at &+= 3
              }
              unsafe target[pixel] = Kernel.pixel(red)
              unsafe target[pixel &+ 1] = Kernel.pixel(green)
              unsafe target[pixel &+ 2] = Kernel.pixel(blue)
              pixel &+= 3
            }
          }
        }
      }
    }
    return result
  }

  private func resampledColumns(to height: Int, _ rows: Range<Int>) -> PixelImage {
    let kernel = Kernel(from: self.height, to: height)
    var result = PixelImage(width: width, height: rows.count, colour: .white)
    let stride = width * 3
    var sums = [Int32](repeating: 0, count: stride)
    unsafe pixels.withUnsafeBufferPointer { source in
      unsafe result.pixels.withUnsafeMutableBufferPointer { target in
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          for (row, tap) in kernel.taps[rows].enumerated() {
            unsafe sums.update(repeating: 0)
            for (index, weight) in kernel.weights[tap.weights].enumerated() {
              let start = (tap.first &+ index) &* stride
              for column in 0..<stride {
                unsafe sums[column] &+= weight &* Int32(source[start &+ column])
              }
            }
            for column in 0..<stride {
              unsafe target[row &* stride &+ column] = Kernel.pixel(sums[column])
            }
          }
        }
      }
    }
    return result
  }
}
