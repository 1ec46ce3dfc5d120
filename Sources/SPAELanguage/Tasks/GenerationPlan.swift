package import SPAEPyramid

/// In which pieces the words of a pyramid are asked for: a pyramid is longer than an answer may be.
///
/// The upper words (to layer 3) come at once, since together they say what the picture is; below,
/// a piece is `span` neighbours of one row. What a piece is told of the pyramid so far is `condition`.
package struct GenerationPlan: Hashable, Sendable {
  /// Words of a pyramid that are asked for together, and those that are given for them.
  package struct Piece: Hashable, Sendable {
    /// Places in the flat list of words.
    package let asked: Range<Int>
    package let given: [Int]
  }

  package let shape: PyramidShape
  package let pieces: [Piece]

  private static let together = 3
  private static let before = 4

  /// Plans the layers from the first to `depth`.
  package init(shape: PyramidShape, depth: Int, span: Int = 2) {
    self.shape = shape
    let upper = shape.wordCount(toDepth: min(Self.together, depth))
    var pieces = [Piece(asked: 0..<upper, given: [])]
    for layer in Self.together + 1..<max(Self.together, depth) + 1 {
      let (first, size) = (shape.wordCount(toDepth: layer - 1), shape.size(ofLayer: layer))
      for row in 0..<size.rows {
        let (start, end) = (first + row * size.columns, first + (row + 1) * size.columns)
        for place in stride(from: start, to: end, by: span) {
          pieces.append(
            Piece(
              asked: place..<min(place + span, end),
              given: Self.given(for: place, from: first, shape: shape)))
        }
      }
    }
    self.pieces = pieces
  }

  /// The words of the layers above that contain a place, and the few before it in its own layer.
  private static func given(for place: Int, from first: Int, shape: PyramidShape) -> [Int] {
    let cell = shape.cell(at: place)
    let containing = (1..<cell.layer).map { shape.index(of: shape.cell(inLayer: $0, at: cell)) }
    return containing + Array(max(first, place - before)..<place)
  }
}
