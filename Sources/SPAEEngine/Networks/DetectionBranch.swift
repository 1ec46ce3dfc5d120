package import SPAEPixels
package import SPAEPyramid

/// The frozen network that finds things of some classes and draws boxes around them (YOLOX, arXiv
/// 2107.08430).
///
/// Halvings of the side, features of the last three told what the others saw, and a head for each.
package struct DetectionBranch: Sendable {
  let sizes: ModelConfiguration.Detection
  private let stem: BottleneckConvolution
  private let stages: [Stage]
  private let neck: Neck
  private let heads: [Head]

  /// The channel of what is found at which the classes begin, behind a box.
  static let firstClass = 16

  /// With `precision` its layers compute in whole numbers.
  package init(
    path: String, sizes: ModelConfiguration.Detection,
    precision: ModelConfiguration.Precision.Layers? = nil, instructionSet: InstructionSet
  ) throws(EngineError) {
    let weights = Weights(try Safetensors(path: path), path: path, keepsHalves: true)
    var source = LayerSource(
      weights, largest: precision?.largest, instructionSet: instructionSet)
    try self.init(sizes: sizes, from: &source)
    try source.weights.finish()
  }

  private init(
    sizes: ModelConfiguration.Detection, from source: inout LayerSource
  ) throws(EngineError) {
    self.sizes = sizes
    stem = try source.stem(sizes.stem)
    var (stages, width) = ([Stage](), sizes.stem)
    for (index, stage) in sizes.stages.enumerated() {
      let pools = index == sizes.stages.count - 1 ? sizes.pools : []
      stages.append(
        try Stage(
          "stages.\(index)", inputs: width, stage, pools: pools, input: stages.last?.output,
          from: &source))
      width = stage.width
    }
    self.stages = stages
    let widths = sizes.stages.suffix(3).map(\.width)
    neck = try Neck(
      widths: widths, blocks: sizes.neck, features: stages.suffix(3).map(\.output),
      from: &source)
    var heads: [Head] = []
    for (index, width) in widths.enumerated() {
      heads.append(
        try Head(
          "heads.\(index)", inputs: width, width: sizes.head, classes: sizes.classes.count,
          input: neck.outputs[index], from: &source))
    }
    self.heads = heads
  }

  // MARK: Use

  /// The buffers of one picture.
  package final class Workspace {
    fileprivate let input: AnyPlane
    fileprivate let stem: Plane
    /// Each stage's output.
    fileprivate let stages: [AnyPlane]
    fileprivate let neck: Neck.Workspace
    /// What each head finds: a box in its first channels, the classes from the 16th on.
    fileprivate let found: [Plane]
    fileprivate let scratch = ScratchPlanes()

    /// For views of a size, both of whose sides are multiples of the coarsest stride.
    package init(_ branch: DetectionBranch, size: GridSize) {
      let sizes = branch.sizes
      var size = size
      input = branch.input(size)
      size = size.halved
      stem = Plane(size, channels: sizes.stem, border: 2)
      stages = zip(sizes.stages, branch.stages).map { stage, layers in
        size = size.halved
        return AnyPlane(
          size, channels: stage.width, border: 2, zero: layers.output?.zeroByte)
      }
      neck = Neck.Workspace(branch.neck, features: Array(stages.suffix(3)))
      found = stages.suffix(3).map {
        Plane(
          $0.size, channels: DetectionBranch.firstClass + sizes.classes.count, border: 2)
      }
    }
  }

  /// A plane for the pixels of a view.
  private func input(_ size: GridSize) -> AnyPlane {
    switch stem {
    case .floats: .floats(Plane(size, channels: 3, border: 2, isDense: true))
    case .bytes: .bytes(BytePlane(size, channels: 3, border: 2, zero: 0, isDense: true))
    }
  }

  private func look(at view: PixelImage, in space: Workspace, with context: Context) {
    switch space.input {
    case .floats(let plane): view.load(into: plane, with: context) { Float($0) }
    case .bytes(let plane): view.load(into: plane, with: context)
    }
    stem.applySiLU(to: space.input, into: .floats(space.stem), with: context)
  }

  /// What is found in a view of the workspace's size, before sigmoids: for each of three scales the
  /// x, y, width, height and presence of a box in the first channels, the classes from the 16th on.
  ///
  /// With `least`, classes are unknown in a scale where no box has such a presence.
  package func raw(
    of view: PixelImage, least: Float? = nil, in space: Workspace, with context: Context
  ) -> [Plane] {
    look(at: view, in: space, with: context)
    var x = AnyPlane.floats(space.stem)
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
