import CKernels
import SPAEEngine
import Testing

/// One convolution to try: its sizes, and what it does besides.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var height: Int
  var width: Int
  var inputs: Int
  var outputs: Int
  var kernel: Int
  var stride = 1
  var dilation = 1
  var activation = Activation.identity
  var residual = false
  var clip: Rectangle?

  var testDescription: String {
    "\(height)x\(width)x\(inputs) to \(outputs), kernel \(kernel), stride \(stride), \(activation)"
      + (dilation == 1 ? "" : ", dilation \(dilation)") + (residual ? ", residual" : "")
      + (clip == nil ? "" : ", clipped")
  }

  /// The same for the reference.
  var referenceWindow: (kernel: Int, stride: Int, before: (row: Int, column: Int)) {
    (kernel, stride, (window.before(height), window.before(width)))
  }

  /// Zeros above and left, as the layers of the models ask for.
  var window: Window {
    kernel == stride
      ? .apart(kernel)
      : .tensorFlow(kernel, stride: stride, dilation: dilation)
  }
}

/// Each kernel gives what the plain reference gives, on every instruction set of this processor.
@Suite struct TheKernelsAgreeWithTheReference {
  static let sets = InstructionSet.available.map(\.name)
  static let activations: [Activation] = [.identity, .silu, .relu6, .relu]
  /// What stands in memory that a layer has no business in.
  static let untouched: Float = 777

  /// Widths on both sides of every tile of registers: 1, 2, 4, 6, 8 and 16 pixels.
  static let dense: [ConvolutionCase] =
    [1, 2, 3, 5, 7, 15, 16, 17, 31, 33].map {
      ConvolutionCase(height: 3, width: $0, inputs: 5, outputs: 16, kernel: 3)
    }
    + activations.flatMap { activation in
      [1, 2, 3].flatMap { kernel in
        [1, 2].filter { kernel != 2 || $0 == 2 }.map { stride in
          ConvolutionCase(
            height: 7, width: 7, inputs: 19, outputs: 37, kernel: kernel, stride: stride,
            activation: activation, residual: kernel != 2)
        }
      }
    } + [
      ConvolutionCase(height: 1, width: 1, inputs: 1, outputs: 1, kernel: 1),
      ConvolutionCase(height: 1, width: 1, inputs: 1, outputs: 1, kernel: 3, activation: .silu),
      ConvolutionCase(height: 1, width: 1, inputs: 16, outputs: 48, kernel: 3, stride: 2),
      ConvolutionCase(height: 8, width: 8, inputs: 3, outputs: 32, kernel: 2, stride: 2),
      ConvolutionCase(height: 10, width: 10, inputs: 3, outputs: 16, kernel: 6, stride: 2),
      ConvolutionCase(
        height: 9, width: 13, inputs: 17, outputs: 33, kernel: 3, activation: .silu, residual: true,
        clip: Rectangle(rows: 2..<7, columns: 3..<12)),
      ConvolutionCase(
        height: 9, width: 9, inputs: 16, outputs: 16, kernel: 3, stride: 2,
        clip: Rectangle(rows: 4..<5, columns: 4..<5)),
      ConvolutionCase(
        height: 6, width: 6, inputs: 8, outputs: 16, kernel: 1,
        clip: Rectangle(rows: 0..<0, columns: 0..<6)),
    ]

  @Test(arguments: sets, dense)
  func onDenseConvolutions(set: String, sizes: ConvolutionCase) throws {
    var random = Seeded(state: 1)
    let input = Picture(
      height: sizes.height, width: sizes.width, channels: sizes.inputs, random: &random)
    let taps = sizes.kernel * sizes.kernel
    let weights = random.floats(sizes.outputs * sizes.inputs * taps)
    let bias = random.floats(sizes.outputs)
    let window = sizes.window
    let (height, width) = (window.outputLength(sizes.height), window.outputLength(sizes.width))
    let residual = Picture(height: height, width: width, channels: sizes.outputs, random: &random)
    let expected = convolutionReference(
      input, weights: weights, bias: bias, window: sizes.referenceWindow,
      activation: sizes.activation, residual: sizes.residual ? residual : nil)
    let output = Plane(height: height, width: width, channels: sizes.outputs)
    fill(output, with: Self.untouched)
    let layer = Convolution(
      weights: weights, bias: bias, inputs: sizes.inputs, outputs: sizes.outputs, window: window)
    layer.apply(
      to: plane(input), into: output, rectangle: sizes.clip, activation: sizes.activation,
      residual: sizes.residual ? plane(residual, border: 1) : nil, with: try context(set))
    expect(output, equals: expected, in: sizes.clip ?? output.bounds)
  }

