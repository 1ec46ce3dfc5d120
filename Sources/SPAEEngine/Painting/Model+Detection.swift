import Glibc
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
  ) throws(EngineError) -> [EvidenceMap.Box] {
    guard let sizes = configuration.detection else { return [] }
    let branch = try DetectionBranch(path: folder + "/detection.safetensors", sizes: sizes)
    let size = BranchView.size(of: sizes.input, unit: sizes.coarsestStride, for: shape)
    let space = DetectionBranch.Workspace(branch, size: size)
    let planes = branch.raw(of: image.resampled(to: size), in: space, with: context)
    let boxes = planes.flatMap { plane in
      (0..<plane.size.count).compactMap { cell in
        box(in: plane, at: cell, classes: sizes.classes.count, least: least)
      }
    }
    return distinct(boxes)
  }

  private func box(
    in plane: Plane, at cell: Int, classes: Int, least: Float
  ) -> EvidenceMap.Box? {
    let (row, column) = (cell / plane.size.columns, cell % plane.size.columns)
    let raw = unsafe plane.pixel(row, column)
    let presence = unsafe sigmoid(raw[4])
    guard presence >= least else { return nil }
    let scores = (0..<classes).map { unsafe raw[DetectionBranch.firstClass + $0] }
    guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }),
      presence * sigmoid(scores[best]) >= least
    else { return nil }
    let (rows, columns) = (Float(plane.size.rows), Float(plane.size.columns))
    let x = unsafe (raw[0] + Float(column)) / columns
    let y = unsafe (raw[1] + Float(row)) / rows
    let (width, height) = unsafe (expf(raw[2]) / columns, expf(raw[3]) / rows)
    func inside(_ value: Float) -> Float { min(max(value, 0), 1) }
    return EvidenceMap.Box(
      left: inside(x - width / 2), top: inside(y - height / 2), right: inside(x + width / 2),
      bottom: inside(y + height / 2), number: best, score: presence * sigmoid(scores[best]))
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

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
