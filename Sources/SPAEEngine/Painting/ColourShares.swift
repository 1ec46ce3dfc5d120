import SPAEPixels

/// How much of a pixel belongs to something, after a look at its colour.
///
/// An outline at a few pixels a part misses thin things: legs in the grass, a mast before the sky.
/// Their colours are rarely those of what is around them.
struct ColourShares {
  /// How many levels of each channel are told apart.
  private static let levels = 16
  /// The share of each of the two that no colour takes away.
  static let least = 0.02
  /// Of the colours of each, how much is taken to be spread over all colours.
  private static let even = 0.05
  /// How many times a colour may speak for the one rather than for the other.
  private static let most = 50.0

  private let colours: [Int]  // of each pixel

  init(_ picture: PixelImage) {
    let step = 256 / Self.levels
    colours = (0..<picture.width * picture.height).map { pixel in
      (0..<3).reduce(0) { $0 * Self.levels + Int(picture.pixels[3 * pixel + $1]) / step }
    }
  }

  /// Shares [row, column] by Bayes' rule, from the colours of what is inside and of the rest.
  ///
  /// Where nearly all or nearly nothing is inside, the colours say nothing. The colours are those of
  /// the shares themselves or of others, `learned`; none brings a share from below `least`.
  func corrected(
    _ shares: [Float], learned: [Float]? = nil, least: Double = Self.least
  ) -> [Float] {
    let known = learned ?? shares
    guard let inside = histogram({ Double(known[$0]) }),
      let outside = histogram({ 1 - Double(known[$0]) })
    else { return shares }
    let ratios = zip(inside, outside).map { min(max($0 / $1, 1 / Self.most), Self.most) }
    return zip(shares, colours).map { share, colour in
      let before = min(max(Double(share), least), 1 - Self.least)
      let after = before * ratios[colour]
      return Float(after / (after + (1 - before)))
    }
  }

  /// How likely each colour is, smoothed over its neighbours; nil of no pixels.
  private func histogram(_ weight: (Int) -> Double) -> [Double]? {
    let count = Self.levels * Self.levels * Self.levels
    var found = [Double](repeating: 0, count: count)
    for (pixel, colour) in colours.enumerated() { found[colour] += weight(pixel) }
    let total = found.reduce(0, +)
    guard total >= 1 else { return nil }
    for step in [Self.levels * Self.levels, Self.levels, 1] {
      found = found.indices.map { colour in
        let level = colour / step % Self.levels
        let below = level == 0 ? colour : colour - step
        let above = level == Self.levels - 1 ? colour : colour + step
        return found[below] / 4 + found[colour] / 2 + found[above] / 4
      }
    }
    return found.map { $0 / total + Self.even / Double(count) }
  }
}
