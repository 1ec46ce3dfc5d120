import SPAEPixels
import SPAEPyramid

extension Model {
  /// What the detection branch finds in a framed picture, each thing once, the surest first; nothing
  /// where a model has no such branch.
  ///
  /// The evidence map asks only what stands at a position; this counts.
  func detected(
    in image: PixelImage, shape: PyramidShape, least: Float, with context: Context
  ) -> [EvidenceMap.Box] {
    EvidenceMap.Box.distinct(
      evidence?.boxes(in: image, shape: shape, least: least, with: context) ?? [])
  }
}

extension EvidenceMap.Box {
  /// Two boxes of one class that have more in common are one thing.
  private static let greatestOverlap: Float = 0.45

  /// Each thing once, the surest first.
  static func distinct(_ boxes: [Self]) -> [Self] {
    var kept: [Self] = []
    for box in boxes.sorted(by: { $0.score > $1.score }) {
      let isKnown = kept.contains {
        $0.number == box.number && $0.overlap(with: box) > greatestOverlap
      }
      if !isKnown { kept.append(box) }
    }
    return kept
  }

  /// The area in common with another one as a share of that of both.
  private func overlap(with other: EvidenceMap.Box) -> Float {
    let width = max(0, min(right, other.right) - max(left, other.left))
    let height = max(0, min(bottom, other.bottom) - max(top, other.top))
    let common = width * height
    return common / max(area + other.area - common, 1e-6)
  }
}
