import CKernels

/// A convolution of each channel by itself.
package struct DepthwiseConvolution: Sendable {
  let channels: Int
  let window: Window
  private let weights: PackedFloats  // [kH][kW][padded channels]
  private let bias: PackedFloats  // [padded channels]

  /// Packs weights in PyTorch's order, [channels, 1, kH, kW].
  package init(weights: [Float], bias: [Float], channels: Int, window: Window) {
    let (taps, padded) = (window.kernel * window.kernel, paddedToLanes(channels))
    precondition(weights.count == channels * taps && bias.count == channels)
    self.channels = channels
    self.window = window
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
        part, seenFrom: part.lowerBound * window.stride - window.before, of: input, into: output,
        activation: activation, with: context)
    }
  }

  /// Computes some rows of the output, the first of which sees the input from a row on, on the
  /// caller's thread.
  func run(
    _ rows: Range<Int>, seenFrom top: Int, of input: Plane, into output: Plane,
    activation: Activation, with context: Context
  ) {
    context.measured(
      LayerLog.Layer(
        kind: "\(window.kernel) x \(window.kernel) depthwise", inputs: channels,
        outputs: channels, width: output.width),
      work: rows.count * output.width * channels * window.kernel * window.kernel
    ) {
      var task = unsafe spae_depthwise(
        input: input.pixel(top, -window.before),
        input_row: input.rowStride, input_pixel: input.padded,
        output: output.pixel(rows.lowerBound, 0),
        output_row: output.rowStride, output_pixel: output.padded,
        weights: weights.floats, bias: bias.floats,
        rows: rows.count, columns: output.width,
        kernel: window.kernel, stride: window.stride, channels: output.padded,
        activation: spae_activation(rawValue: activation.rawValue))
      unsafe context.kernels.pointee.convolve_depthwise(&task)
    }
  }
}
