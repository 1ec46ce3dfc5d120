public import SPAEPyramid

/// In which pieces the words of a pyramid are asked for: a pyramid is longer than an answer may be.
///
/// The upper words (to layer 3) come at once, since together they say what the picture is; below,
/// a piece is `span` neighbours of one row. What a piece is told of the pyramid so far is `condition`.
public struct GenerationPlan: Hashable, Sendable {
  /// Words of a pyramid that are asked for together, and those that are given for them.
  public struct Piece: Hashable, Sendable {
    /// Places in the flat list of words.
    public let asked: Range<Int>
    public let given: [Int]
  }

  public let shape: PyramidShape
  public let pieces: [Piece]

  private static let together = 3
  private static let before = 4

  /// Plans the layers from the first to `depth`.
  public init(shape: PyramidShape, depth: Int, span: Int = 2) {
    self.shape = shape
    let upper = shape.wordCount(toDepth: min(Self.together, depth))
    var pieces = [Piece(asked: 0..<upper, given: [])]
    for layer in Self.together + 1..<max(Self.together, depth) + 1 {
      let first = shape.wordCount(toDepth: layer - 1)
      for start in stride(from: first, to: shape.wordCount(toDepth: layer), by: span) {
        pieces.append(
          Piece(
            asked: start..<start + span, given: Self.given(for: start, from: first, shape: shape)))
      }
    }
    self.pieces = pieces
  }

  /// The words of the layers above that contain a place, and the few before it in its own layer.
  private static func given(for place: Int, from first: Int, shape: PyramidShape) -> [Int] {
    let cell = shape.cell(at: place)
    let containing = (1..<cell.layer).map { layer in
      let step = shape.side(ofLayer: cell.layer) / shape.side(ofLayer: layer)
      return shape.index(
        of: CellAddress(layer: layer, row: cell.row / step, column: cell.column / step))
    }
    return containing + Array(max(first, place - before)..<place)
  }
}
