import SPAEPyramid

/// A depthwise convolution and one across the channels, each with an activation.
struct SeparableConvolution: Sendable {
  let depthwise: DepthwiseConvolution
  let project: Convolution
  let activation: Activation

  /// Applies both; `residual` is a plane like the output, added after the last activation.
  func apply(
    to input: Plane, through filtered: Plane, into output: Plane, residual: Plane? = nil,
    with context: Context
  ) {
    depthwise.apply(to: input, into: filtered, activation: activation, with: context)
    project.apply(
      to: filtered, into: output, activation: activation, residual: residual, with: context)
  }
}

extension Weights {
  /// A depthwise convolution of the tensors `name.weight` and `name.bias`.
  mutating func depthwise(
    _ name: String, channels: Int, window: Window
  ) throws(EngineError) -> DepthwiseConvolution {
    let shape = [channels, 1, window.kernel, window.kernel]
    return DepthwiseConvolution(
      weights: try floats("\(name).weight", shape), bias: try floats("\(name).bias", [channels]),
      channels: channels, window: window)
  }

  /// The two convolutions `name.depthwise` and `name.project`.
  mutating func separable(
    _ name: String, inputs: Int, outputs: Int, window: Window, activation: Activation
  ) throws(EngineError) -> SeparableConvolution {
    SeparableConvolution(
      depthwise: try depthwise("\(name).depthwise", channels: inputs, window: window),
      project: try convolution(
        "\(name).project", inputs: inputs, outputs: outputs, window: .same(1)),
      activation: activation)
  }
}

/// Planes between layers, made when they are first asked for; layers that do not run at once and
/// ask for the same one share it.
final class ScratchPlanes {
  /// A plane of a size and a number of channels; those of other numbers are others.
  private struct Key: Hashable {
    var size: GridSize
    var channels: Int
    var number: Int
    var zero: UInt8?
  }

  private var made: [Key: AnyPlane] = [:]

  /// The reach of depthwise convolutions of 5 x 5.
  private static let border = 2

  subscript(size: GridSize, channels: Int, number: Int = 0) -> Plane {
    self[size, channels, number, zero: nil].floats
  }

  /// A plane of bytes of which that one stands for zero, or without one a plane of floats.
  subscript(size: GridSize, channels: Int, number: Int, zero zero: UInt8?) -> AnyPlane {
    let key = Key(size: size, channels: channels, number: number, zero: zero)
    if let plane = made[key] { return plane }
    let plane = AnyPlane(size, channels: channels, border: Self.border, zero: zero)
    made[key] = plane
    return plane
  }
}
