import CKernels

/// A depthwise convolution of 3 x 3 that gives bytes of its approximate SiLU: the same bits on every instruction
/// set. Its input is bytes, whose sums are exact, or floats, whose products are added in the order of
/// the taps (docs/algorithm.md, "Precision").
struct ByteDepthwise: Sendable {
  /// The largest byte.
  private static let bytes = 255

  let channels: Int
  let window: Window
  /// What the bytes of its input stand for, if it reads bytes.
  let input: ByteScale?
  /// What those that it gives stand for.
  let result: ByteScale
  private let weights: PackedFloats  // [kH][kW][padded channels]
  private let bias: PackedFloats  // [padded channels]
  private let scales: PackedFloats  // [padded channels]

  /// Packs weights in PyTorch's order, [channels, 1, 3, 3].
  init(
    weights: [Float], bias: [Float], channels: Int, window: Window, input: ByteScale?,
    result: ByteScale
  ) {
    let (taps, padded) = (window.kernel * window.kernel, paddedToLanes(channels))
    precondition(taps == 9 && weights.count == channels * taps && bias.count == channels)
    (self.channels, self.window, self.input, self.result) = (channels, window, input, result)
    let exact = input.map {
      ExactWeights(
        weights, bias: bias, step: $0.step, most: Self.bytes + Int($0.zero), result: 1)
    }
    let own = exact?.weights ?? weights
    let zero = Float(input?.zero ?? 0)
    self.weights = unsafe PackedFloats(count: taps * padded) { packed in
      for channel in 0..<channels {
        for tap in 0..<taps { unsafe packed[tap * padded + channel] = own[channel * taps + tap] }
      }
    }
    // Bytes are as much too large as their zero. Sums of whole numbers are exact in any order.
    self.bias = unsafe PackedFloats(count: padded) { packed in
      for channel in 0..<channels {
        let sum = own[channel * taps..<(channel + 1) * taps].reduce(0, +)
        unsafe packed[channel] = (exact?.bias ?? bias)[channel] - (zero > 0 ? zero * sum : 0)
      }
    }
    scales = PackedFloats(
      exact?.scales ?? [Float](repeating: 1, count: channels), paddedTo: padded)
  }

  func apply(to input: AnyPlane, into output: BytePlane, with context: Context) {
    let rows = window.outputLength(input.height)
    let work = rows * output.width * channels * window.kernel * window.kernel
    context.parallel.forEachPart(of: rows, work: work) { part in
      context.measured(
        LayerProfiler.Layer(
          kind: "3 x 3 depthwise int8", inputs: channels, outputs: channels, width: output.width),
        work: work / rows * part.count
      ) {
        run(part, from: input, into: output, with: context)
      }
    }
  }

  private func run(
    _ rows: Range<Int>, from input: AnyPlane, into output: BytePlane, with context: Context
  ) {
    let row = rows.lowerBound * window.stride - window.before(input.height)
    let column = -window.before(input.width)
    var task = unsafe spae_byte_depthwise(
      input: nil, floats: nil, input_row: 0, input_pixel: 0,
      output: output.pixel(rows.lowerBound, 0), output_row: output.rowStride,
      output_pixel: output.padded, weights: weights.floats, bias: bias.floats,
      scales: scales.floats, rows: rows.count, columns: output.width, stride: window.stride,
      channels: paddedToLanes(channels), inverse: result.inverse, zero: Float(result.zero))
    switch input {
    case .floats(let plane):
      unsafe task.floats = UnsafePointer(plane.pixel(row, column))
      unsafe (task.input_row, task.input_pixel) = (plane.rowStride, plane.padded)
    case .bytes(let plane):
      unsafe task.input = UnsafePointer(plane.pixel(row, column))
      unsafe (task.input_row, task.input_pixel) = (plane.rowStride, plane.padded)
    }
    unsafe context.kernels.pointee.bytes.pointee.convolve_depthwise(&task)
  }
}
