import CKernels
import Foundation
import SPAEEngine
import SPAEPyramid
import Testing

/// One convolution of bytes to try.
struct ByteConvolutionCase: Sendable, CustomTestStringConvertible {
  var height: Int
  var width: Int
  var inputs: Int
  var outputs: Int
  var kernel = 1
  var isSigned = false
  var result = WholeNumberResult.floats
  var residual = false
  var clip: Rectangle?

  var testDescription: String {
    "\(height)x\(width)x\(inputs) to \(outputs), kernel \(kernel), \(isSigned ? "signed" : "unsigned")"
      + ", \(result)" + (residual ? ", residual" : "") + (clip == nil ? "" : ", clipped")
  }

  /// Weights of an output channel.
  var row: Int { inputs * kernel * kernel }

  var scale: ByteScale { isSigned ? .signed(largest: 3) : .unsigned(largest: 6) }
}

/// Convolutions of bytes give what whole numbers give, to the bit, on every instruction set.
@Suite struct ConvolutionsOfBytesAreExact {
  static let sets = InstructionSet.available.map(\.name)
  static let results: [WholeNumberResult] = [.floats, .limited(6), .steps(6.0 / 1023, most: 1023)]

  /// Pixels on both sides of every tile of registers, and channels that fill no vector.
  static let cases: [ByteConvolutionCase] =
    (1...18).map { ByteConvolutionCase(height: 1, width: $0, inputs: 16, outputs: 48) }
    + results.flatMap { result in
      [1, 3].flatMap { kernel in
        [false, true].map {
          ByteConvolutionCase(
            height: 5, width: 7, inputs: 19, outputs: 37, kernel: kernel, isSigned: $0,
            result: result, residual: kernel == 3)
        }
      }
    } + [
      ByteConvolutionCase(height: 1, width: 1, inputs: 1, outputs: 1),
      ByteConvolutionCase(height: 1, width: 1, inputs: 1, outputs: 1, kernel: 3, isSigned: true),
      ByteConvolutionCase(height: 9, width: 9, inputs: 1248, outputs: 35, residual: true),
      ByteConvolutionCase(
        height: 9, width: 13, inputs: 17, outputs: 33, kernel: 3, isSigned: true,
        clip: Rectangle(rows: 2..<7, columns: 3..<12)),
      ByteConvolutionCase(
        height: 6, width: 6, inputs: 8, outputs: 16, clip: Rectangle(rows: 0..<0, columns: 0..<6)),
    ]

  @Test(arguments: sets, cases) func onRandomNumbers(set: String, sizes: ByteConvolutionCase) throws
  {
    var random = Seeded(state: 1)
    let bytes = (0..<sizes.height * sizes.width * sizes.inputs).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    try check(
      set, sizes, bytes: bytes, weights: random.floats(sizes.outputs * sizes.row))
  }

  /// All products of one sign and as large as they can be: pairs of them pass 16 bits.
  @Test(arguments: sets, [(UInt8(0), Float(-1)), (0, 1), (255, -1), (255, 1)])
  func whereSumsOf16BitsWouldSaturate(
    set: String, product: (byte: UInt8, weight: Float)
  ) throws {
    for isSigned in [false, true] {
      let sizes = ByteConvolutionCase(
        height: 3, width: 3, inputs: 1280, outputs: 17, kernel: 3, isSigned: isSigned)
      try check(
        set, sizes, bytes: [UInt8](repeating: product.byte, count: 9 * sizes.inputs),
        weights: [Float](repeating: product.weight, count: sizes.outputs * sizes.row))
    }
  }

