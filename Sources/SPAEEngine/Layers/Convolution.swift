import CKernels

/// What a layer does to each sum before it is stored.
package enum Activation: UInt32, Sendable {
  case identity = 0
  case silu = 1
  case relu6 = 2
  case relu = 3
}

/// How many zeros a convolution sees above and left of the plane, and how far apart it looks.
package struct Window: Hashable, Sendable {
  private enum Padding: Hashable {
    case fixed(Int)
    case tensorFlow
  }

  var kernel: Int
  var stride = 1
  private var padding: Padding
  /// Pixels from one tap to the next, of a depthwise convolution; dense ones know 1 alone.
  var dilation = 1

  private init(_ kernel: Int, stride: Int = 1, dilation: Int = 1, _ padding: Padding) {
    (self.kernel, self.stride, self.dilation) = (kernel, stride, dilation)
    self.padding = padding
  }

  /// Zeros before the rows or the columns of an input of such a length.
  package func before(_ length: Int) -> Int {
    switch padding {
    case .fixed(let before): before
    case .tensorFlow: max((outputLength(length) - 1) * stride + extent - length, 0) / 2
    }
  }

  /// Pixels from the first tap to the last, both included.
  var extent: Int { (kernel - 1) * dilation + 1 }

  /// Zeros on all sides, so that the output is as large as the input.
  package static func same(_ kernel: Int) -> Window {
    Window(kernel, .fixed(kernel / 2))
  }

  /// Squares that do not overlap.
  package static func apart(_ kernel: Int) -> Window {
    Window(kernel, stride: kernel, .fixed(0))
  }

  /// As many zeros on all sides, so that the output is an input's length over the stride.
  package static func centred(_ kernel: Int, stride: Int) -> Window {
    Window(kernel, stride: stride, .fixed((kernel - 1) / 2))
  }

  /// TensorFlow's SAME padding, which depends on the input's length: the odd zero goes below and
  /// right.
  package static func tensorFlow(_ kernel: Int, stride: Int, dilation: Int = 1) -> Window {
    Window(kernel, stride: stride, dilation: dilation, .tensorFlow)
  }

  /// The length of the output for an input of a length, as every window here covers its input.
  package func outputLength(_ length: Int) -> Int { (length + stride - 1) / stride }
}

/// Blocks of 16 output channels that the kernels are given together.
private let groupSize = spae_blocks

