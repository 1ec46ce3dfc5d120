/// The layers of a pyramid over one grid of latent cells: 1, 2, 4 ... h and once more h positions along
/// its shorter side of h cells, and along the other as many more as it is longer.
///
/// A picture of 128 pixels a side has a grid of 16 x 16 cells and six layers of 1, 4, 16, 64, 256 and
/// 256 words (SPAE, section 3.1), one of 192 x 128 pixels six of 2, 6, 24, 96, 384 and 384. Layers and
/// depths are counted from 1, as in the paper.
public struct PyramidShape: Hashable, Sendable {
  /// The latent grid.
  public let grid: GridSize

  /// The positions of each layer, coarsest first; the last two are the grid.
  public let layers: [GridSize]

  /// How many times as long as the shorter side of a grid the longer one may be.
  package static let greatestAspect = 4

  /// Makes the shape over a grid, or nil when its shorter side is not a power of two from 8 to 64
  /// or the other more than four times as long.
  public init?(grid: GridSize) {
    let (short, long) = (grid.shorter, grid.longer)
    guard (8...64).contains(short), short.nonzeroBitCount == 1,
      long <= Self.greatestAspect * short
    else { return nil }
    self.grid = grid
    layers = ((0...short.trailingZeroBitCount).map { 1 << $0 } + [short]).map { side in
      // The longer side has side * long / short positions, rounded.
      let other = (2 * side * long + short) / (2 * short)
      return grid.rows <= grid.columns
        ? GridSize(rows: side, columns: other) : GridSize(rows: other, columns: side)
    }
  }

  /// Makes the shape over a square grid of so many cells a side.
  public init?(grid: Int) { self.init(grid: GridSize(rows: grid, columns: grid)) }

  /// The shape of a square of 128 pixels, whose upper layers those of all squares are.
  public static var square: PyramidShape {
    guard let shape = PyramidShape(grid: 16) else { fatalError("16 is a grid") }
    return shape
  }

  /// Makes the shape for a picture that is seen whole: the shorter side has `cells` cells, the longer
  /// the number whose aspect is nearest to the picture's, at most four times as many.
  public init?(shorterSide cells: Int, width: Int, height: Int) {
    let (short, long) = (min(width, height), max(width, height))
    guard short > 0 else { return nil }
    // cells * long / short, rounded, a half to the smaller number.
    let (quotient, remainder) = (long / short, long % short)
    let nearest = cells * quotient + (2 * cells * remainder + short - 1) / (2 * short)
    let other = min(nearest, Self.greatestAspect * cells)
    self.init(
      grid: width >= height
        ? GridSize(rows: cells, columns: other) : GridSize(rows: other, columns: cells))
  }

  /// The number of layers, which is also the greatest depth.
  public var depth: Int { layers.count }

  /// The positions of a layer, counted from 1.
  public func size(ofLayer layer: Int) -> GridSize { layers[layer - 1] }

  /// The cells from one position of a layer to the next along the grid's shorter side.
  ///
  /// Along the longer side it is about as many, not always a whole number. What is learned for a
  /// stride goes by this one, which is that of the square pyramid.
  public func stride(ofLayer layer: Int) -> Int { grid.shorter / size(ofLayer: layer).shorter }

  /// Whether a word of a layer stands for more than one cell, so that an edit of it can paint.
  package func paints(_ layer: Int) -> Bool { stride(ofLayer: layer) > 1 }

  /// The number of words in layers 1 ... `depth`: 1, 5, 21, 85, 341, 597 for a grid of 16 x 16.
  public func wordCount(toDepth depth: Int) -> Int {
    layers.prefix(depth).reduce(0) { $0 + $1.count }
  }

  /// The number of words in the whole pyramid.
  public var wordCount: Int { wordCount(toDepth: depth) }
}
