package import SPAEPixels
import SPAEPyramid

/// Where edits have filled something with a word, in pixels of the decoded picture.
package struct PaintedArea: Sendable {
  /// All that is filled, 0 to 1, [row, column]: nothing else of a photograph changes.
  package private(set) var mask: [Float]
  /// The same without its rim, for which words have been chosen.
  private var receded: [Float]

  /// Pixels from which the rim takes what changes there.
  private static let radius = 2
  /// A smaller weight of pixels around tells nothing.
  private static let least: Float = 1e-3

  init(_ masks: (whole: [Float], receded: [Float])) { (mask, receded) = masks }

  /// Both areas.
  mutating func add(_ other: PaintedArea) {
    mask = zip(mask, other.mask).map(max)
    receded = zip(receded, other.receded).map(max)
  }

  /// A picture whose rim has changed from `before` as what is within it has.
  package func completed(_ after: PixelImage, from before: PixelImage) -> PixelImage {
    let size = GridSize(rows: before.height, columns: before.width)
    let change = before.pixels.indices.map {
      receded[$0 / 3] * (Float(after.pixels[$0]) - Float(before.pixels[$0]))
    }
    let sums = smooth(change, channels: 3, size: size, radius: Self.radius)
    let weights = smooth(receded, channels: 1, size: size, radius: Self.radius)
    var picture = before
    for index in change.indices where weights[index / 3] > Self.least {
      let around = sums[index] / weights[index / 3]
      let value = Float(before.pixels[index]) + change[index] + (1 - receded[index / 3]) * around
      picture.pixels[index] = UInt8(min(max(value.rounded(), 0), 255))
    }
    return picture
  }
}
