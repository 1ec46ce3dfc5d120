import CKernels
import Glibc

/// What a byte stands for: (byte - zero) x step.
package struct ByteScale: Sendable {
  package let step: Double
  package let zero: Int32
  /// What numbers are multiplied by to become bytes.
  package let inverse: Float

  /// Bytes between 0 and a largest number, as a ReLU6 gives them.
  package static func unsigned(largest: Double) -> ByteScale {
    ByteScale(step: largest / 255, zero: 0, inverse: Float(255 / largest))
  }

  /// Bytes of what a SiLU gives, or a sum of some, up to a largest number.
  package static func silu(largest: Float, terms: Int = 1) -> ByteScale {
    let least = 0.2785 * Double(terms)
    let range = Double(largest) + least
    let zero = (least / range * 255).rounded(.toNearestOrEven)
    return ByteScale(step: range / 255, zero: Int32(zero), inverse: Float(255 / range))
  }

  /// Bytes of both signs, of which 127 over the zero is the largest number.
  package static func signed(largest: Float) -> ByteScale {
    ByteScale(step: Double(largest) / 127, zero: 128, inverse: Float(127 / Double(largest)))
  }
}

/// What a convolution of whole numbers gives.
package enum WholeNumberResult: Sendable {
  /// Numbers of any size.
  case floats
  /// Numbers from 0 to a limit.
  case limited(Float)
  /// Whole steps of a size, as floats, from 0 to a largest count of them.
  case steps(Double, most: Int)
  /// The SiLU of numbers, as numbers.
  case silu
  /// The SiLU of numbers, as bytes.
  case bytesOfSiLU(ByteScale)
  /// The same by a polynomial, which is faster.
  case bytesOfApproximateSiLU(ByteScale)

  var step: Double { if case .steps(let step, _) = self { step } else { 1 } }

  var limit: Float {
    switch self {
    case .floats, .silu, .bytesOfSiLU, .bytesOfApproximateSiLU: 0
    case .limited(let limit): limit
    case .steps(_, let most): Float(most)
    }
  }

  /// What the bytes of the result stand for, if it is bytes.
  var bytes: ByteScale? {
    switch self {
    case .bytesOfSiLU(let scale), .bytesOfApproximateSiLU(let scale): scale
    case .floats, .limited, .steps, .silu: nil
    }
  }

  var isRounded: Bool { if case .steps = self { true } else { false } }

  var isSiLU: Bool { if case .silu = self { true } else { false } }

  var isApproximate: Bool { if case .bytesOfApproximateSiLU = self { true } else { false } }
}

