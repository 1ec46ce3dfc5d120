import SPAEPixels
import SPAEPyramid

/// A picture with a part of another one in it, whose rim is blended.
struct BroughtPicture {
  /// In pixels.
  struct Box: Hashable {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  let picture: PixelImage

  /// The mean squared difference along the rim, where the picture goes on, in squares of 0 to 255.
  let rimError: Float

  /// The share of a box's shorter side over which the one picture becomes the other.
  private static let rim: Float = 0.125

  /// How many times as long as the box a part may be along one side for its ends to be cut off.
  private static let cut: Float = 1.5

  /// Puts a part, which is scaled, into a box of a picture.
  init(_ part: PixelImage, into box: Box, of before: PixelImage) {
    let (part, box) = Self.fitted(part, box)
    let rim = max(2, Self.rim * Float(min(box.rows.count, box.columns.count)))
    let down = Self.weights(box.rows, of: before.height, rim: rim)
    let across = Self.weights(box.columns, of: before.width, rim: rim)
    var (picture, sum, count) = (before, Float(0), Float(0))
    for (y, row) in box.rows.enumerated() {
      for (x, column) in box.columns.enumerated() {
        let weight = down[y] * across[x]
        for channel in 0..<3 {
          let (old, new) = (Float(before[row, column, channel]), Float(part[y, x, channel]))
          picture[row, column, channel] = UInt8((old + weight * (new - old)).rounded())
          if weight < 1 {
            sum += (new - old) * (new - old)
            count += 1
          }
        }
      }
    }
    (self.picture, rimError) = (picture, count > 0 ? sum / count : 0)
  }

  /// How much of the part each pixel along a side takes, 0 to 1; all at the picture's own edge.
  private static func weights(_ side: Range<Int>, of length: Int, rim: Float) -> [Float] {
    side.map { at in
      let before = side.lowerBound > 0 ? Float(at - side.lowerBound) + 0.5 : rim
      let after = side.upperBound < length ? Float(side.upperBound - at) - 0.5 : rim
      let share = min(1, min(before, after) / rim)
      return share * share * (3 - 2 * share)
    }
  }

  /// A part as large as a box. Little of its longer side is cut off; if it is much longer, it is put
  /// whole into the middle of the box.
  private static func fitted(_ part: PixelImage, _ box: Box) -> (PixelImage, Box) {
    let (width, height) = (Float(part.width), Float(part.height))
    let aspect = Float(box.columns.count) / Float(box.rows.count)
    let excess = width / height / aspect
    if max(excess, 1 / excess) > cut { return contained(part, box) }
    let kept =
      excess > 1
      ? GridSize(rows: part.height, columns: max(1, Int((height * aspect).rounded())))
      : GridSize(rows: max(1, Int((width / aspect).rounded())), columns: part.width)
    let middle = part.cropped(
      left: (part.width - kept.columns) / 2, top: (part.height - kept.rows) / 2,
      width: kept.columns, height: kept.rows)
    return (middle.resampled(width: box.columns.count, height: box.rows.count), box)
  }

  private static func contained(_ part: PixelImage, _ box: Box) -> (PixelImage, Box) {
    let scale = min(
      Float(box.columns.count) / Float(part.width), Float(box.rows.count) / Float(part.height))
    func middle(_ side: Range<Int>, _ length: Int) -> Range<Int> {
      let own = min(side.count, max(1, Int((Float(length) * scale).rounded())))
      let start = side.lowerBound + (side.count - own) / 2
      return start..<start + own
    }
    let inner = Box(rows: middle(box.rows, part.height), columns: middle(box.columns, part.width))
    return (part.resampled(width: inner.columns.count, height: inner.rows.count), inner)
  }
}
