package import SPAEPixels
import SPAEPyramid

/// Where edits have filled something with a word, in pixels of the decoded picture.
package struct PaintedArea: Sendable {
  /// All that is filled, 0 to 1, [row, column]: nothing else of a photograph changes.
  package private(set) var mask: [Float]
  /// The same without its rim, for which words have been chosen.
  private var receded: [Float]

  /// Pixels of the rim, where words change less than they should; and those around it from which it
  /// takes what changes there.
  private static let (rim, radius) = (3, 4)
  /// How much the rim itself counts among these, for what is too narrow to have anything else.
  private static let ownWeight: Float = 0.02
  /// A smaller weight of pixels around tells nothing.
  private static let least: Float = 1e-4

  package init(_ masks: (whole: [Float], receded: [Float])) { (mask, receded) = masks }

  /// Both areas.
  mutating func add(_ other: PaintedArea) {
    mask = zip(mask, other.mask).map(max)
    receded = zip(receded, other.receded).map(max)
  }

  /// A picture whose rim has changed from `before` as what is within it has.
  package func completed(_ after: PixelImage, from before: PixelImage) -> PixelImage {
    let size = GridSize(rows: before.height, columns: before.width)
    let inner = eroded(receded, by: Self.rim, size)
    let weights = zip(inner, receded).map { $0 + Self.ownWeight * $1 }
    let difference = zip(after.pixels, before.pixels).map { Float($0) - Float($1) }
    let weighted = difference.indices.map { weights[$0 / 3] * difference[$0] }
    let sums = smooth(weighted, channels: 3, size: size, radius: Self.radius)
    let shares = smooth(weights, channels: 1, size: size, radius: Self.radius)
    var picture = before
    for index in sums.indices where shares[index / 3] > Self.least {
      let (share, around) = (inner[index / 3], sums[index] / shares[index / 3])
      let value = Float(before.pixels[index]) + share * difference[index] + (1 - share) * around
      picture.pixels[index] = UInt8(min(max(value.rounded(), 0), 255))
    }
    return picture
  }
}
