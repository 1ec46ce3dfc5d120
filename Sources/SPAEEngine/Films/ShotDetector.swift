package import SPAEPixels

/// Tells where a clip is cut, by the pictures alone.
///
/// Each block of a small grey copy is looked for in the copy before, a few pixels around its place.
/// What is not found there is new. A moving camera and moving things are found again; a cut leaves
/// little. A change of the light alone is none: blocks are compared without their means.
package struct ShotDetector: Sendable {
  /// Pixels of the small copy along the shorter side.
  private static let side = 64
  private static let block = 8
  private static let reach = 6

  private struct Copy: Sendable {
    let width: Int
    let height: Int
    let grey: [Int16]  // [height, width], from 0 to 8 x 255
    /// The mean of the block that begins at each place, [height - block + 1, width - block + 1].
    let means: [Int]

    init(width: Int, height: Int, grey: [Int16]) {
      (self.width, self.height, self.grey) = (width, height, grey)
      means = Self.means(grey, width: width, height: height)
    }

    func mean(_ top: Int, _ left: Int) -> Int { means[top * (width - block + 1) + left] }

    /// From the sums of each column's last rows.
    private static func means(_ grey: [Int16], width: Int, height: Int) -> [Int] {
      var columns = [Int](repeating: 0, count: width)
      var means: [Int] = []
      for row in 0..<height {
        for column in 0..<width {
          columns[column] += Int(grey[row * width + column])
          if row >= block { columns[column] -= Int(grey[(row - block) * width + column]) }
        }
        guard row >= block - 1 else { continue }
        var sum = columns[..<(block - 1)].reduce(0, +)
        for left in 0...width - block {
          sum += columns[left + block - 1]
          means.append(sum / (block * block))
          sum -= columns[left]
        }
      }
      return means
    }
  }

  private var last: Copy?

  package init() {}

  /// The share of a frame, from 0 to 1, that the frame before does not explain; 1 of the first frame.
  ///
  /// All frames of a clip must have one size.
  package mutating func novelty(of frame: PixelImage) -> Float {
    let copy = Self.copy(of: frame)
    defer { last = copy }
    guard let last, last.width == copy.width, last.height == copy.height else { return 1 }
    var (new, all) = (0, 0)
    for top in stride(from: 0, through: copy.height - Self.block, by: Self.block) {
      for left in stride(from: 0, through: copy.width - Self.block, by: Self.block) {
        let own = Self.texture(copy, top, left)
        all += own
        new += Self.nearest(copy, last, top, left, atMost: own)
      }
    }
    // A blank frame is explained by a blank frame, of whatever colour.
    return all == 0 ? 0 : Float(new) / Float(all)
  }

  private static func copy(of frame: PixelImage) -> Copy {
    let short = min(frame.width, frame.height)
    let scale = { max(block, (side * $0 + short / 2) / short) }
    let (width, height) = (scale(frame.width), scale(frame.height))
    let small =
      width == frame.width && height == frame.height
      ? frame : frame.resampled(width: width, height: height)
    let pixels = small.pixels.map(Int16.init)
    let grey = stride(from: 0, to: pixels.count, by: 3).map { index -> Int16 in
      2 * pixels[index] + 5 * pixels[index + 1] + pixels[index + 2]
    }
    return Copy(width: width, height: height, grey: grey)
  }

  /// How much a block differs from its mean.
  private static func texture(_ copy: Copy, _ top: Int, _ left: Int) -> Int {
    let mean = copy.mean(top, left)
    var sum = 0
    for row in top..<top + block {
      for column in left..<left + block {
        sum += abs(Int(copy.grey[row * copy.width + column]) - mean)
      }
    }
    return sum
  }

  /// The least difference of a block from those around its place in the last copy, up to a limit.
  private static func nearest(
    _ copy: Copy, _ last: Copy, _ top: Int, _ left: Int, atMost limit: Int
  ) -> Int {
    var best = limit
    let mean = copy.mean(top, left)
    unsafe copy.grey.withUnsafeBytes { own in
      unsafe last.grey.withUnsafeBytes { other in
        let block = unsafe rows(of: own, copy.width, top, left)
        for row in max(0, top - reach)...min(last.height - Self.block, top + reach) {
          for column in max(0, left - reach)...min(last.width - Self.block, left + reach) {
            let found = unsafe rows(of: other, last.width, row, column)
            let shift = Int16(truncatingIfNeeded: mean - last.mean(row, column))
            best = min(best, difference(block, found, shift: shift))
          }
        }
      }
    }
    return best
  }

  /// The numbers of a block, row by row.
  private typealias Rows = InlineArray<8, SIMD8<Int16>>

  private static func rows(
    of grey: UnsafeRawBufferPointer, _ width: Int, _ top: Int, _ left: Int
  ) -> Rows {
    Rows { row in
      unsafe grey.loadUnaligned(
        fromByteOffset: 2 * ((top + row) * width + left), as: SIMD8<Int16>.self)
    }
  }

  /// Eight numbers of up to 2 x 8 x 255 add up within 16 bits.
  private static func difference(_ own: Rows, _ other: Rows, shift: Int16) -> Int {
    var sums = SIMD8<Int16>()
    for row in own.indices {
      let difference = own[row] &- other[row] &- shift
      sums &+= pointwiseMax(difference, 0 &- difference)
    }
    return Int(SIMD8<Int32>(truncatingIfNeeded: sums).wrappedSum())
  }
}