/// A dense convolution with its weights packed for the kernels.
package struct Convolution: Sendable {
  let inputs: Int
  let outputs: Int
  let window: Window
  private let weights: PackedWeights
  private let bias: PackedFloats  // [outputs / 16][16]
  private let steps: Steps?

  /// Results in whole steps: sum x scale, from 0 to a limit, rounded half to even; without a limit (0)
  /// they are numbers as they are.
  struct Steps: Sendable {
    let scales: PackedFloats  // [outputs / 16][16]
    let most: Int
  }

  /// Makes a convolution of whole numbers, whose results are whole steps from 0 to `most`, or, if that
  /// is 0, numbers.
  init(_ exact: ExactWeights, inputs: Int, outputs: Int, window: Window, most: Int) {
    self.init(
      weights: exact.weights, bias: exact.bias, inputs: inputs, outputs: outputs, window: window,
      steps: Steps(
        scales: PackedFloats(exact.scales, paddedTo: paddedToLanes(outputs)), most: most))
  }

  /// Packs weights in PyTorch's order, [outputs, inputs, kH, kW].
  package init(weights: [Float], bias: [Float], inputs: Int, outputs: Int, window: Window) {
    self.init(
      weights: weights, bias: bias, inputs: inputs, outputs: outputs, window: window, steps: nil)
  }

  private init(
    weights: [Float], bias: [Float], inputs: Int, outputs: Int, window: Window, steps: Steps?
  ) {
    let taps = window.kernel * window.kernel
    precondition(weights.count == outputs * inputs * taps && bias.count == outputs)
    self.inputs = inputs
    self.outputs = outputs
    self.window = window
    self.steps = steps
    self.bias = PackedFloats(bias, paddedTo: paddedToLanes(outputs))
    self.weights = .floats(
      unsafe PackedFloats(count: paddedToLanes(outputs) * inputs * taps) { packed in
        for output in 0..<outputs {
          let block = output / 16 * taps * inputs * 16 + output % 16
          for input in 0..<inputs {
            for tap in 0..<taps {
              let weight = weights[(output * inputs + input) * taps + tap]
              unsafe packed[block + (tap * inputs + input) * 16] = weight
            }
          }
        }
      })
  }

  /// Packs float16 weights in the same order; they may stay float16 in memory.
  package init(
    halves: UnsafeBufferPointer<UInt16>, keepsHalves: Bool, bias: [Float], inputs: Int,
    outputs: Int, window: Window
  ) {
    precondition(bias.count == outputs)
    (self.inputs, self.outputs, self.window, steps) = (inputs, outputs, window, nil)
    self.bias = PackedFloats(bias, paddedTo: paddedToLanes(outputs))
    weights = unsafe PackedWeights(
      packing: halves, outputs: outputs, inputs: inputs, taps: window.kernel * window.kernel,
      keepsHalves: keepsHalves)
  }

  /// How many pixels away an output pixel looks, for a window as large as its input.
  var reach: Int { window.kernel / 2 }

  /// Multiply-accumulates for each output pixel.
  var work: Int { inputs * outputs * window.kernel * window.kernel }

  /// Computes a rectangle of the output; `spread` and `phase` scatter it for a pixel shuffle.
  ///
  /// With a spread of 2 output pixel (y, x) is stored at (2 y + phase.row, 2 x + phase.column).
  /// `residual` is a plane like the output, border included, and is added after the activation.
  package func apply(
    to input: Plane, into output: Plane, rectangle: Rectangle? = nil,
    activation: Activation = .identity, residual: Plane? = nil,
    spread: Int = 1, phase: (row: Int, column: Int) = (0, 0), with context: Context
  ) {
    let area =
      rectangle
      ?? Rectangle(
        rows: 0..<window.outputLength(input.height), columns: 0..<window.outputLength(input.width))
    precondition(residual.map { $0.rowStride == output.rowStride } ?? true)
    context.parallel.forEachPart(of: items(of: area), work: area.area * work) { part in
      run(
        part, of: area, from: input, into: output, activation: activation, residual: residual,
        spread: spread, phase: phase, with: context)
    }
  }

  /// Computes some pixels of the output, on the caller's thread.
  package func apply(
    to input: Plane, into output: Plane, group: CellGroup, residual: Plane? = nil,
    with context: Context
  ) {
    let cells = group.addresses
    context.measured(
      LayerProfiler.Layer(
        kind: "\(window.kernel) x \(window.kernel)", inputs: inputs, outputs: outputs,
        width: output.width),
      work: cells.count * work
    ) {
      unsafe cells.withUnsafeBufferPointer { cells in
        unsafe run(
          blocks: 0..<blocks, area: Rectangle(rows: 0..<1, columns: 0..<cells.count),
          cells: cells.baseAddress, from: input, into: output, activation: .identity,
          residual: residual, spread: 1, phase: (0, 0), with: context)
      }
    }
  }

  /// How many items of work a rectangle of the output is: a row of two blocks of channels each.
  func items(of area: Rectangle) -> Int { groups * area.rows.count }

  /// Blocks of 16 output channels, and groups of blocks that are computed together.
  private var blocks: Int { (outputs + 15) / 16 }
  var groups: Int { (blocks + groupSize - 1) / groupSize }

  /// The most channels of a group.
  static let groupChannels = 16 * groupSize

  /// The channels of a group.
  func channels(ofGroup group: Int) -> Range<Int> {
    group * Self.groupChannels..<min((group + 1) * Self.groupChannels, outputs)
  }

  /// Does some of the items of a rectangle, on the caller's thread; output channel c is stored at
  /// c + shift.
  func run(
    _ items: Range<Int>, of area: Rectangle, from input: Plane, into output: Plane,
    activation: Activation, residual: Plane?, spread: Int = 1,
    phase: (row: Int, column: Int) = (0, 0), shift: Int = 0, with context: Context
  ) {
    context.measured(
      LayerProfiler.Layer(
        kind: "\(window.kernel) x \(window.kernel)", inputs: inputs, outputs: outputs,
        width: area.columns.count),
      work: items.count * area.columns.count * work / groups
    ) {
      runUnmeasured(
        items, of: area, from: input, into: output, activation: activation, residual: residual,
        spread: spread, phase: phase, shift: shift, with: context)
    }
  }

  private func runUnmeasured(
    _ items: Range<Int>, of area: Rectangle, from input: Plane, into output: Plane,
    activation: Activation, residual: Plane?, spread: Int, phase: (row: Int, column: Int),
    shift: Int = 0, with context: Context
  ) {
    let rows = area.rows.count
    var item = items.lowerBound
    while item < items.upperBound {
      let group = item / rows
      let end = min(items.upperBound, (group + 1) * rows)
      let first = area.rows.lowerBound + item % rows
      unsafe run(
        blocks: group * groupSize..<min((group + 1) * groupSize, blocks),
        area: Rectangle(rows: first..<first + (end - item), columns: area.columns),
        from: input, into: output, activation: activation, residual: residual,
        spread: spread, phase: phase, shift: shift, with: context)
      item = end
    }
  }

  /// The pixels are those of the area, or as many at `cells`.
  private func run(
    blocks: Range<Int>, area: Rectangle, cells: UnsafePointer<spae_cell>? = nil,
    from input: Plane, into output: Plane, activation: Activation, residual: Plane?, spread: Int,
    phase: (row: Int, column: Int), shift: Int = 0, with context: Context
  ) {
    let (top, left) = (area.rows.lowerBound, area.columns.lowerBound)
    let taps = window.kernel * window.kernel
    let channel = blocks.lowerBound * 16
    let target = (top * spread + phase.row, left * spread + phase.column)
    let first = channel * taps * inputs
    unsafe weights.with(first..<first + blocks.count * 16 * taps * inputs, context) { weights in
      var task = unsafe spae_convolution(
        input: input.pixel(
          top * window.stride - window.before(input.height),
          left * window.stride - window.before(input.width)),
        input_row: input.rowStride, input_pixel: input.padded,
        output: output.pixel(target.0, target.1) + channel + shift,
        output_row: output.rowStride * spread, output_pixel: output.padded * spread,
        residual: residual.map { unsafe UnsafePointer($0.pixel(target.0, target.1) + channel) },
        weights: weights,
        bias: bias.floats + channel,
        blocks: blocks.count,
        rows: area.rows.count, columns: area.columns.count,
        kernel: window.kernel, stride: window.stride, channels: inputs,
        activation: steps == nil ? spae_activation(rawValue: activation.rawValue) : spae_identity,
        scales: steps.map { unsafe $0.scales.floats + channel }, limit: Float(steps?.most ?? 0),
        cells: cells)
      unsafe context.kernels.pointee.convolve(&task)
    }
  }
}