  @Test(arguments: sets, dense.filter { $0.width > 1 && $0.clip == nil })
  func onPartsAsOnTheWholeBitForBit(set: String, sizes: ConvolutionCase) throws {
    var random = Seeded(state: 2)
    let input = plane(
      Picture(height: sizes.height, width: sizes.width, channels: sizes.inputs, random: &random))
    let taps = sizes.kernel * sizes.kernel
    let layer = Convolution(
      weights: random.floats(sizes.outputs * sizes.inputs * taps),
      bias: random.floats(sizes.outputs), inputs: sizes.inputs, outputs: sizes.outputs,
      window: sizes.window)
    let height = sizes.window.outputLength(sizes.height)
    let width = sizes.window.outputLength(sizes.width)
    let whole = Plane(height: height, width: width, channels: sizes.outputs)
    layer.apply(to: input, into: whole, activation: sizes.activation, with: try context(set))
    for _ in 0..<8 {
      let top = Int.random(in: 0..<height, using: &random)
      let left = Int.random(in: 0..<width, using: &random)
      let part = Rectangle(
        rows: top..<Int.random(in: top + 1...height, using: &random),
        columns: left..<Int.random(in: left + 1...width, using: &random))
      let output = Plane(height: height, width: width, channels: sizes.outputs)
      fill(output, with: Self.untouched)
      layer.apply(
        to: input, into: output, rectangle: part, activation: sizes.activation,
        with: try context(set))
      #expect(bits(output, part) == bits(whole, part))
    }
  }

