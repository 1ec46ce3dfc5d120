package import SPAEPixels

/// The filter that holds the pixels of a film that stand still.
///
/// What changes words changes pixels around them a little, also where the clip stands still. So of a
/// small change a frame shows a part, and of a great one all:
///
///     e = max over a pixel's channels of |D - S|
///     w = min(256, max(96, 256 (e - n) / n)), rounded down
///     S' = S + sign(D - S) ((|D - S| w + 128) / 256), rounded down
///
/// where D is what the frame's words decode to, S what the frame before shows, and n the film's
/// number of levels, all of 255. Up to 11 n / 8 a change is shown by 3/8 in each frame, from 2 n on at
/// once. It computes in whole numbers, so all machines show the same bytes. A key frame shows D.
package struct SteadyFilter: Hashable, Sendable {
  /// n, from 0 to 255; 0 shows what the words decode to.
  package let levels: Int

  /// w for each e, in 256ths, [256].
  private let weights: [Int]

  /// What a frame shows of a small change, in 256ths.
  private static let least = 96

  package init(levels: Int) {
    self.levels = levels
    weights = (0...255).map { change in
      levels == 0 ? 256 : min(256, max(Self.least, 256 * (change - levels) / levels))
    }
  }

  /// What a frame shows that decodes to a picture, after one that showed another of its size.
  package func picture(_ decoded: PixelImage, after shown: PixelImage) -> PixelImage {
    guard levels > 0, (decoded.width, decoded.height) == (shown.width, shown.height) else {
      return decoded
    }
    var filtered = shown
    unsafe decoded.pixels.withUnsafeBufferPointer { decoded in
      unsafe filtered.pixels.withUnsafeMutableBufferPointer { shown in
        for pixel in stride(from: 0, to: decoded.count, by: 3) {
          unsafe move(shown, to: decoded, at: pixel)
        }
      }
    }
    return filtered
  }

  /// Moves one pixel, whose first channel is at an index.
  private func move(
    _ shown: UnsafeMutableBufferPointer<UInt8>, to decoded: UnsafeBufferPointer<UInt8>,
    at index: Int
  ) {
    var changes = SIMD4<Int>()
    for channel in 0..<3 {
      unsafe changes[channel] = Int(decoded[index + channel]) - Int(shown[index + channel])
    }
    let sizes = changes.replacing(with: 0 &- changes, where: changes .< 0)
    let greatest = sizes.max()
    guard greatest > 1 else { return }
    let moves = (sizes &* weights[greatest] &+ 128) &>> 8
    for channel in 0..<3 {
      let move = changes[channel] < 0 ? -moves[channel] : moves[channel]
      unsafe shown[index + channel] = UInt8(truncatingIfNeeded: Int(shown[index + channel]) + move)
    }
  }
}
