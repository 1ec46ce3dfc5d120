/// The tensors of a model's file, read layer by layer; every one must be used.
struct Weights {
  private let file: Safetensors
  private var unread: Set<String>
  private let path: String

  init(_ file: Safetensors, path: String) {
    self.file = file
    self.path = path
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
    let shape = [outputs, inputs, window.kernel, window.kernel]
    return Convolution(
      weights: try floats("\(name).weight", shape),
      bias: biased ? try floats("\(name).bias", [outputs]) : .init(repeating: 0, count: outputs),
      inputs: inputs, outputs: outputs, window: window)
  }

  /// A linear layer: a convolution of one pixel.
  mutating func linear(
    _ name: String, inputs: Int, outputs: Int, biased: Bool = true
  ) throws(EngineError) -> Convolution {
    Convolution(
      weights: try floats("\(name).weight", [outputs, inputs]),
      bias: biased ? try floats("\(name).bias", [outputs]) : .init(repeating: 0, count: outputs),
      inputs: inputs, outputs: outputs, window: .same(1))
  }

  mutating func norm(_ name: String, channels: Int) throws(EngineError) -> ChannelNorm {
    ChannelNorm(gain: try floats("\(name).gain", [channels]))
  }

  /// Fails when the file holds a tensor that the model has no use for.
  func finish() throws(EngineError) {
    if let name = unread.sorted().first { throw .tensorUnknown(path: path, tensor: name) }
  }
}
