import CKernels
import SPAEPixels

/// Chooses the colours that come nearest to a picture's own.
///
/// The box of colours with the greatest squared error is cut at its mean, across the channel that
/// varies most, until there are enough. A colour counts by the square root of its pixels: by their
/// number rare colours would have none near, and dithering cannot show what lies outside of all.
enum AdaptivePalette {
  /// At most `count` colours for a picture.
  static func colours(of image: PixelImage, count: Int) -> [SixelColour] {
    var bins = histogram(image)
    return cut(&bins, into: count).map { SixelColour(red: $0.x, green: $0.y, blue: $0.z) }
  }

  /// Pixels of about the same colour.
  private struct Bin {
    /// Their mean: red, green, blue of 0 to 255; the last is zero.
    var mean = SIMD4<Float>()
    var weight: Float = 0
  }

  /// The bins that hold pixels: 32 along each channel.
  private static func histogram(_ image: PixelImage) -> [Bin] {
    // The sums of each bin's colours, and its pixels.
    var sums = [SIMD4<UInt32>](repeating: .zero, count: 1 << 15)
    unsafe sums.withUnsafeMutableBytes { sums in
      let sums = unsafe sums.bindMemory(to: UInt32.self)
      unsafe spae_fastest_kernels().pointee.count_colours(
        image.pixels, image.width * image.height, sums.baseAddress)
    }
    return sums.lazy.filter { $0.w > 0 }.map { sum in
      let weight = Float(sum.w)
      let mean = SIMD4(Float(sum.x), Float(sum.y), Float(sum.z), 0) / weight
      return Bin(mean: mean, weight: weight.squareRoot())
    }
  }

  /// A part of the bins that becomes one colour.
  private struct Box {
    let range: Range<Int>
    let mean: SIMD4<Float>
    /// The squared error of each channel.
    let errors: SIMD4<Float>

    init(_ bins: [Bin], _ range: Range<Int>) {
      var (sum, weight) = (SIMD4<Float>(), Float(0))
      for bin in bins[range] {
        sum += bin.mean * bin.weight
        weight += bin.weight
      }
      let mean = sum / max(weight, 1)
      var errors = SIMD4<Float>()
      for bin in bins[range] {
        let away = bin.mean - mean
        errors += away * away * bin.weight
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
}
