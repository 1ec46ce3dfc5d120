import CKernels

/// Antialiased bicubic resampling in fixed point, first along rows, then along columns.
///
/// It gives the numbers that Pillow's `Image.resize(..., BICUBIC)` gives: cubic convolution with
/// a = -0.5, its support widened when a picture shrinks, coefficients of 22 bits, and each pass
/// rounded to 8 bits. So a model sees here exactly what it saw in training.
private struct Filter {
  /// The input pixels that each output pixel is a sum of.
  let taps: Int

  /// The first of them, [output].
  let first: [Int32]

  /// Their weights in fixed point, [output, taps].
  let weights: [Int32]

  /// The filter for some of the output's pixels; where they look is within the input.
  init(from input: Int, to output: Int, _ wanted: Range<Int>) {
    let scale = Double(input) / Double(output)
    let widening = max(scale, 1)
    let support = 2 * widening
    let centres = wanted.map { (Double($0) + 0.5) * scale }
    let seen = centres.map { centre in
      max(0, Int(centre - support + 0.5))..<min(input, Int(centre + support + 0.5))
    }
    let taps = seen.map(\.count).max() ?? 0
    self.taps = taps
    first = seen.map { Int32(min($0.lowerBound, input - taps)) }
    var weights = [Int32](repeating: 0, count: wanted.count * taps)
    for (index, (centre, seen)) in zip(centres, seen).enumerated() {
      let start = index * taps + seen.lowerBound - Int(first[index])
      let own = seen.map { Self.cubic((Double($0) - centre + 0.5) / widening) }
      weights.replaceSubrange(start..<start + own.count, with: Self.normal(own))
    }
    self.weights = weights
  }

  /// The weights as the kernel along rows has them: a multiple of four taps, each weight four times.
  var alongRows: (taps: Int, weights: [Int32]) {
    let padded = (taps + 3) / 4 * 4
    var wide = [Int32](repeating: 0, count: first.count * padded * 4)
    for output in first.indices {
      for tap in 0..<taps {
        let start = (output * padded + tap) * 4
        for lane in start..<start + 4 { wide[lane] = weights[output * taps + tap] }
      }
    }
    return (padded, wide)
  }

  /// Weights in fixed point whose sum is one.
  private static func normal(_ weights: [Double]) -> [Int32] {
    let total = weights.reduce(0, +)
    let unit = Double(1 << Int(spae_weight_bits))
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
    let filter = Filter(from: self.width, to: width, columns)
    let (taps, weights) = filter.alongRows
    var scratch = [Int32](repeating: 0, count: (self.width + taps) * 4)
    return unsafe scratch.withUnsafeMutableBufferPointer { scratch in
      unsafe filtered(
        width: columns.count, height: height, taps: taps, first: filter.first, weights: weights,
        scratch: scratch.baseAddress, by: spae_fastest_kernels().pointee.resample_rows)
    }
  }

  private func resampledColumns(to height: Int, _ rows: Range<Int>) -> PixelImage {
    let filter = Filter(from: self.height, to: height, rows)
    return unsafe filtered(
      width: width, height: rows.count, taps: filter.taps, first: filter.first,
      weights: filter.weights, scratch: nil, by: spae_fastest_kernels().pointee.resample_columns)
  }

  private func filtered(
    width: Int, height: Int, taps: Int, first: [Int32], weights: [Int32],
    scratch: UnsafeMutablePointer<Int32>?, by pass: (UnsafePointer<spae_resampling>?) -> Void
  ) -> PixelImage {
    let count = 3 * width * height
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      unsafe self.pixels.withUnsafeBufferPointer { source in
        unsafe first.withUnsafeBufferPointer { first in
          unsafe weights.withUnsafeBufferPointer { weights in
            var task = unsafe spae_resampling(
              source: source.baseAddress, source_row: 3 * self.width,
              source_columns: self.width, target: target.baseAddress, target_row: 3 * width,
              rows: height, columns: width, taps: taps, first: first.baseAddress,
              weights: weights.baseAddress, scratch: scratch)
            unsafe pass(&task)
          }
        }
      }
      filled = count
    }
    return PixelImage(width: width, height: height, pixels: pixels)
  }
}