/// What every layer needs to run: the kernels and the threads.
@safe package struct Context: @unchecked Sendable {
  let kernels: UnsafePointer<spae_kernels>
  let parallel: Parallel

  /// Where the layers' times are noted, if they are.
  let profiler: LayerProfiler?

  package init(_ instructionSet: InstructionSet, parallel: Parallel) {
    unsafe self.init(kernels: instructionSet.kernels, parallel: parallel)
  }

  /// The kernels in use.
  package var instructionSet: InstructionSet { unsafe InstructionSet(kernels: kernels) }

  /// The same on one thread, with every layer's time noted.
  func measuring(into profiler: LayerProfiler) -> Context {
    unsafe Context(kernels: kernels, parallel: Parallel(threads: 1), profiler: profiler)
  }

  /// The same on the caller's thread alone, for layers within a part of a larger work.
  var onOneThread: Context {
    unsafe Context(kernels: kernels, parallel: Parallel(threads: 1), profiler: profiler)
  }

  @inline(__always)
  func measured(
    _ layer: @autoclosure () -> LayerProfiler.Layer, work: @autoclosure () -> Int,
    _ body: () -> Void
  ) {
    guard let profiler else { return body() }
    profiler.measure(layer(), work: work(), body)
  }

  /// Runs a series of layers with threads that spin from the first to the last.
  func withSpinningThreads<Result, E>(_ body: (Context) throws(E) -> Result) throws(E) -> Result {
    try parallel.withSpinningThreads { parallel throws(E) in
      try body(unsafe Context(kernels: kernels, parallel: parallel, profiler: profiler))
    }
  }

  private init(
    kernels: UnsafePointer<spae_kernels>, parallel: Parallel, profiler: LayerProfiler? = nil
  ) {
    unsafe self.kernels = unsafe kernels
    self.parallel = parallel
    self.profiler = profiler
  }
}
