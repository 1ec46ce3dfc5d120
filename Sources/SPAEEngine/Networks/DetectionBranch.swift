package import SPAEPixels
package import SPAEPyramid

/// The frozen network that finds things of some classes and draws boxes around them (YOLOX, arXiv
/// 2107.08430).
///
/// Halvings of the side, features of the last three told what the others saw, and a head for each.
package struct DetectionBranch: Sendable {
  let sizes: ModelConfiguration.Detection
  private let stem: Convolution
  private let stages: [Stage]
  private let neck: Neck
  private let heads: [Head]

  /// The channel of what is found at which the classes begin, behind a box.
  static let firstClass = 16

  package init(path: String, sizes: ModelConfiguration.Detection) throws(EngineError) {
    var weights = Weights(try Safetensors(path: path), path: path, keepsHalves: true)
    try self.init(sizes: sizes, from: &weights)
    try weights.finish()
  }

  private init(
    sizes: ModelConfiguration.Detection, from weights: inout Weights
  ) throws(EngineError) {
    self.sizes = sizes
    // Of three colours and a step of two: the paper's "focus" on quarters of the pixels.
    stem = try weights.convolution(
      "stem", inputs: 3, outputs: sizes.stem, window: .centred(6, stride: 2))
    var (stages, width) = ([Stage](), sizes.stem)
    for (index, stage) in sizes.stages.enumerated() {
      let pools = index == sizes.stages.count - 1 ? sizes.pools : []
      stages.append(
        try Stage("stages.\(index)", inputs: width, stage, pools: pools, from: &weights))
      width = stage.width
    }
    self.stages = stages
    let widths = sizes.stages.suffix(3).map(\.width)
    neck = try Neck(widths: widths, blocks: sizes.neck, from: &weights)
    var heads: [Head] = []
    for (index, width) in widths.enumerated() {
      heads.append(
        try Head(
          "heads.\(index)", inputs: width, width: sizes.head, classes: sizes.classes.count,
          from: &weights))
    }
    self.heads = heads
  }

  // MARK: Use

  /// The buffers of one picture.
  package final class Workspace {
    fileprivate let input: Plane
    fileprivate let stem: Plane
    /// Each stage's output.
    fileprivate let stages: [Plane]
    fileprivate let neck: Neck.Workspace
    /// What each head finds: a box in its first channels, the classes from the 16th on.
    fileprivate let found: [Plane]
    fileprivate let scratch = ScratchPlanes()

    /// For views of a size, both of whose sides are multiples of the coarsest stride.
    package init(_ branch: DetectionBranch, size: GridSize) {
      let sizes = branch.sizes
      func plane(_ size: GridSize, _ channels: Int) -> Plane {
        Plane(size, channels: channels, border: 2)
      }
      var size = size
      input = Plane(size, channels: 3, border: 2, isDense: true)
      size = size.halved
      stem = plane(size, sizes.stem)
      stages = sizes.stages.map { stage in
        size = size.halved
        return plane(size, stage.width)
      }
      neck = Neck.Workspace(features: Array(stages.suffix(3)))
      found = stages.suffix(3).map {
        plane($0.size, DetectionBranch.firstClass + sizes.classes.count)
      }
    }
  }

  /// What is found in a view of the workspace's size, before sigmoids: for each of three scales the
  /// x, y, width, height and presence of a box in the first channels, the classes from the 16th on.
  ///
  /// With `least`, classes are unknown in a scale where no box has such a presence.
  package func raw(
    of view: PixelImage, least: Float? = nil, in space: Workspace, with context: Context
  ) -> [Plane] {
    view.load(into: space.input, with: context) { Float($0) }
    stem.apply(to: space.input, into: space.stem, activation: .silu, with: context)
    var x = space.stem
    for (stage, output) in zip(stages, space.stages) {
      stage.apply(to: x, into: output, in: space.scratch, with: context)
      x = output
    }
    let features = neck.apply(in: space.neck, space.scratch, with: context)
    for ((head, x), found) in zip(zip(heads, features), space.found) {
      head.apply(to: x, into: found, least: least, in: space.scratch, with: context)
    }
    return space.found
  }
}