  @Test(arguments: sets) func onManyThreadsAsOnOneBitForBit(set: String) throws {
    var random = Seeded(state: 3)
    let input = plane(Picture(height: 23, width: 29, channels: 24, random: &random))
    let layer = Convolution(
      weights: random.floats(40 * 24 * 9), bias: random.floats(40), inputs: 24, outputs: 40,
      window: .same(3))
    let outputs = try [1, 3].map { threads in
      let output = Plane(height: 23, width: 29, channels: 40)
      layer.apply(
        to: input, into: output, activation: .silu,
        with: Context(try .named(set), parallel: Parallel(threads: threads)))
      return bits(output, output.bounds)
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test(arguments: sets, [(1, 1), (3, 5)]) func onUpConvolutions(
    set: String, size: (height: Int, width: Int)
  ) throws {
    var random = Seeded(state: 4)
    let input = Picture(height: size.height, width: size.width, channels: 18, random: &random)
    let (weights, bias) = (random.floats(4 * 20 * 18), random.floats(4 * 20))
    let before = convolutionReference(
      input, weights: weights, bias: bias, window: (1, 1, (0, 0)), activation: .identity)
    var expected = Picture(height: 2 * size.height, width: 2 * size.width, channels: 20)
    for row in 0..<expected.height {
      for column in 0..<expected.width {
        for c in 0..<20 {
          expected[row, column, c] = before[row / 2, column / 2, 4 * c + row % 2 * 2 + column % 2]
        }
      }
    }
    let output = Plane(height: expected.height, width: expected.width, channels: 20)
    UpConvolution(weights: weights, bias: bias, inputs: 18, outputs: 20)
      .apply(to: plane(input), into: output, with: try context(set))
    expect(output, equals: expected, in: output.bounds)
  }

  static let depthwise: [ConvolutionCase] = [3, 5].flatMap { kernel in
    [1, 2].flatMap { stride in
      [(1, 1, 1), (2, 2, 16), (3, 3, 5), (9, 9, 20), (10, 10, 33), (27, 27, 17)].flatMap {
        height, width, channels in
        activations.map {
          ConvolutionCase(
            height: height, width: width, inputs: channels, outputs: channels, kernel: kernel,
            stride: stride, activation: $0)
        }
      }
    }
  }

  /// Sides that two and three divide, and others.
  static let dilated: [ConvolutionCase] = [3, 5].flatMap { kernel in
    [2, 3].flatMap { dilation in
      [1, 2, 7, 16, 18].map {
        ConvolutionCase(
          height: $0, width: $0, inputs: 20, outputs: 20, kernel: kernel, dilation: dilation,
          activation: .relu)
      }
    }
  }

  @Test(arguments: sets, depthwise + dilated)
  func onDepthwiseConvolutions(set: String, sizes: ConvolutionCase) throws {
    var random = Seeded(state: 5)
    let channels = sizes.inputs
    let input = Picture(
      height: sizes.height, width: sizes.width, channels: channels, random: &random)
    // Large enough that relu6 meets its ceiling.
    let weights = random.floats(channels * sizes.kernel * sizes.kernel).map { 4 * $0 }
    let bias = random.floats(channels)
    let window = sizes.window
    let expected = convolutionReference(
      input, weights: weights, bias: bias, window: sizes.referenceWindow,
      dilation: sizes.dilation, activation: sizes.activation, groups: channels)
    let output = Plane(height: expected.height, width: expected.width, channels: channels)
    DepthwiseConvolution(weights: weights, bias: bias, channels: channels, window: window)
      .apply(
        to: plane(input, border: 6), into: output, activation: sizes.activation,
        with: try context(set))
    expect(output, equals: expected, in: output.bounds)
  }

  @Test(arguments: sets, [1, 16, 19, 64]) func onNorms(set: String, channels: Int) throws {
    var random = Seeded(state: 6)
    var input = Picture(height: 4, width: 5, channels: channels, random: &random)
    for channel in 0..<channels { input[1, 1, channel] = 0 }  // a pixel of zeros stays zero
    let gain = random.floats(channels)
    let output = Plane(height: 4, width: 5, channels: channels)
    fill(output, with: Self.untouched)
    let part = Rectangle(rows: 1..<4, columns: 1..<4)
    ChannelNorm(gain: gain)
      .apply(to: plane(input), into: output, rectangle: part, with: try context(set))
    expect(output, equals: normReference(input, gain: gain), in: part)
  }

  /// Loud tokens make one share nearly one, which is where a softmax overflows.
  @Test(
    arguments: sets, [(4, 4, 1, 16), (4, 12, 2, 16), (8, 8, 4, 32), (8, 9, 2, 16), (1, 3, 1, 16)])
  func onAttention(set: String, sizes: (height: Int, width: Int, heads: Int, dimension: Int)) throws
  {
    let width = sizes.heads * sizes.dimension
    for loudness in [1.0, 30.0] {
      var random = Seeded(state: 7)
      var qkv = Picture(
        height: sizes.height, width: sizes.width, channels: 3 * width, random: &random)
      for index in qkv.values.indices where index % (3 * width) < 2 * width {
        qkv.values[index] = Double(Float(qkv.values[index] * loudness))
      }
      let output = Plane(height: sizes.height, width: sizes.width, channels: width)
      Attention(
        tokens: sizes.height * sizes.width, heads: sizes.heads, width: width
      ).apply(to: plane(qkv), into: output, with: try context(set))
      // Scores of hundreds in float32 lose the fourth decimal.
      expect(
        output, equals: attentionReference(qkv, heads: sizes.heads), in: output.bounds,
        within: loudness == 1 ? 1e-5 : 2e-3)
    }
  }

  // MARK: Kernels that work on tables

  @Test(arguments: KernelSet.all, [(1, 1), (16, 4), (17, 3), (33, 7), (100, 9), (1003, 5)])
  func onTheNearestWord(set: KernelSet, sizes: (words: Int, targets: Int)) {
    for d in [16, 32] {
      var random = Seeded(state: 8)
      let codes = random.floats(sizes.words * d)
      let targets = random.floats(sizes.targets * d)
      let found = set.nearest(to: targets, d: d, codes: codes)
      for target in 0..<sizes.targets {
        let distances = distancesReference(targets[target * d..<(target + 1) * d], codes: codes)
        let best = distances.min() ?? 0
        #expect(distances[Int(found[target])] <= best + 1e-5)
      }
    }
  }

  /// Small whole numbers, of which float32 makes no rounding errors: the ties are exact.
  @Test(arguments: KernelSet.all, [(1, 1), (15, 4), (40, 6), (67, 13), (300, 5)])
  func onTiesToTheLowestWord(set: KernelSet, sizes: (words: Int, targets: Int)) {
    var random = Seeded(state: 9)
    for _ in 0..<20 {
      let codes = (0..<sizes.words * 16).map { _ in Float(Int.random(in: 0...1, using: &random)) }
      let doubled = codes + codes
      let targets = (0..<sizes.targets * 16).map { _ in
        Float(Int.random(in: 0...1, using: &random))
      }
      let found = set.nearest(to: targets, d: 16, codes: doubled)
      for target in 0..<sizes.targets {
        let distances = distancesReference(targets[target * 16..<target * 16 + 16], codes: doubled)
        let lowest = distances.firstIndex(of: distances.min() ?? 0)
        #expect(Int(found[target]) == lowest)
      }
    }
  }

  /// Codes far away from zero, where the padding's zeros would be much nearer.
  @Test(arguments: KernelSet.all, 1...18)
  func onAPaddedTailThatIsNeverChosen(set: KernelSet, words: Int) {
    let codes = [Float](repeating: 100, count: words * 16)
    #expect(
      set.nearest(to: .init(repeating: 0, count: 5 * 16), d: 16, codes: codes)
        == .init(repeating: 0, count: 5))
  }

  @Test(arguments: KernelSet.all, [(1, 16, 1), (5, 48, 3), (33, 384, 17), (2, 1024, 2)])
  func onScores(set: KernelSet, sizes: (rows: Int, width: Int, places: Int)) {
    var random = Seeded(state: 10)
    let table = random.floats(sizes.rows * sizes.width).map { Float16($0) }
    let bias = random.floats(sizes.rows)
    let texts = random.floats(sizes.places * sizes.width)
    let scores = set.scores(table: table, bias: bias, width: sizes.width, texts: texts)
    for row in 0..<sizes.rows {
      for place in 0..<sizes.places {
        let expected = (0..<sizes.width).reduce(-Double(bias[row])) {
          $0 + Double(table[row * sizes.width + $1]) * Double(texts[place * sizes.width + $1])
        }
        #expect(abs(Double(scores[place * sizes.rows + row]) - expected) < 1e-4)
      }
    }
  }

  /// Zeros of both signs, subnormal numbers and infinities included.
  @Test(arguments: KernelSet.all) func onEveryHalf(set: KernelSet) {
    let halves = (0...UInt16.max).filter { !Float16(bitPattern: $0).isNaN }
    let expected = halves.map { Float(Float16(bitPattern: $0)).bitPattern }
    #expect(set.widened(halves).map(\.bitPattern) == expected)
    #expect(set.widened(Array(halves.prefix(7))).count == 7)
  }

  @Test(arguments: KernelSet.all, [(1, 1, 1), (16, 3, 9), (37, 5, 4), (32, 20, 1)])
  func onPackedWeights(set: KernelSet, sizes: (outputs: Int, inputs: Int, taps: Int)) {
    var random = Seeded(state: 11)
    let weights = random.floats(sizes.outputs * sizes.inputs * sizes.taps).map { Float16($0) }
    let blocks = (sizes.outputs + 15) / 16
    var expected = [Float](repeating: 0, count: blocks * 16 * sizes.inputs * sizes.taps)
    for (index, weight) in weights.enumerated() {
      let (tap, input) = (index % sizes.taps, index / sizes.taps % sizes.inputs)
      let output = index / sizes.taps / sizes.inputs
      let place = (output / 16 * sizes.taps + tap) * sizes.inputs + input
      expected[place * 16 + output % 16] = Float(weight)
    }
    #expect(set.packed(weights, sizes, blocks: blocks) == expected)
  }

  @Test(arguments: KernelSet.all, [1, 255, 256, 257, 1000])
  func onTheFirstInfinity(set: KernelSet, count: Int) {
    var halves = (0..<count).map { UInt16($0 * 31 % 0x7C00) | UInt16($0 % 2) << 15 }
    #expect(set.firstInfinite(halves) == count)
    for place in [count - 1, count / 2, 0] {
      halves[place] = place % 2 == 0 ? 0x7C00 : 0xFE01
      #expect(set.firstInfinite(halves) == place)
    }
  }
}

// MARK: Planes

private func context(_ set: String) throws -> Context {
  Context(try .named(set), parallel: Parallel(threads: 1))
}

/// A plane of those numbers; a kernel of 5 needs a border of 2, a residual the output's border of 1.
private func plane(_ picture: Picture, border: Int = 2) -> Plane {
  let plane = Plane(
    height: picture.height, width: picture.width, channels: picture.channels, border: border)
  for row in 0..<picture.height {
    for column in 0..<picture.width {
      for channel in 0..<picture.channels {
        unsafe plane.pixel(row, column)[channel] = Float(picture[row, column, channel])
      }
    }
  }
  return plane
}

private func fill(_ plane: Plane, with value: Float) {
  for row in 0..<plane.height {
    for column in 0..<plane.width {
      for channel in 0..<plane.padded { unsafe plane.pixel(row, column)[channel] = value }
    }
  }
}

private func bits(_ plane: Plane, _ area: Rectangle) -> [UInt32] {
  area.rows.flatMap { row in
    area.columns.flatMap { column in
      (0..<plane.channels).map { unsafe plane.pixel(row, column)[$0].bitPattern }
    }
  }
}

/// Expects the numbers inside an area, zeros in their padding, and all the rest as it was.
private func expect(
  _ plane: Plane, equals expected: Picture, in area: Rectangle, within tolerance: Double = 1e-4,
  at location: SourceLocation = #_sourceLocation
) {
  var (worst, padding, outside): (Double, Float, Bool) = (0, 0, true)
  for row in 0..<plane.height {
    for column in 0..<plane.width {
      let inside = area.rows.contains(row) && area.columns.contains(column)
      for channel in 0..<plane.padded {
        let got = unsafe plane.pixel(row, column)[channel]
        if !inside {
          outside = outside && (got == TheKernelsAgreeWithTheReference.untouched)
        } else if channel >= plane.channels {
          padding = max(padding, abs(got))
        } else {
          let difference = abs(Double(got) - expected[row, column, channel])
          worst = max(worst, difference.isNaN ? .infinity : difference)
        }
      }
    }
  }
  #expect(worst <= tolerance, sourceLocation: location)
  #expect(padding == 0, sourceLocation: location)
  #expect(outside, sourceLocation: location)
}

// MARK: Tables

/// The C functions of one instruction set, called with arrays.
struct KernelSet: Sendable, CustomTestStringConvertible {
  let index: Int