  private func check(
    _ set: String, _ sizes: ByteConvolutionCase, bytes: [UInt8], weights: [Float]
  ) throws {
    var random = Seeded(state: 2)
    let context = Context(try .named(set), parallel: Parallel(threads: 1))
    let size = GridSize(rows: sizes.height, columns: sizes.width)
    let input = BytePlane(
      size, channels: sizes.inputs, border: 1, zero: UInt8(sizes.scale.zero))
    for (index, byte) in bytes.enumerated() {
      let pixel = index / sizes.inputs
      unsafe input.pixel(pixel / sizes.width, pixel % sizes.width)[index % sizes.inputs] = byte
    }
    let (row, halves) = (sizes.row, weights.map { Float16($0) })
    let bias = random.floats(sizes.outputs)
    let layer = unsafe halves.map(\.bitPattern).withUnsafeBufferPointer {
      unsafe ByteConvolution(
        halves: $0, bias: bias, inputs: sizes.inputs, outputs: sizes.outputs,
        window: .same(sizes.kernel), input: sizes.scale, result: sizes.result,
        instructionSet: context.instructionSet)
    }
    let residual = Plane(size, channels: sizes.outputs)
    let output = Plane(size, channels: sizes.outputs)
    for pixel in 0..<size.count {
      for channel in 0..<sizes.outputs {
        let (y, x) = (pixel / sizes.width, pixel % sizes.width)
        unsafe residual.pixel(y, x)[channel] = Float.random(in: -9...9, using: &random)
        unsafe output.pixel(y, x)[channel] = 777
      }
    }
    layer.apply(
      to: input, into: output, rectangle: sizes.clip, residual: sizes.residual ? residual : nil,
      with: context)
    let area = sizes.clip ?? output.bounds
    var wrong = 0
    for y in 0..<sizes.height {
      for x in 0..<sizes.width {
        for channel in 0..<sizes.outputs {
          let got = unsafe output.pixel(y, x)[channel]
          guard area.rows.contains(y), area.columns.contains(x) else {
            #expect(got == 777)
            continue
          }
          let own = halves[channel * row..<(channel + 1) * row].map(Float.init)
          var expected = reference(
            of: own, bias: bias[channel], at: (y, x), bytes: bytes, sizes: sizes)
          if sizes.residual { expected += unsafe residual.pixel(y, x)[channel] }
          if got.bitPattern != expected.bitPattern { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  /// One output number, by whole numbers and the one rounding that docs/algorithm.md names.
  private func reference(
    of weights: [Float], bias: Float, at: (y: Int, x: Int), bytes: [UInt8],
    sizes: ByteConvolutionCase
  ) -> Float {
    let most = weights.map(abs).max() ?? 0
    let inverse = most > 0 ? 127 / most : 1
    let (scale, taps, reach) = (sizes.scale, sizes.kernel * sizes.kernel, sizes.kernel / 2)
    var sum = Int((Double(bias) * Double(inverse) / scale.step).rounded(.toNearestOrEven))
    for (index, weight) in weights.enumerated() {
      let (channel, tap) = (index / taps, index % taps)
      let (y, x) = (at.y + tap / sizes.kernel - reach, at.x + tap % sizes.kernel - reach)
      guard (0..<sizes.height).contains(y), (0..<sizes.width).contains(x) else { continue }
      let byte = Int(bytes[(y * sizes.width + x) * sizes.inputs + channel]) - Int(scale.zero)
      sum += byte * Int((weight * inverse).rounded(.toNearestOrEven))
    }
    let (step, limit) =
      switch sizes.result {
      case .floats, .silu, .bytesOfSiLU, .bytesOfApproximateSiLU: (1.0, Float?.none)
      case .limited(let limit): (1.0, limit)
      case .steps(let step, let most): (step, Float(most))
      }
    var value = Float(Int32(sum)) * Float(scale.step / Double(inverse) / step)
    if let limit { value = min(max(value, 0), limit) }
    if case .steps = sizes.result { value = value.rounded(.toNearestOrEven) }
    return value
  }

  /// Halves go to the even neighbour, and what has no byte to the nearest one.
  @Test(arguments: sets) func onNumbersAsBytes(set: String) throws {
    let numbers: [Float] = [
      0, 0.5, 1.5, -0.5, -1.5, 2.5, 126.5, 127, 127.5, 1e9, .infinity, -127.5, -128, -128.5, -1e9,
      -.infinity,
    ]
    let bytes: [UInt8] = [
      128, 128, 130, 128, 126, 130, 254, 255, 255, 255, 255, 0, 0, 0, 0, 0,
    ]
    let size = GridSize(rows: 2, columns: 3)
    let (plane, result) = (Plane(size, channels: 16), BytePlane(size, channels: 16, zero: 128))
    for (index, number) in numbers.enumerated() { unsafe plane.pixel(1, 2)[index] = number / 4 }
    result.load(plane, inverse: 4, with: Context(try .named(set), parallel: Parallel(threads: 1)))
    let found = (0..<16).map { unsafe result.pixel(1, 2)[$0] }
    #expect(found == bytes)
    let other = unsafe result.pixel(0, 0)[3]
    #expect(other == 128)
  }

  /// What is no sum of whole numbers is made of single operations: plain C has the same bits.
  @Test(arguments: sets) func onNormsAndSiLUsAsPlainC(set: String) throws {
    let (own, plain) = try (bytes(set), bytes("portable"))
    #expect(own.found == plain.found)
    for (byte, expected) in zip(own.found, own.expected) {
      #expect(abs(Double(byte) - expected) <= 1.01)
    }
  }

  /// Bytes of the SiLU of a convolution of normalised numbers, and about what they should be.
  private func bytes(_ set: String) throws -> (found: [UInt8], expected: [Double]) {
    let (channels, size) = (48, GridSize(rows: 5, columns: 7))
    let context = Context(try .named(set), parallel: Parallel(threads: 1))
    var random = Seeded(state: 3)
    let (plane, input) = (
      Plane(size, channels: channels), BytePlane(size, channels: channels, border: 1, zero: 128)
    )
    for pixel in 0..<size.count {
      for (i, value) in random.floats(channels).enumerated() {
        unsafe plane.pixel(pixel / size.columns, pixel % size.columns)[i] = 9 * value
      }
    }
    let scale = ByteScale.signed(largest: 2.5)
    ChannelNorm(gain: random.floats(channels)).apply(
      to: plane, into: input, scale: scale, with: context)
    // Each output is one input, four times as large.
    var weights = [Float16](repeating: 0, count: channels * channels)
    for i in 0..<channels { weights[i * channels + i] = 4 }
    let silu = ByteScale.silu(largest: 8)
    let layer = unsafe weights.map(\.bitPattern).withUnsafeBufferPointer {
      unsafe ByteConvolution(
        halves: $0, bias: [Float](repeating: 0, count: channels), inputs: channels,
        outputs: channels, window: .same(1), input: scale, result: .bytesOfSiLU(silu),
        instructionSet: context.instructionSet)
    }
    let output = BytePlane(size, channels: channels, zero: 0)
    layer.apply(to: input, intoBytes: output, with: context)
    var (found, expected) = ([UInt8](), [Double]())
    for pixel in 0..<size.count {
      for i in 0..<channels {
        let (row, column) = (pixel / size.columns, pixel % size.columns)
        let number = unsafe 4 * (Double(input.pixel(row, column)[i]) - 128) * scale.step
        let value = number / (1 + exp(-number)) / silu.step + Double(silu.zero)
        unsafe found.append(output.pixel(row, column)[i])
        expected.append(min(max(value, 0), 255))
      }
    }
    return (found, expected)
  }
}
