import SPAEPixels
import SPAEPyramid

/// What becomes a word beyond the positions that said another one.
extension Outlines {
  /// From which share a pixel of what is filled begins to belong to it, and from which it does wholly.
  private static let filledEdge: (begin: Float, whole: Float) = (0.5, 0.7)
  /// How often the colours of what is filled are learned.
  private static let turns = 3
  /// Pixels over which its rim fades.
  private static let soft = 1
  /// Pixels by which the whole grows, so that the filter that follows a photograph's edges reaches them.
  private static let grown = 1

  /// The share of a thing that is no class of the segmentation, in its box or else in its cells.
  private static let (inBox, inCells): (Float, Float) = (0.4, 0.2)
  /// A box that scores less is none.
  static let leastScore: Float = 0.4
  /// How much of a word's positions a box of which another class is said must hold.
  private static let leastHeld: Float = 0.6
  /// A box of more of the picture tells nothing.
  private static let wholePicture: Float = 0.9

  /// Which pixels are filled that have such shares, 0 to 1, [row, column]; no colour brings a share from
  /// below `least`. `receded` is less by so many pixels at its rim, as words spread a change beyond it.
  func fillMasks(
    of shares: [Float], guidedBy picture: PixelImage, rim: Int, least: Double = ColourShares.least
  ) -> (whole: [Float], receded: [Float]) {
    let edges = edges(of: shares, in: picture, turns: Self.turns, least: least)
    let pixels = GridSize(rows: picture.height, columns: picture.width)
    let inside = eroded(Self.cut(edges, Self.filledEdge), by: rim, pixels)
    let outside = Self.cut(edges, Self.edge).map { 1 - $0 }
    return (
      eroded(outside, by: Self.grown, pixels).map { 1 - $0 },
      windowMeans(inside, channels: 1, size: pixels, radius: Self.soft)
    )
  }

  /// How much of each part may be of a thing in some boxes, or without one at some positions.
  func shares(
    ofThingIn boxes: [EvidenceMap.Box], orAt positions: [CellAddress], of shape: PyramidShape
  ) -> [Float] {
    var shares = [Float](repeating: 0, count: size.count)
    guard !boxes.isEmpty else {
      for part in positions.flatMap({ parts(at: $0, of: shape) }) { shares[part] = Self.inCells }
      return shares
    }
    // The branch may have seen it without a name for it.
    let seen = share(of: things, of: shape)
    for part in parts(in: boxes) { shares[part] = max(seen[part], Self.inBox) }
    return shares
  }

  /// The boxes of a thing that some words say at some positions: those whose class they name; or, of
  /// the picture's main thing, the surest that holds its positions.
  func boxes(
    of words: Set<Int32>, at positions: [CellAddress], isMain: Bool, of shape: PyramidShape
  ) -> [EvidenceMap.Box] {
    let named = boxes.filter { !words.isDisjoint(with: boxWords[$0.number]) }
    guard named.isEmpty, isMain else { return named }
    let inside = Set(positions.flatMap { parts(at: $0, of: shape) })
    let fitting = boxes.first { box in
      let held = Float(inside.intersection(parts(in: [box])).count) / Float(max(1, inside.count))
      return held >= Self.leastHeld && box.area < Self.wholePicture
    }
    return fitting.map { [$0] } ?? []
  }

  /// The parts whose middles are in some boxes.
  private func parts(in boxes: [EvidenceMap.Box]) -> [Int] {
    (0..<size.count).filter { part in
      let x = (Float(part % size.columns) + 0.5) / Float(size.columns)
      let y = (Float(part / size.columns) + 0.5) / Float(size.rows)
      return boxes.contains { $0.holds(x, y) }
    }
  }
}

/// The least of each pixel of a mask and those up to `count` beside or above it, [row, column].
func eroded(_ mask: [Float], by count: Int, _ size: GridSize) -> [Float] {
  func least(_ values: [Float], _ pixel: (Int, Int) -> Int, _ at: Int, _ length: Int) -> Float {
    (max(0, at - count)...min(length - 1, at + count)).reduce(Float(1)) {
      min($0, values[pixel(at, $1)])
    }
  }
  let across = mask.indices.map { index in
    let row = index / size.columns
    return least(mask, { row * size.columns + $1 }, index % size.columns, size.columns)
  }
  return mask.indices.map { index in
    let column = index % size.columns
    return least(across, { $1 * size.columns + column }, index / size.columns, size.rows)
  }
}
