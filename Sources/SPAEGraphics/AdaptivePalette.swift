import SPAEPixels

/// Chooses the colours that come nearest to a picture's own.
///
/// The box of colours with the greatest squared error is cut at its mean, across the channel that
/// varies most, until there are enough; then each colour moves to the mean of what is nearest to it.
enum AdaptivePalette {
  private static let refinements = 4

  /// At most `count` colours for a picture.
  static func colours(of image: PixelImage, count: Int) -> [SixelColour] {
    var bins = histogram(image)
    var means = cut(&bins, into: count)
    for _ in 0..<refinements { refine(&means, bins) }
    return means.map { SixelColour(red: $0.x, green: $0.y, blue: $0.z) }
  }

  /// Pixels of about the same colour.
  private struct Bin {
    /// Their mean: red, green, blue of 0 to 255; the last is zero.
    var mean = SIMD4<Float>()
    var count: Float = 0
  }

  /// The bins that hold pixels: 32 along each channel.
  private static func histogram(_ image: PixelImage) -> [Bin] {
    var bins = [Bin](repeating: Bin(), count: 1 << 15)
    for pixel in Swift.stride(from: 0, to: image.pixels.count, by: 3) {
      let (red, green) = (image.pixels[pixel], image.pixels[pixel + 1])
      let blue = image.pixels[pixel + 2]
      let index = Int(red >> 3) << 10 | Int(green >> 3) << 5 | Int(blue >> 3)
      bins[index].mean += SIMD4(Float(red), Float(green), Float(blue), 0)
      bins[index].count += 1
    }
    return bins.compactMap { bin in
      bin.count > 0 ? Bin(mean: bin.mean / bin.count, count: bin.count) : nil
    }
  }

  /// A part of the bins that becomes one colour.
  private struct Box {
    let range: Range<Int>
    let mean: SIMD4<Float>
    /// The squared error of each channel.
    let errors: SIMD4<Float>

    init(_ bins: [Bin], _ range: Range<Int>) {
      var (sum, count) = (SIMD4<Float>(), Float(0))
      for bin in bins[range] {
        sum += bin.mean * bin.count
        count += bin.count
      }
      let mean = sum / max(count, 1)
      var errors = SIMD4<Float>()
      for bin in bins[range] {
        let away = bin.mean - mean
        errors += away * away * bin.count
      }
      (self.range, self.mean, self.errors) = (range, mean, errors)
    }

    var error: Float { range.count > 1 ? errors.sum() : 0 }
  }

  private static func cut(_ bins: inout [Bin], into count: Int) -> [SIMD4<Float>] {
    var boxes = [Box(bins, bins.indices)]
    while boxes.count < count {
      guard let worst = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }),
        boxes[worst].error > 0
      else { break }
      let box = boxes[worst]
      let channel = (0..<3).max { box.errors[$0] < box.errors[$1] } ?? 0
      let middle = bins[box.range].partition { $0.mean[channel] > box.mean[channel] }
      // Rounding may leave all on one side of their mean.
      guard box.range.lowerBound < middle, middle < box.range.upperBound else { break }
      boxes[worst] = Box(bins, box.range.lowerBound..<middle)
      boxes.append(Box(bins, middle..<box.range.upperBound))
    }
    return boxes.map(\.mean)
  }

  /// One step of k-means; a colour that is nearest to nothing stays.
  private static func refine(_ means: inout [SIMD4<Float>], _ bins: [Bin]) {
    var sums = [SIMD4<Float>](repeating: .zero, count: means.count)
    var counts = [Float](repeating: 0, count: means.count)
    for bin in bins {
      let nearest = nearest(to: bin.mean, in: means)
      sums[nearest] += bin.mean * bin.count
      counts[nearest] += bin.count
    }
    for index in means.indices where counts[index] > 0 {
      means[index] = sums[index] / counts[index]
    }
  }

  private static func nearest(to colour: SIMD4<Float>, in means: [SIMD4<Float>]) -> Int {
    var (best, least) = (0, Float.infinity)
    for (index, mean) in means.enumerated() {
      let away = colour - mean
      let distance = (away * away).sum()
      if distance < least { (best, least) = (index, distance) }
    }
    return best
  }
}