  static let all = (0..<spae_kernel_sets()).filter { spae_kernel_set_supported($0) != 0 }
    .map(KernelSet.init)

  private var functions: spae_kernels { unsafe spae_kernel_set(index).pointee }

  var testDescription: String { unsafe String(cString: functions.name) }

  func nearest(to targets: [Float], d: Int, codes: [Float]) -> [Int32] {
    let count = codes.count / d
    let blocks = (count + 15) / 16
    var packed = [Float](repeating: 0, count: blocks * 16 * d)
    var norms = [Float](repeating: .infinity, count: blocks * 16)
    for word in 0..<count {
      norms[word] = codes[word * d..<(word + 1) * d].reduce(0) { $0 + $1 * $1 / 2 }
      for i in 0..<d { packed[(word / 16 * d + i) * 16 + word % 16] = codes[word * d + i] }
    }
    var words = [Int32](repeating: -1, count: targets.count / d)
    unsafe functions.nearest(targets, words.count, d, packed, norms, blocks, &words)
    return words
  }

  func scores(table: [Float16], bias: [Float], width: Int, texts: [Float]) -> [Float] {
    let places = texts.count / width
    var scores = [Float](repeating: .nan, count: bias.count * places)
    unsafe functions.score(
      table.map(\.bitPattern), bias, bias.count, width, texts, places, &scores, bias.count)
    return scores
  }

  func packed(
    _ weights: [Float16], _ sizes: (outputs: Int, inputs: Int, taps: Int), blocks: Int
  ) -> [Float] {
    var packed = [Float](repeating: 0, count: blocks * 16 * sizes.inputs * sizes.taps)
    unsafe functions.pack(
      weights.map(\.bitPattern), sizes.outputs, sizes.inputs, sizes.taps, &packed)
    return packed
  }

  func firstInfinite(_ halves: [UInt16]) -> Int {
    unsafe functions.find_infinite(halves, halves.count)
  }

  func widened(_ halves: [UInt16]) -> [Float] {
    var floats = [Float](repeating: .nan, count: halves.count)
    unsafe functions.widen(halves, &floats, halves.count)
    return floats
  }
}
