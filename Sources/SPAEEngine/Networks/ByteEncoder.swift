import SPAEPyramid

/// The encoder's convolutions in whole numbers, from pixels to the latent grid
/// (docs/algorithm.md, "Precision").
///
/// Numbers between the layers are bytes; the sums over residuals stay in float32.
struct ByteEncoder: Sendable {
  private struct Stage: Sendable {
    let down: ByteConvolution?
    let blocks: [ByteBlock]
  }

  /// Steps of a picture's numbers, from 0 to 1 and from 0 to -1.
  private static let pixels = 255

  private let stem: Convolution
  private let stages: [Stage]

  /// `largest` holds, in the order in which they are used, the largest number of the input of each
  /// convolution that halves a side, of each block's normalised input and of its SiLU.
  init(
    _ sizes: ModelConfiguration.Encoder, largest: [Float], instructionSet: InstructionSet,
    from weights: inout Weights
  ) throws(EngineError) {
    var rest = largest[...]
    func next() -> Float { rest.removeFirst() }
    let widths = sizes.stages.map(\.width)
    let exact = ExactWeights(
      try weights.floats("encoder.stem.weight", [widths[0], 12, 3, 3]),
      bias: try weights.floats("encoder.stem.bias", [widths[0]]), step: 1 / Double(Self.pixels),
      most: Self.pixels, result: 1)
    stem = Convolution(exact, inputs: 12, outputs: widths[0], window: .same(3), most: 0)
    var stages: [Stage] = []
    for (index, stage) in sizes.stages.enumerated() {
      let name = "encoder.stages.\(index)"
      var down: ByteConvolution?
      if index > 0 {
        down = try weights.byteConvolution(
          "\(name).down", inputs: widths[index - 1], outputs: stage.width, window: .apart(2),
          input: .signed(largest: next()), result: .floats, instructionSet: instructionSet)
      }
      stages.append(
        Stage(
          down: down,
          blocks: try ByteBlock.blocks(name, stage, instructionSet, from: &weights, next: next)))
    }
    self.stages = stages
  }

  /// How many numbers `largest` has.
  static func count(_ encoder: ModelConfiguration.Encoder) -> Int {
    encoder.stages.count - 1 + encoder.stages.reduce(0) { $0 + 2 * $1.blocks.count }
  }

  /// The bytes between the layers of one picture, by stage.
  typealias Workspace = [ByteBlock.Planes]

  func workspace(_ planes: [StagePlanes]) -> Workspace {
    zip(stages, planes).map { stage, planes in
      ByteBlock.Planes(stage.blocks, width: planes.input.channels, size: planes.input.size)
    }
  }

  /// Fills the stages' planes; `halved` is the picture's, whose numbers become whole.
  func convolve(
    _ halved: Plane, into planes: [StagePlanes], in space: Workspace, with context: Context
  ) {
    round(halved)
    stem.apply(to: halved, into: planes[0].input, with: context)
    for (index, stage) in stages.enumerated() {
      let own = planes[index]
      if let down = stage.down {
        let seen = space[index - 1].seen
        seen.load(planes[index - 1].output, inverse: down.input.inverse, with: context)
        down.apply(to: seen, into: own.input, with: context)
      }
      for (number, block) in stage.blocks.enumerated() {
        block.apply(
          to: own.x[number], changed: own.input.bounds, into: own.x[number + 1],
          through: space[index], number, with: context)
      }
    }
  }

  /// Numbers from -1 to 1 in whole steps.
  private func round(_ plane: Plane) {
    let (steps, magic) = (Float(Self.pixels), Float.roundingMagic)
    for row in 0..<plane.height {
      let numbers = unsafe plane.pixel(row, 0)
      for i in 0..<plane.width * plane.padded {
        unsafe numbers[i] = (numbers[i] * steps + magic) - magic
      }
    }
  }
}
