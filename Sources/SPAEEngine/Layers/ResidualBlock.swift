import SPAEPyramid

/// x + second(SiLU(first(norm(x)))).
struct ResidualBlock: Sendable {
  private let norm: ChannelNorm
  private let first: Convolution
  private let second: Convolution

  init(
    _ name: String, width: Int, block: ModelConfiguration.Block, from weights: inout Weights
  ) throws(EngineError) {
    let inner = block.expansion * width
    norm = try weights.norm("\(name).norm", channels: width)
    first = try weights.convolution(
      "\(name).first", inputs: width, outputs: inner, window: .same(block.kernels[0]))
    second = try weights.convolution(
      "\(name).second", inputs: inner, outputs: width, window: .same(block.kernels[1]))
  }

  /// How many pixels away an output pixel looks.
  var reach: Int { first.reach + second.reach }

  /// Computes all that a changed part of `x` reaches, and gives that part of the output.
  ///
  /// The buffers between the convolutions are computed anew where the second one looks, so that
  /// only the output needs to be kept. `output` may be `x` itself when all of it has changed.
  func apply<E>(
    to x: Plane, changed: Rectangle, into output: Plane, in planes: StagePlanes,
    with context: Context, checkpoint: () throws(E) -> Void
  ) throws(E) -> Rectangle {
    guard let inner = planes.inner[first.outputs] else { return changed }
    let reached = changed.grown(by: reach, within: x.bounds)
    let hidden = reached.grown(by: second.reach, within: x.bounds)
    let seen = hidden.grown(by: first.reach, within: x.bounds)
    norm.apply(to: x, into: planes.normed, rectangle: seen, with: context)
    try inBands(of: hidden, work: first.work, checkpoint: checkpoint) { band in
      first.apply(
        to: planes.normed, into: inner, rectangle: band, activation: .silu, with: context)
    }
    try inBands(of: reached, work: second.work, checkpoint: checkpoint) { band in
      second.apply(to: inner, into: output, rectangle: band, residual: x, with: context)
    }
    return reached
  }
}

/// The buffers of one stage.
struct StagePlanes {
  /// The stage's input and each block's output: one and the same plane unless they are kept.
  let x: [Plane]
  let normed: Plane
  let inner: [Int: Plane]  // by width

  var input: Plane { x[0] }
  var output: Plane { x[x.count - 1] }

  init(_ stage: ModelConfiguration.Stage, size: GridSize, keepsBlocks: Bool = false) {
    func plane(_ channels: Int) -> Plane { Plane(size, channels: channels) }
    let input = plane(stage.width)
    x = [input] + stage.blocks.map { _ in keepsBlocks ? plane(stage.width) : input }
    normed = plane(stage.width)
    let widths = Set(stage.blocks.map { $0.expansion * stage.width })
    inner = Dictionary(uniqueKeysWithValues: widths.map { ($0, plane($0)) })
  }
  /// Runs the stage's blocks on all that a changed part of its input reaches; gives that part.
  func apply<E>(
    _ blocks: [ResidualBlock], changed: Rectangle, with context: Context,
    checkpoint: () throws(E) -> Void
  ) throws(E) -> Rectangle {
    var reached = changed
    for (index, block) in blocks.enumerated() {
      reached = try block.apply(
        to: x[index], changed: reached, into: x[index + 1], in: self, with: context,
        checkpoint: checkpoint)
    }
    return reached
  }
}
