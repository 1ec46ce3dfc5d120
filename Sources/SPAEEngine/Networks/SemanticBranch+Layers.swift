/// Reads the classifier's layers, in floats or in whole numbers.
extension SemanticBranch {
  struct Layers {
    let sizes: ModelConfiguration.Semantic
    /// The largest number that each block's input, and the head's, has as a byte: then layers compute
    /// in whole numbers. The first block, whose input is the picture, has none.
    let largest: [Float]?
    let instructionSet: InstructionSet

    /// Steps of a number between 0 and 6 that a depthwise convolution sees, and of a pixel.
    private static let steps = 1023
    private static let step = 6.0 / Double(steps)
    private static let (pixelSteps, pixelStep) = (128, 1.0 / 128)
    private static let filtered = ByteScale.unsigned(largest: 6)

    func read(
      from weights: inout Weights
    ) throws(EngineError) -> (blocks: [InvertedBottleneck], head: BottleneckConvolution) {
      var width = sizes.stem
      var blocks: [InvertedBottleneck] = []
      for (index, block) in sizes.blocks.enumerated() {
        let inner = width * block.expansion
        let name = "blocks.\(index)"
        blocks.append(
          InvertedBottleneck(
            expand: index == 0
              ? try stem(from: &weights)
              : try expand(name, index, width: width, inner: inner, from: &weights),
            depthwise: try depthwise(name, block, inner: inner, from: &weights),
            project: try point(
              "\(name).project", inner, block.output, input: Self.filtered, .floats, &weights),
            residual: block.stride == 1 && width == block.output, activation: .relu6))
        width = block.output
      }
      let input = largest?.last.map(ByteScale.signed)
      return (blocks, try point("head", width, sizes.head, input: input, .limited(6), &weights))
    }

    /// The first convolution of a block; a block without expansion has none.
    private func expand(
      _ name: String, _ index: Int, width: Int, inner: Int, from weights: inout Weights
    ) throws(EngineError) -> BottleneckConvolution? {
      guard inner > width else { return nil }
      let input = largest.map { ByteScale.signed(largest: $0[index - 1]) }
      let result = WholeNumberResult.steps(Self.step, most: Self.steps)
      return try point("\(name).expand", width, inner, input: input, result, &weights)
    }

    /// A convolution of one pixel; without `largest` one of floats.
    private func point(
      _ name: String, _ inputs: Int, _ outputs: Int, input: ByteScale?,
      _ result: WholeNumberResult, _ weights: inout Weights
    ) throws(EngineError) -> BottleneckConvolution {
      guard largest != nil, let input else {
        return .floats(
          try weights.convolution(name, inputs: inputs, outputs: outputs, window: .same(1)))
      }
      return .bytes(
        try weights.byteConvolution(
          name, inputs: inputs, outputs: outputs, window: .same(1), input: input, result: result,
          instructionSet: instructionSet))
    }

    private func stem(from weights: inout Weights) throws(EngineError) -> BottleneckConvolution {
      let window = Window.tensorFlow(3, stride: 2)
      guard largest != nil else {
        return .floats(
          try weights.convolution("stem", inputs: 3, outputs: sizes.stem, window: window))
      }
      let exact = ExactWeights(
        try weights.floats("stem.weight", [sizes.stem, 3, 3, 3]),
        bias: try weights.floats("stem.bias", [sizes.stem]), step: Self.pixelStep,
        most: Self.pixelSteps, result: Self.step)
      return .floats(
        Convolution(exact, inputs: 3, outputs: sizes.stem, window: window, most: Self.steps))
    }

    private func depthwise(
      _ name: String, _ block: ModelConfiguration.MobileBlock, inner: Int,
      from weights: inout Weights
    ) throws(EngineError) -> DepthwiseConvolution {
      let values = try weights.floats(
        "\(name).depthwise.weight", [inner, 1, block.kernel, block.kernel])
      let bias = try weights.floats("\(name).depthwise.bias", [inner])
      let window = Window.tensorFlow(block.kernel, stride: block.stride)
      guard largest != nil else {
        return DepthwiseConvolution(weights: values, bias: bias, channels: inner, window: window)
      }
      let exact = ExactWeights(
        values, bias: bias, step: Self.step, most: Self.steps, result: Self.filtered.step)
      return DepthwiseConvolution(exact, channels: inner, window: window)
    }
  }
}
