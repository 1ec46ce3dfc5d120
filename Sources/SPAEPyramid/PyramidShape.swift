/// The layers of a pyramid over one square grid of latent cells: 1, 2, 4 ... h and once more h per axis.
///
/// A picture of 128 pixels has a grid of 16 cells and six layers of 1, 4, 16, 64, 256 and 256 words
/// (SPAE, section 3.1). Layers and depths are counted from 1, as in the paper.
public struct PyramidShape: Hashable, Sendable {
  /// Cells per axis of the latent grid: a power of two, 8 to 64.
  public let grid: Int

  /// Cells per axis of each layer, coarsest first; the last two equal `grid`.
  public let sides: [Int]

  /// Makes the shape over a grid, or nil when `grid` is not a power of two from 8 to 64.
  public init?(grid: Int) {
    guard (8...64).contains(grid), grid.nonzeroBitCount == 1 else { return nil }
    self.grid = grid
    self.sides = (0...grid.trailingZeroBitCount).map { 1 << $0 } + [grid]
  }

  /// The number of layers, which is also the greatest depth.
  public var depth: Int { sides.count }

  /// Cells per axis of a layer, counted from 1.
  public func side(ofLayer layer: Int) -> Int { sides[layer - 1] }

  /// The distance between two neighbouring cells of a layer, in cells of the latent grid.
  public func stride(ofLayer layer: Int) -> Int { grid / side(ofLayer: layer) }

  /// Whether a word of a layer stands for more than one cell, so that an edit of it can paint.
  public func paints(_ layer: Int) -> Bool { stride(ofLayer: layer) > 1 }

  /// The number of words in layers 1 ... `depth`: 1, 5, 21, 85, 341, 597 for a grid of 16.
  public func wordCount(toDepth depth: Int) -> Int {
    sides.prefix(depth).reduce(0) { $0 + $1 * $1 }
  }

  /// The number of words in the whole pyramid.
  public var wordCount: Int { wordCount(toDepth: depth) }
}
