import SPAEPixels
import SPAEPyramid

extension Model {
  /// Two boxes of one class that have more in common are one thing.
  private static let greatestOverlap: Float = 0.45

  /// What the detection branch finds in a framed picture, each thing once, the surest first; nothing
  /// where a model has no such branch.
  ///
  /// The evidence map asks only what stands at a position; this counts.
  func detected(
    in image: PixelImage, shape: PyramidShape, least: Float, with context: Context
  ) -> [EvidenceMap.Box] {
    distinct(evidence?.boxes(in: image, shape: shape, least: least, with: context) ?? [])
  }

  private func distinct(_ boxes: [EvidenceMap.Box]) -> [EvidenceMap.Box] {
    var kept: [EvidenceMap.Box] = []
    for box in boxes.sorted(by: { $0.score > $1.score }) {
      let isKnown = kept.contains {
        $0.number == box.number && overlap($0, box) > Self.greatestOverlap
      }
      if !isKnown { kept.append(box) }
    }
    return kept
  }

  /// The area in common as a share of that of both.
  private func overlap(_ a: EvidenceMap.Box, _ b: EvidenceMap.Box) -> Float {
    let width = max(0, min(a.right, b.right) - max(a.left, b.left))
    let height = max(0, min(a.bottom, b.bottom) - max(a.top, b.top))
    let common = width * height
    return common / max(a.area + b.area - common, 1e-6)
  }
}
