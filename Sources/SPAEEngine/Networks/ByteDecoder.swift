import SPAEPyramid

/// The decoder's network in whole numbers, for the pictures that refine words: no person sees them
/// (docs/algorithm.md, "Precision").
///
/// Numbers between the layers are bytes; the sums over residuals stay in float32.
struct ByteDecoder: Sendable {
  private struct Stage: Sendable {
    let up: ByteUpConvolution?
    let blocks: [ByteBlock]
  }

  /// Steps of the largest number of a latent.
  private static let steps = 2047

  private let input: Convolution
  private let inverse: Float  // of a latent's step
  private let stages: [Stage]
  private let norm: ChannelNorm
  private let output: ByteConvolution

  /// `largest` holds, in the order in which they are used, the largest number of the latents, of each
  /// up-convolution's input, of each block's normalised input and of its SiLU, and of the last norm.
  init(
    _ configuration: ModelConfiguration, largest: [Float], instructionSet: InstructionSet,
    from weights: inout Weights
  ) throws(EngineError) {
    var rest = largest[...]
    func next() -> Float { rest.removeFirst() }
    let (sizes, latent) = (configuration.decoder.stages, configuration.latent)
    let step = Double(next()) / Double(Self.steps)
    inverse = Float(1 / step)
    let exact = ExactWeights(
      try weights.floats("decoder.input.weight", [sizes[0].width, latent, 1, 1]),
      bias: try weights.floats("decoder.input.bias", [sizes[0].width]), step: step,
      most: Self.steps, result: 1)
    input = Convolution(exact, inputs: latent, outputs: sizes[0].width, window: .same(1), most: 0)
    var stages: [Stage] = []
    for (index, stage) in sizes.enumerated() {
      let name = "decoder.stages.\(index)"
      var up: ByteUpConvolution?
      if index > 0 {
        up = try ByteUpConvolution(
          "\(name).up", inputs: sizes[index - 1].width, outputs: stage.width,
          input: .signed(largest: next()), instructionSet: instructionSet, from: &weights)
      }
      let blocks = try ByteBlock.blocks(name, stage, instructionSet, from: &weights, next: next)
      stages.append(Stage(up: up, blocks: blocks))
    }
    self.stages = stages
    norm = try weights.norm("decoder.norm", channels: sizes[2].width)
    output = try weights.byteConvolution(
      "decoder.output", inputs: sizes[2].width, outputs: 12, window: .same(3),
      input: .signed(largest: next()), result: .floats, instructionSet: instructionSet)
  }

  /// How many numbers `largest` has.
  static func count(_ decoder: ModelConfiguration.Decoder) -> Int {
    1 + decoder.stages.count - 1 + decoder.stages.reduce(0) { $0 + 2 * $1.blocks.count } + 1
  }

  // MARK: Use

  /// The bytes between the layers of one picture.
  final class Workspace {
    fileprivate let latent: Plane  // in whole steps
    fileprivate let stages: [ByteBlock.Planes]

    init(_ decoder: ByteDecoder, widths: [Int], grid: GridSize) {
      latent = Plane(grid, channels: decoder.input.inputs, border: 0)
      stages = zip(decoder.stages, zip(widths, [1, 2, 4])).map { stage, size in
        ByteBlock.Planes(stage.blocks, width: size.0, size: grid.scaled(by: size.1))
      }
    }
  }

  /// Runs the network on all that a rectangle of cells reaches; `planes` are the decoder's own, and
  /// keep the sums over residuals.
  func refresh(
    _ cells: Rectangle, of planes: Decoder.NetworkPlanes, in space: Workspace,
    with context: Context
  ) {
    load(planes.latent, cells, into: space.latent)
    var area = cells
    input.apply(
      to: space.latent, into: planes.stages[0].input, rectangle: area, residual: planes.classes,
      with: context)
    for (index, stage) in stages.enumerated() {
      let own = planes.stages[index]
      if let up = stage.up {
        let (coarse, bytes) = (planes.stages[index - 1].output, space.stages[index - 1].seen)
        bytes.load(coarse, rectangle: area, inverse: up.input.inverse, with: context)
        up.apply(to: bytes, into: own.input, rectangle: area, with: context)
        area = area.scaled(by: 2)
      }
      for (number, block) in stage.blocks.enumerated() {
        area = block.apply(
          to: own.x[number], changed: area, into: own.x[number + 1],
          through: space.stages[index], number, with: context)
      }
    }
    let (last, bytes) = (planes.stages[2].output, space.stages[2].seen)
    let reached = area.grown(by: output.reach, within: last.bounds)
    let seen = reached.grown(by: output.reach, within: last.bounds)
    norm.apply(to: last, into: bytes, rectangle: seen, scale: output.input, with: context)
    output.apply(to: bytes, into: planes.detail, rectangle: reached, with: context)
  }

  /// Latents of some cells in whole steps.
  private func load(_ latent: Plane, _ cells: Rectangle, into steps: Plane) {
    let (most, magic) = (Float(Self.steps), Float.roundingMagic)
    for row in cells.rows {
      for column in cells.columns {
        let (source, target) = unsafe (latent.pixel(row, column), steps.pixel(row, column))
        for i in 0..<latent.channels {
          let value = unsafe min(max(source[i] * inverse, -most), most)
          unsafe target[i] = (value + magic) - magic
        }
      }
    }
  }
}

/// An up-convolution of bytes: see `UpConvolution`.
private struct ByteUpConvolution: Sendable {
  let input: ByteScale
  private let positions: [ByteConvolution]  // row by row

  init(
    _ name: String, inputs: Int, outputs: Int, input: ByteScale, instructionSet: InstructionSet,
    from weights: inout Weights
  ) throws(EngineError) {
    self.input = input
    var positions: [ByteConvolution] = []
    for position in 0..<4 {
      positions.append(
        try weights.byteConvolution(
          name, inputs: inputs, outputs: 4 * outputs, window: .same(1), input: input,
          result: .floats, rows: stride(from: position, to: 4 * outputs, by: 4),
          instructionSet: instructionSet))
    }
    self.positions = positions
  }

  /// Doubles a rectangle of the input.
  func apply(
    to input: BytePlane, into output: Plane, rectangle area: Rectangle, with context: Context
  ) {
    let items = positions[0].items(of: area)
    let work = positions.reduce(0) { $0 + $1.work }
    context.parallel.forEachPart(of: 4 * items, work: area.area * work) { part in
      for (position, convolution) in positions.enumerated() {
        convolution.run(
          part.clamped(to: position * items..<(position + 1) * items).shifted(
            by: -position * items),
          of: area, from: input, into: .floats(output), residual: nil, spread: 2,
          phase: (position / 2, position % 2), with: context)
      }
    }
  }
}
