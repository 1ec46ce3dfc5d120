/// Reads the segmentation branch's layers up to its features, in floats or in whole numbers.
extension SegmentationBranch {
  struct Layers {
    let sizes: ModelConfiguration.Segmentation
    /// The largest numbers of each block's input, of its expansion and of what it filters, and of
    /// the head's input: then layers compute in whole numbers.
    let largest: [Float]?
    let instructionSet: InstructionSet

    /// The numbers that `largest` holds of each block.
    static let numbers = 3
    /// Steps of a number from 0 on that a depthwise convolution sees, and of a pixel's.
    private static let steps = 1023
    private static let (pixelSteps, pixelStep) = (128, 1 / 127.5)
    /// The steps of the stem's result: bytes that have one sign.
    private static let bytes = 127
    private static let relu = WholeNumberResult.limited(.greatestFiniteMagnitude)

    func stem(from weights: inout Weights) throws(EngineError) -> Convolution {
      let window = Window.tensorFlow(3, stride: 2)
      guard let largest else {
        return try weights.convolution("stem", inputs: 3, outputs: sizes.stem, window: window)
      }
      let exact = ExactWeights(
        try weights.floats("stem.weight", [sizes.stem, 3, 3, 3]),
        bias: try weights.floats("stem.bias", [sizes.stem]), step: Self.pixelStep,
        most: Self.pixelSteps, result: Double(largest[0]) / Double(Self.bytes))
      return Convolution(exact, inputs: 3, outputs: sizes.stem, window: window, most: Self.bytes)
    }

    func blocks(from weights: inout Weights) throws(EngineError) -> [InvertedBottleneck] {
      var (blocks, width) = ([InvertedBottleneck](), sizes.stem)
      for (index, block) in sizes.blocks.enumerated() {
        let name = "blocks.\(index)"
        let scales = scales(index)
        blocks.append(
          InvertedBottleneck(
            expand: try point(
              "\(name).expand", width, block.inner, input: scales?.seen,
              scales.map { .steps($0.step, most: Self.steps) } ?? .floats, &weights),
            depthwise: try depthwise(name, block, scales, &weights),
            project: try point(
              "\(name).project", block.inner, block.output, input: scales?.filtered, .floats,
              &weights),
            residual: block.stride == 1 && width == block.output, activation: .relu))
        width = block.output
      }
      return blocks
    }

    func head(from weights: inout Weights) throws(EngineError) -> BottleneckConvolution {
      try point(
        "head", sizes.blocks.last?.output ?? sizes.stem, sizes.head,
        input: largest?.last.map(ByteScale.signed), Self.relu, &weights)
    }

    func fine(from weights: inout Weights) throws(EngineError) -> BottleneckConvolution {
      try point(
        "fine", sizes.blocks[sizes.decoder.fine].inner, sizes.classes.count,
        input: filtered(sizes.decoder.fine), Self.relu, &weights)
    }

    /// What the bytes of a block stand for, that it keeps for the decoder.
    func filtered(_ block: Int) -> ByteScale? { scales(block)?.filtered }

    private func scales(
      _ block: Int
    ) -> (seen: ByteScale, step: Double, filtered: ByteScale)? {
      guard let largest else { return nil }
      let own = largest[Self.numbers * block..<Self.numbers * (block + 1)].map(Double.init)
      // What the stem gives is whole steps already.
      let seen =
        block > 0
        ? ByteScale.signed(largest: Float(own[0]))
        : ByteScale(step: own[0] / Double(Self.bytes), zero: 128, inverse: 1)
      return (seen, own[1] / Double(Self.steps), .unsigned(largest: own[2]))
    }

    private func depthwise(
      _ name: String, _ block: ModelConfiguration.SegmentationBlock,
      _ scales: (seen: ByteScale, step: Double, filtered: ByteScale)?, _ weights: inout Weights
    ) throws(EngineError) -> DepthwiseConvolution {
      let window = Window.tensorFlow(
        block.kernel, stride: block.stride, dilation: block.dilation)
      guard let scales else {
        return try weights.depthwise("\(name).depthwise", channels: block.inner, window: window)
      }
      let exact = ExactWeights(
        try weights.floats(
          "\(name).depthwise.weight", [block.inner, 1, block.kernel, block.kernel]),
        bias: try weights.floats("\(name).depthwise.bias", [block.inner]), step: scales.step,
        most: Self.steps, result: scales.filtered.step)
      return DepthwiseConvolution(exact, channels: block.inner, window: window)
    }

    /// A convolution of one pixel; without `input` one of floats.
    private func point(
      _ name: String, _ inputs: Int, _ outputs: Int, input: ByteScale?,
      _ result: WholeNumberResult, _ weights: inout Weights
    ) throws(EngineError) -> BottleneckConvolution {
      guard let input else {
        return .floats(
          try weights.convolution(name, inputs: inputs, outputs: outputs, window: .same(1)))
      }
      return .bytes(
        try weights.byteConvolution(
          name, inputs: inputs, outputs: outputs, window: .same(1), input: input, result: result,
          instructionSet: instructionSet))
    }
  }
}
