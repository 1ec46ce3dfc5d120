/// A dense convolution of a bottleneck, in floats or in bytes.
enum BottleneckConvolution: Sendable {
  case floats(Convolution)
  case bytes(ByteConvolution)

  var inputs: Int {
    switch self {
    case .floats(let layer): layer.inputs
    case .bytes(let layer): layer.inputs
    }
  }

  var window: Window {
    switch self {
    case .floats(let layer): layer.window
    case .bytes(let layer): layer.window
    }
  }

  /// Multiply-accumulates for each output pixel.
  var work: Int {
    switch self {
    case .floats(let layer): layer.work
    case .bytes(let layer): layer.work
    }
  }

  /// The convolution, where it is known to read floats.
  var floats: Convolution {
    guard case .floats(let layer) = self else { preconditionFailure("a convolution of bytes") }
    return layer
  }

  /// What its input's bytes stand for, if it reads bytes.
  var byteScale: ByteScale? {
    guard case .bytes(let layer) = self else { return nil }
    return layer.input
  }

  /// Blocks of channels that are computed together.
  var groups: Int {
    switch self {
    case .floats(let layer): layer.groups
    case .bytes(let layer): layer.groups
    }
  }

  /// The channels of a group.
  func channels(ofGroup group: Int) -> Range<Int> {
    switch self {
    case .floats(let layer): layer.channels(ofGroup: group)
    case .bytes(let layer): layer.channels(ofGroup: group)
    }
  }

  func items(of area: Rectangle) -> Int { groups * area.rows.count }

  /// The whole output.
  func area(of input: AnyPlane) -> Rectangle {
    Rectangle(
      rows: 0..<window.outputLength(input.height), columns: 0..<window.outputLength(input.width))
  }

  /// Computes the whole output; `residual` is added. Bytes know no activation: theirs is in the
  /// result.
  func apply(
    to input: AnyPlane, into output: Plane, _ activation: Activation = .identity,
    residual: Plane? = nil, with context: Context
  ) {
    switch self {
    case .floats(let layer):
      layer.apply(
        to: input.floats, into: output, activation: activation, residual: residual, with: context)
    case .bytes(let layer):
      layer.apply(to: input.bytes, into: output, residual: residual, with: context)
    }
  }

  /// The same of a plane of floats, which become the bytes of `seen` where it reads bytes.
  func apply(
    to input: Plane, seenAs seen: BytePlane?, into output: Plane, _ activation: Activation,
    with context: Context
  ) {
    guard let seen, let scale = byteScale else {
      return apply(to: .floats(input), into: output, activation, with: context)
    }
    seen.load(input, inverse: scale.inverse, with: context)
    apply(to: .bytes(seen), into: output, with: context)
  }

  /// Computes the channels of a group alone, as the first ones of the output, on the caller's thread.
  func run(
    group: Int, from input: AnyPlane, into output: Plane, activation: Activation,
    with context: Context
  ) {
    let area = area(of: input)
    run(
      group * area.rows.count..<(group + 1) * area.rows.count, of: area, from: input,
      into: output, activation: activation, residual: nil,
      shift: -group * Convolution.groupChannels, with: context)
  }

  /// Does some of the items of a rectangle, on the caller's thread; output channel c of pixel (y, x) is
  /// stored at c + shift of pixel (y + down, x). Bytes know no activation: theirs is in the result.
  func run(
    _ items: Range<Int>, of area: Rectangle, from input: AnyPlane, into output: Plane,
    activation: Activation, residual: Plane?, down: Int = 0, shift: Int = 0, with context: Context
  ) {
    switch self {
    case .floats(let layer):
      layer.run(
        items, of: area, from: input.floats, into: output, activation: activation,
        residual: residual, phase: (down, 0), shift: shift, with: context)
    case .bytes(let layer):
      layer.run(
        items, of: area, from: input.bytes, into: .floats(output), residual: residual,
        phase: (down, 0), shift: shift, with: context)
    }
  }
}
