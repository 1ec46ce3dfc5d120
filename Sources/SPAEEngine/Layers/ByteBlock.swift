import SPAEPyramid

/// A residual block in whole numbers: see `ResidualBlock`. The sum over the residual stays in float32.
struct ByteBlock: Sendable {
  private let norm: ChannelNorm
  private let first: ByteConvolution
  private let second: ByteConvolution

  /// `input` is what the bytes of the normalised input stand for, `inner` what those of the SiLU do.
  init(
    _ name: String, _ block: ModelConfiguration.Block, width: Int, input: ByteScale,
    inner: ByteScale, _ instructionSet: InstructionSet, from weights: inout Weights
  ) throws(EngineError) {
    let between = block.expansion * width
    norm = try weights.norm("\(name).norm", channels: width)
    first = try weights.byteConvolution(
      "\(name).first", inputs: width, outputs: between, window: .same(block.kernels[0]),
      input: input, result: .bytesOfSiLU(inner), instructionSet: instructionSet)
    second = try weights.byteConvolution(
      "\(name).second", inputs: between, outputs: width, window: .same(block.kernels[1]),
      input: inner, result: .floats, instructionSet: instructionSet)
  }

  /// The blocks of one stage, whose numbers `next` gives in the order of their use.
  static func blocks(
    _ stage: String, _ sizes: ModelConfiguration.Stage, _ instructionSet: InstructionSet,
    from weights: inout Weights, next: () -> Float
  ) throws(EngineError) -> [ByteBlock] {
    var blocks: [ByteBlock] = []
    for (number, block) in sizes.blocks.enumerated() {
      let (input, inner) = (ByteScale.signed(largest: next()), ByteScale.silu(largest: next()))
      blocks.append(
        try ByteBlock(
          "\(stage).blocks.\(number)", block, width: sizes.width, input: input, inner: inner,
          instructionSet, from: &weights))
    }
    return blocks
  }

  /// Computes all that a changed part of x reaches, and gives that part of the output, which may be x
  /// itself where all of it has changed.
  @discardableResult
  func apply(
    to x: Plane, changed: Rectangle, into output: Plane, through planes: Planes, _ number: Int,
    with context: Context
  ) -> Rectangle {
    let inner = planes.inner[number]
    let reached = changed.grown(by: first.reach + second.reach, within: x.bounds)
    let hidden = reached.grown(by: second.reach, within: x.bounds)
    let seen = hidden.grown(by: first.reach, within: x.bounds)
    norm.apply(to: x, into: planes.seen, rectangle: seen, scale: first.input, with: context)
    first.apply(to: planes.seen, into: .bytes(inner), rectangle: hidden, with: context)
    second.apply(to: inner, into: output, rectangle: reached, residual: x, with: context)
    return reached
  }

  /// The bytes between the layers of one stage.
  struct Planes {
    /// What a block, or what changes the resolution, reads.
    let seen: BytePlane
    fileprivate let inner: [BytePlane]  // of each block

    init(_ blocks: [ByteBlock], width: Int, size: GridSize) {
      seen = BytePlane(size, channels: width, border: 1, zero: 128)
      inner = blocks.map {
        BytePlane(
          size, channels: $0.first.outputs, border: 1, zero: UInt8($0.second.input.zero))
      }
    }
  }
}
