import SPAEEngine
import SPAEPyramid

/// What was edited in one size of a picture, for another size of it.
struct CarriedEdits {
  /// The words that the picture gave, and what they are now.
  let first: Pyramid
  let now: Pyramid
  let style: EditStyle

  /// A pyramid with the edited words of the upper layers that both have in the same shape, and how many
  /// they are; where edits paint, the words beneath follow.
  func applied(
    to pyramid: Pyramid, by model: Model, seeing evidence: () throws(EngineError) -> PictureEvidence
  ) throws(EngineError) -> (pyramid: Pyramid, words: Int) {
    let words = words(for: pyramid)
    guard !words.isEmpty else { return (pyramid, 0) }
    let steering = Steering(words: words)
    guard style == .paint else { return (steering.applied(to: pyramid), words.count) }
    return (try model.steer(pyramid, steering, evidence: try evidence()), words.count)
  }

  /// The edited words that another pyramid lacks, by their flat index in it.
  private func words(for pyramid: Pyramid) -> [Int: Int32] {
    let (own, other) = (now.shape, pyramid.shape)
    let layers = (1...min(own.depth, other.depth)).filter { layer in
      own.paints(layer) && other.paints(layer)
        && own.size(ofLayer: layer) == other.size(ofLayer: layer)
    }
    let cells = layers.flatMap { own.cells(ofLayer: $0) }
    let edited = cells.filter { now[$0] != first[$0] && pyramid[$0] != now[$0] }
    return Dictionary(uniqueKeysWithValues: edited.map { (other.index(of: $0), now[$0]) })
  }
}