/// A dense convolution of bytes with weights of bytes: its sums are exact, and equal on every
/// instruction set (docs/algorithm.md, "Precision").
package struct ByteConvolution: Sendable {
  let inputs: Int
  let outputs: Int
  let window: Window
  /// What its input's bytes stand for.
  package let input: ByteScale
  let result: WholeNumberResult
  private let weights: PackedFloats  // the memory of bytes in the order of the kernels
  private let blockBytes: Int  // of the weights of 16 output channels
  private let bias: PackedFloats  // the memory of [outputs / 16][16] whole numbers of 32 bits
  private let scales: PackedFloats  // [outputs / 16][16]

  /// Makes bytes of float16 weights of PyTorch's order, [outputs, inputs, kH, kW].
  package init(
    halves: UnsafeBufferPointer<UInt16>, bias: [Float], inputs: Int, outputs: Int, window: Window,
    input: ByteScale, result: WholeNumberResult, instructionSet: InstructionSet
  ) {
    let taps = window.kernel * window.kernel
    precondition(halves.count == outputs * inputs * taps && bias.count == outputs)
    (self.inputs, self.outputs, self.window) = (inputs, outputs, window)
    (self.input, self.result) = (input, result)
    let kernels = unsafe instructionSet.kernels.pointee
    let bytes = unsafe kernels.bytes.pointee
    var whole = [Int8](repeating: 0, count: outputs * inputs * taps)
    var inverses = [Float](repeating: 1, count: outputs)
    unsafe kernels.weights_to_bytes(
      halves.baseAddress, outputs, inputs * taps, &whole, &inverses)
    blockBytes = bytes.weight_bytes * 16 * taps * ((inputs + 3) / 4 * 4)
    weights = unsafe PackedFloats(count: (outputs + 15) / 16 * blockBytes / 4) { packed in
      unsafe bytes.pack(whole, outputs, inputs, taps, packed)
    }
    let offset = bytes.offset - input.zero
    let row = inputs * taps
    self.bias = unsafe PackedFloats(count: paddedToLanes(outputs)) { packed in
      let numbers = unsafe UnsafeMutableRawPointer(packed)
        .bindMemory(to: Int32.self, capacity: paddedToLanes(outputs))
      for output in 0..<outputs {
        let sum = whole[output * row..<(output + 1) * row].reduce(Int32(0)) { $0 + Int32($1) }
        let own = Self.bias(bias[output], inverse: inverses[output], step: input.step)
        unsafe numbers[output] = own + offset * sum
      }
    }
    scales = PackedFloats(
      inverses.map { Float(input.step / Double($0) / result.step) },
      paddedTo: paddedToLanes(outputs))
  }

  /// A bias in steps of the sums, half to even.
  private static func bias(_ value: Float, inverse: Float, step: Double) -> Int32 {
    let limit = Double(1 << 30)
    let steps = Double(value) * Double(inverse) / step
    return Int32(min(max(steps.rounded(.toNearestOrEven), -limit), limit))
  }

  /// How many pixels away an output pixel looks, for a window as large as its input.
  var reach: Int { window.kernel / 2 }

  /// Multiply-accumulates for each output pixel.
  var work: Int { inputs * outputs * window.kernel * window.kernel }

  /// Blocks of 16 output channels, and groups of blocks that are computed together.
  private var blocks: Int { (outputs + 15) / 16 }
  var groups: Int { (blocks + spae_blocks - 1) / spae_blocks }

  /// The channels of a group.
  func channels(ofGroup group: Int) -> Range<Int> {
    let size = Convolution.groupChannels
    return group * size..<min((group + 1) * size, outputs)
  }

  /// How many items of work a rectangle of the output is: a row of two blocks of channels each.
  func items(of area: Rectangle) -> Int { groups * area.rows.count }

  /// Computes a rectangle of the output. `residual` is a plane like the output, and is added.
  package func apply(
    to input: BytePlane, into output: Plane, rectangle: Rectangle? = nil, residual: Plane? = nil,
    with context: Context
  ) {
    apply(
      to: input, into: .floats(output), rectangle: rectangle, residual: residual, with: context)
  }

  /// The same of a convolution whose result is bytes.
  package func apply(to input: BytePlane, intoBytes output: BytePlane, with context: Context) {
    apply(to: input, into: .bytes(output), with: context)
  }

  /// The same where the output may be bytes.
  /// `added` are bytes like the output's, of the same scale, that are added.
  func apply(
    to input: BytePlane, into output: AnyPlane, rectangle: Rectangle? = nil,
    residual: Plane? = nil, added: BytePlane? = nil, with context: Context
  ) {
    let area =
      rectangle
      ?? Rectangle(
        rows: 0..<window.outputLength(input.height), columns: 0..<window.outputLength(input.width))
    precondition(residual.map { $0.rowStride == output.floats.rowStride } ?? true)
    precondition(added.map { $0.rowStride == output.bytes.rowStride } ?? true)
    context.parallel.forEachPart(of: items(of: area), work: area.area * work) { part in
      run(
        part, of: area, from: input, into: output, residual: residual, added: added,
        with: context)
    }
  }

  /// Does some of the items of a rectangle, on the caller's thread; output channel c of pixel (y, x) is
  /// stored at c + shift of pixel (spread y + phase.row, spread x + phase.column).
  func run(
    _ items: Range<Int>, of area: Rectangle, from input: BytePlane, into output: AnyPlane,
    residual: Plane?, added: BytePlane? = nil, spread: Int = 1,
    phase: (row: Int, column: Int) = (0, 0), shift: Int = 0, with context: Context
  ) {
    context.measured(
      LayerProfiler.Layer(
        kind: "\(window.kernel) x \(window.kernel) int8", inputs: inputs, outputs: outputs,
        width: area.columns.count),
      work: items.count * area.columns.count * work / groups
    ) {
      let rows = area.rows.count
      var item = items.lowerBound
      while item < items.upperBound {
        let group = item / rows
        let end = min(items.upperBound, (group + 1) * rows)
        let first = area.rows.lowerBound + item % rows
        run(
          blocks: group * spae_blocks..<min((group + 1) * spae_blocks, blocks),
          area: Rectangle(rows: first..<first + (end - item), columns: area.columns),
          from: input, into: output, residual: residual, added: added, spread: spread,
          phase: phase, shift: shift, with: context)
        item = end
      }
    }
  }

  private func run(
    blocks: Range<Int>, area: Rectangle, from input: BytePlane, into output: AnyPlane,
    residual: Plane?, added: BytePlane?, spread: Int, phase: (row: Int, column: Int),
    shift: Int, with context: Context
  ) {
    let (top, left) = (area.rows.lowerBound, area.columns.lowerBound)
    let channel = 16 * blocks.lowerBound
    let row = top * window.stride - window.before(input.height)
    let column = left * window.stride - window.before(input.width)
    let (y, x) = (top * spread + phase.row, left * spread + phase.column)
    var task = unsafe spae_byte_convolution(
      input: input.pixel(row, column), input_row: input.rowStride, input_pixel: input.padded,
      output: nil, output_row: 0, output_pixel: 0,
      residual: residual.map { unsafe UnsafePointer($0.pixel(y, x) + channel) },
      weights: UnsafeRawPointer(weights.floats) + blocks.lowerBound * blockBytes,
      bias: UnsafeRawPointer(bias.floats).assumingMemoryBound(to: Int32.self) + channel,
      scales: scales.floats + channel,
      blocks: blocks.count, rows: area.rows.count, columns: area.columns.count,
      kernel: window.kernel, stride: window.stride, channels: (inputs + 3) / 4 * 4,
      limit: result.limit, is_rounded: result.isRounded ? 1 : 0,
      is_silu: result.isSiLU ? 1 : 0, bytes: nil, inverse: result.bytes?.inverse ?? 0,
      zero: Float(result.bytes?.zero ?? 0), is_approximate: result.isApproximate ? 1 : 0,
      added: added.map { unsafe UnsafePointer($0.pixel(y, x) + channel) })
    switch output {
    case .floats(let plane):
      unsafe task.output = plane.pixel(y, x) + channel + shift
      unsafe (task.output_row, task.output_pixel) = (
        plane.rowStride * spread, plane.padded * spread
      )
    case .bytes(let plane):
      unsafe task.bytes = plane.pixel(y, x) + channel + shift
      unsafe (task.output_row, task.output_pixel) = (
        plane.rowStride * spread, plane.padded * spread
      )
    }
    unsafe context.kernels.pointee.bytes.pointee.convolve(&task)
  }
}
