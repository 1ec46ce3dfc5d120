/// The tensors of a model's file, read layer by layer; every one must be used.
struct Weights {
  private let file: Safetensors
  private var unread: Set<String>
  private let path: String
  private let keepsHalves: Bool

  /// `keepsHalves` says that the weights of convolutions stay float16 in memory: for networks whose
  /// layers are used on many pixels at once.
  init(_ file: Safetensors, path: String, keepsHalves: Bool = false) {
    self.file = file
    self.path = path
    self.keepsHalves = keepsHalves
    unread = file.names
  }

  mutating func floats(_ name: String, _ shape: [Int]) throws(EngineError) -> [Float] {
    unread.remove(name)
    return try file.floats(name, shape: shape)
  }

  /// A convolution of the tensors `name.weight` and, when it has one, `name.bias`.
  mutating func convolution(
    _ name: String, inputs: Int, outputs: Int, window: Window, biased: Bool = true
  ) throws(EngineError) -> Convolution {
    try convolution(
      name, shape: [outputs, inputs, window.kernel, window.kernel], window: window, biased: biased)
  }

  /// A convolution of bytes of the tensors `name.weight`, in float16, and `name.bias`; with `rows` of
  /// some output channels alone.
  mutating func byteConvolution(
    _ name: String, inputs: Int, outputs: Int, window: Window, input: ByteScale,
    result: WholeNumberResult, rows: StrideTo<Int>? = nil, instructionSet: InstructionSet
  ) throws(EngineError) -> ByteConvolution {
    let weight = "\(name).weight"
    let bias = try floats("\(name).bias", [outputs])
    unread.remove(weight)
    let halves = try file.halves(weight, shape: [outputs, inputs, window.kernel, window.kernel])
    let (size, some) = (inputs * window.kernel * window.kernel, rows.map(Array.init))
    guard let some else {
      return unsafe ByteConvolution(
        halves: halves.values, bias: bias, inputs: inputs, outputs: outputs, window: window,
        input: input, result: result, instructionSet: instructionSet)
    }
    let own = unsafe some.flatMap { unsafe halves.values[$0 * size..<($0 + 1) * size] }
    return unsafe own.withUnsafeBufferPointer {
      unsafe ByteConvolution(
        halves: $0, bias: some.map { bias[$0] }, inputs: inputs, outputs: some.count,
        window: window, input: input, result: result, instructionSet: instructionSet)
    }
  }

  /// A linear layer: a convolution of one pixel.
  mutating func linear(
    _ name: String, inputs: Int, outputs: Int, biased: Bool = true
  ) throws(EngineError) -> Convolution {
    try convolution(name, shape: [outputs, inputs], window: .same(1), biased: biased)
  }

  /// Packs float16 weights straight from the file: they are most of what there is to load.
  private mutating func convolution(
    _ name: String, shape: [Int], window: Window, biased: Bool
  ) throws(EngineError) -> Convolution {
    let (weight, outputs, inputs) = ("\(name).weight", shape[0], shape[1])
    let bias =
      biased ? try floats("\(name).bias", [outputs]) : .init(repeating: 0, count: outputs)
    guard file.hasHalves(weight) else {
      return Convolution(
        weights: try floats(weight, shape), bias: bias, inputs: inputs, outputs: outputs,
        window: window)
    }
    unread.remove(weight)
    let halves = try file.halves(weight, shape: shape)
    return unsafe Convolution(
      halves: halves.values, keepsHalves: keepsHalves, bias: bias, inputs: inputs,
      outputs: outputs, window: window)
  }

  mutating func norm(_ name: String, channels: Int) throws(EngineError) -> ChannelNorm {
    ChannelNorm(gain: try floats("\(name).gain", [channels]))
  }

  /// Fails when the file holds a tensor that the model has no use for.
  func finish() throws(EngineError) {
    if let name = unread.sorted().first { throw .tensorUnknown(path: path, tensor: name) }
  }
}
