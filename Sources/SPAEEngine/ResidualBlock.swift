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

  func apply(to planes: StagePlanes, with context: Context) {
    guard let inner = planes.inner[first.outputs] else { return }
    norm.apply(to: planes.x, into: planes.normed, with: context)
    first.apply(to: planes.normed, into: inner, activation: .silu, with: context)
    second.apply(to: inner, into: planes.x, residual: planes.x, with: context)
  }
}

/// The buffers of one stage.
struct StagePlanes {
  let x: Plane
  let normed: Plane
  let inner: [Int: Plane]  // by width

  init(_ stage: ModelConfiguration.Stage, side: Int) {
    x = Plane(height: side, width: side, channels: stage.width)
    normed = Plane(height: side, width: side, channels: stage.width)
    let widths = Set(stage.blocks.map { $0.expansion * stage.width })
    inner = Dictionary(
      uniqueKeysWithValues: widths.map {
        ($0, Plane(height: side, width: side, channels: $0))
      })
  }
}
