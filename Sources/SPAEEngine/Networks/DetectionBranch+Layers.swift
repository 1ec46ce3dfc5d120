import SPAEPyramid

// The layers of the detection branch, each with SiLU: in floats, or in bytes where a model names the
// numbers of their steps (docs/algorithm.md, "Precision").
extension DetectionBranch {
  /// Makes layers of a file's tensors.
  struct LayerSource {
    var weights: Weights
    /// The numbers of the steps, without those that were taken; none without whole numbers.
    private var largest: ArraySlice<Float>?
    private let instructionSet: InstructionSet

    init(_ weights: Weights, largest: [Float]?, instructionSet: InstructionSet) {
      (self.weights, self.instructionSet) = (weights, instructionSet)
      self.largest = largest?[...]
    }

    var isWhole: Bool { largest != nil }

    /// What the bytes of the next group of layers stand for, sums of so many SiLUs; nil for floats.
    mutating func scale(terms: Int = 1) -> ByteScale? {
      largest?.popFirst().map { .silu(largest: $0, terms: terms) }
    }

    /// A convolution of one pixel; `input` and `output` are what bytes stand for.
    mutating func point(
      _ name: String, _ inputs: Int, _ outputs: Int, input: ByteScale?, output: ByteScale?
    ) throws(EngineError) -> BottleneckConvolution {
      guard let input else {
        return .floats(
          try weights.convolution(name, inputs: inputs, outputs: outputs, window: .same(1)))
      }
      return .bytes(
        try weights.byteConvolution(
          name, inputs: inputs, outputs: outputs, window: .same(1), input: input,
          result: output.map(WholeNumberResult.bytesOfApproximateSiLU) ?? .floats,
          instructionSet: instructionSet))
    }

    /// The first convolution: of three colours and a step of two, which is the paper's "focus" on
    /// quarters of the pixels.
    mutating func stem(_ outputs: Int) throws(EngineError) -> BottleneckConvolution {
      let window = Window.centred(6, stride: 2)
      guard isWhole else {
        return .floats(
          try weights.convolution("stem", inputs: 3, outputs: outputs, window: window))
      }
      return .bytes(
        try weights.byteConvolution(
          "stem", inputs: 3, outputs: outputs, window: window,
          input: ByteScale(step: 1, zero: 0, inverse: 1), result: .silu,
          instructionSet: instructionSet))
    }

    /// The two convolutions `name.depthwise` and `name.project`. The first's bytes have the next
    /// scale, the second's `output` or the one after that.
    mutating func separable(
      _ name: String, _ inputs: Int, _ outputs: Int, stride: Int = 1, input: ByteScale?,
      output: ByteScale? = nil
    ) throws(EngineError) -> Separable {
      let window = Window.centred(3, stride: stride)
      let between = scale()
      let own = if let output { output } else { scale() }
      return Separable(
        depthwise: try depthwise(
          "\(name).depthwise", inputs, window, input: input, output: between),
        project: try point(
          "\(name).project", inputs, outputs, input: between, output: own))
    }

    private mutating func depthwise(
      _ name: String, _ channels: Int, _ window: Window, input: ByteScale?, output: ByteScale?
    ) throws(EngineError) -> Filter {
      guard let output else {
        return .floats(try weights.depthwise(name, channels: channels, window: window))
      }
      return .bytes(
        ByteDepthwise(
          weights: try weights.floats("\(name).weight", [channels, 1, 3, 3]),
          bias: try weights.floats("\(name).bias", [channels]), channels: channels,
          window: window, input: input, result: output))
    }
  }

  /// A depthwise convolution.
  enum Filter: Sendable {
    case floats(DepthwiseConvolution)
    case bytes(ByteDepthwise)

    var channels: Int {
      switch self {
      case .floats(let layer): layer.channels
      case .bytes(let layer): layer.channels
      }
    }

    /// What the bytes stand for that it gives, if it gives bytes.
    var byteScale: ByteScale? { if case .bytes(let layer) = self { layer.result } else { nil } }

    func apply(to input: AnyPlane, into output: AnyPlane, with context: Context) {
      switch self {
      case .floats(let layer):
        layer.apply(
          to: input.floats, into: output.floats, activation: .silu, with: context)
      case .bytes(let layer): layer.apply(to: input, into: output.bytes, with: context)
      }
    }
  }

  /// A depthwise convolution and one across the channels.
  struct Separable: Sendable {
    let depthwise: Filter
    let project: BottleneckConvolution

    /// What the bytes stand for that it gives, if it gives bytes.
    var output: ByteScale? { project.resultScale }

    /// Applies both; `number` is that of the plane between them.
    func apply(
      to input: AnyPlane, into output: AnyPlane, adding residual: AnyPlane? = nil, _ number: Int,
      in planes: ScratchPlanes, with context: Context
    ) {
      let filtered = planes[
        output.size, depthwise.channels, number, zero: depthwise.byteScale?.zeroByte]
      depthwise.apply(to: input, into: filtered, with: context)
      project.applySiLU(to: filtered, into: output, adding: residual, with: context)
    }
  }

  /// How many numbers `largest` has.
  package static func stepCount(_ sizes: ModelConfiguration.Detection) -> Int {
    func partial(_ blocks: Int) -> Int { 2 + 2 * blocks }
    let stages = sizes.stages.reduce(0) { $0 + 2 + partial($1.blocks) }
    let neck = 4 * partial(sizes.neck) + 2
    return stages + (sizes.pools.isEmpty ? 0 : 2) + neck + min(3, sizes.stages.count) * 9
  }
}

extension BottleneckConvolution {
  /// What the bytes stand for that it gives, if it gives bytes.
  var resultScale: ByteScale? {
    if case .bytes(let layer) = self { layer.result.bytes } else { nil }
  }

  /// Computes the SiLU of the whole output; `residual` is a plane like it that is added.
  func applySiLU(
    to input: AnyPlane, into output: AnyPlane, adding residual: AnyPlane? = nil,
    with context: Context
  ) {
    switch self {
    case .floats(let layer):
      layer.apply(
        to: input.floats, into: output.floats, activation: .silu, residual: residual?.floats,
        with: context)
    case .bytes(let layer):
      layer.apply(to: input.bytes, into: output, added: residual?.bytes, with: context)
    }
  }
}

extension ByteScale {
  /// The byte of the number zero.
  var zeroByte: UInt8 { UInt8(zero) }
}
