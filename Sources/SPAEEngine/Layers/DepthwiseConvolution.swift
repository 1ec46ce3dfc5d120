import CKernels

/// A convolution of each channel by itself.
package struct DepthwiseConvolution: Sendable {
  let channels: Int
  let window: Window
  private let weights: PackedFloats  // [kH][kW][padded channels]
  private let bias: PackedFloats  // [padded channels]
  /// What makes bytes of the sums, if it gives bytes, [padded channels].
  private let scales: PackedFloats?

  /// Makes a convolution of whole numbers that gives bytes.
  init(_ exact: ExactWeights, channels: Int, window: Window) {
    self.init(
      weights: exact.weights, bias: exact.bias, channels: channels, window: window,
      scales: PackedFloats(exact.scales, paddedTo: paddedToLanes(channels)))
  }

  /// Packs weights in PyTorch's order, [channels, 1, kH, kW].
  package init(weights: [Float], bias: [Float], channels: Int, window: Window) {
    self.init(weights: weights, bias: bias, channels: channels, window: window, scales: nil)
  }

  private init(
    weights: [Float], bias: [Float], channels: Int, window: Window, scales: PackedFloats?
  ) {
    let (taps, padded) = (window.kernel * window.kernel, paddedToLanes(channels))
    precondition(weights.count == channels * taps && bias.count == channels)
    self.channels = channels
    self.window = window
    self.scales = scales
    self.bias = PackedFloats(bias, paddedTo: padded)
    self.weights = unsafe PackedFloats(count: taps * padded) { packed in
      for channel in 0..<channels {
        for tap in 0..<taps {
          unsafe packed[tap * padded + channel] = weights[channel * taps + tap]
        }
      }
    }
  }

  package func apply(
    to input: Plane, into output: Plane, activation: Activation, with context: Context
  ) {
    let rows = window.outputLength(input.height)
    let columns = window.outputLength(input.width)
    let work = rows * columns * channels * window.kernel * window.kernel
    context.parallel.forEachPart(of: rows, work: work) { part in
      run(
        part, seenFrom: part.lowerBound * window.stride - window.before(input.height), of: input,
        into: .floats(output), activation: activation, with: context)
    }
  }

  /// Computes some rows of the output, the first of which sees the input from a row on, on the
  /// caller's thread.
  ///
  /// With `some`, from a multiple of 16 on, the input holds those channels alone.
  func run(
    _ rows: Range<Int>, seenFrom top: Int, of input: Plane, into output: AnyPlane,
    channels some: Range<Int>? = nil, activation: Activation, with context: Context
  ) {
    let some = some ?? 0..<channels
    context.measured(
      LayerProfiler.Layer(
        kind: "\(window.kernel) x \(window.kernel) depthwise", inputs: channels,
        outputs: channels, width: output.width),
      work: rows.count * output.width * some.count * window.kernel * window.kernel
    ) {
      // With a dilation of d every d-th row and column is a plane of its own.
      for row in 0..<window.dilation {
        for column in 0..<window.dilation {
          run(
            rows, of: (row, column), seenFrom: top, of: input, into: output, channels: some,
            activation, context)
        }
      }
    }
  }

  /// The output's rows and columns from a first one on that see the same of the input's.
  private func run(
    _ rows: Range<Int>, of phase: (row: Int, column: Int), seenFrom top: Int, of input: Plane,
    into output: AnyPlane, channels: Range<Int>, _ activation: Activation, _ context: Context
  ) {
    let (step, first) = (window.dilation, channels.lowerBound)
    let (row, column) = (phase.row * window.stride, phase.column * window.stride)
    var task = unsafe spae_depthwise(
      input: input.pixel(top + row, column - window.before(input.width)),
      input_row: input.rowStride * step, input_pixel: input.padded * step,
      output: nil, output_row: 0, output_pixel: 0,
      weights: weights.floats + first, bias: bias.floats + first,
      weights_tap: paddedToLanes(self.channels),
      rows: (rows.count - phase.row + step - 1) / step,
      columns: (output.width - phase.column + step - 1) / step,
      kernel: window.kernel, stride: window.stride,
      channels: paddedToLanes(channels.count),
      activation: spae_activation(rawValue: activation.rawValue), bytes: nil, scales: nil)
    let target = (row: rows.lowerBound + phase.row, column: phase.column)
    switch output {
    case .floats(let plane):
      unsafe task.output = plane.pixel(target.row, target.column) + first
      unsafe (task.output_row, task.output_pixel) = (plane.rowStride * step, plane.padded * step)
    case .bytes(let plane):
      unsafe task.bytes = plane.pixel(target.row, target.column) + first
      unsafe (task.output_row, task.output_pixel) = (plane.rowStride * step, plane.padded * step)
      unsafe task.scales = scales.map { unsafe $0.floats + first }
    }
    unsafe context.kernels.pointee.convolve_depthwise(&task)
  }
}
