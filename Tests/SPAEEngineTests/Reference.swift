import Foundation
import SPAEEngine

// What the kernels compute, written the obvious way: no padding, no blocks, sums in double.

/// Numbers in a rectangle, [row, column, channel]; everything outside is zero.
struct Picture {
  let height: Int
  let width: Int
  let channels: Int
  var values: [Double]

  init(height: Int, width: Int, channels: Int, values: [Double]? = nil) {
    self.height = height
    self.width = width
    self.channels = channels
    self.values = values ?? [Double](repeating: 0, count: height * width * channels)
  }

  init(height: Int, width: Int, channels: Int, random: inout Seeded) {
    let numbers = random.floats(height * width * channels).map(Double.init)
    self.init(height: height, width: width, channels: channels, values: numbers)
  }

  subscript(row: Int, column: Int, channel: Int) -> Double {
    get {
      guard (0..<height).contains(row), (0..<width).contains(column) else { return 0 }
      return values[(row * width + column) * channels + channel]
    }
    set { values[(row * width + column) * channels + channel] = newValue }
  }
}

/// Steele, Lea and Flood's SplitMix64: the same numbers on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Numbers between -1 and 1.
  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in .random(in: -1...1, using: &self) }
  }

  /// A file with one to four bytes replaced, put in or taken out.
  mutating func mutation(of file: [UInt8]) -> [UInt8] {
    var mutant = file
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let place = Int.random(in: 0..<mutant.count, using: &self)
      // Half of the bytes are those that numbers and structure are made of.
      let byte = Bool.random(using: &self) ? .random(in: 0...255, using: &self) : likelyByte()
      switch Int.random(in: 0..<4, using: &self) {
      case 0: mutant.insert(byte, at: place)
      case 1 where mutant.count > 1: mutant.remove(at: place)
      default: mutant[place] = byte
      }
    }
    return mutant
  }

  private mutating func likelyByte() -> UInt8 {
    Array("0123456789-.eE[]{},:\"".utf8).randomElement(using: &self) ?? 0
  }
}

/// x, x / (1 + e^-x), x kept between 0 and 6, or x kept above 0.
func activationReference(_ activation: Activation, _ x: Double) -> Double {
  switch activation {
  case .identity: x
  case .silu: x / (1 + exp(-x))
  case .relu6: min(max(x, 0), 6)
  case .relu: max(x, 0)
  }
}

/// A convolution with weights [outputs, inputs / groups, kernel, kernel], as PyTorch defines it.
///
/// `groups` is 1 for a dense convolution and the number of channels for a depthwise one.
func convolutionReference(
  _ input: Picture, weights: [Float], bias: [Float],
  window: (kernel: Int, stride: Int, before: (row: Int, column: Int)), dilation: Int = 1,
  activation: Activation, residual: Picture? = nil, groups: Int = 1
) -> Picture {
  let (outputs, inputs) = (bias.count, input.channels / groups)
  var output = Picture(
    height: (input.height + window.stride - 1) / window.stride,
    width: (input.width + window.stride - 1) / window.stride, channels: outputs)
  for row in 0..<output.height {
    for column in 0..<output.width {
      for channel in 0..<outputs {
        var sum = Double(bias[channel])
        let group = channel / (outputs / groups)
        for c in 0..<inputs {
          for ky in 0..<window.kernel {
            for kx in 0..<window.kernel {
              let at = ((channel * inputs + c) * window.kernel + ky) * window.kernel + kx
              let value = input[
                row * window.stride - window.before.row + ky * dilation,
                column * window.stride - window.before.column + kx * dilation, group * inputs + c]
              sum += value * Double(weights[at])
            }
          }
        }
        output[row, column, channel] =
          activationReference(activation, sum) + (residual?[row, column, channel] ?? 0)
      }
    }
  }
  return output
}

/// Each pixel divided by the root of the mean square of its channels, times the gains.
func normReference(_ input: Picture, gain: [Float]) -> Picture {
  var output = input
  for row in 0..<input.height {
    for column in 0..<input.width {
      let squares = (0..<input.channels).reduce(0) { $0 + pow(input[row, column, $1], 2) }
      let scale = 1 / sqrt(squares / Double(input.channels) + 1e-6)
      for channel in 0..<input.channels {
        output[row, column, channel] *= scale * Double(gain[channel])
      }
    }
  }
  return output
}

/// softmax(q k^T / sqrt(dimension)) v over all pixels, for channels [queries, keys, values].
func attentionReference(_ qkv: Picture, heads: Int) -> Picture {
  let width = qkv.channels / 3
  let dimension = width / heads
  let tokens = qkv.height * qkv.width
  func at(_ token: Int, _ channel: Int) -> Double { qkv.values[token * qkv.channels + channel] }
  var output = Picture(height: qkv.height, width: qkv.width, channels: width)
  for head in 0..<heads {
    let channels = head * dimension..<(head + 1) * dimension
    for token in 0..<tokens {
      let scores = (0..<tokens).map { other in
        channels.reduce(0) { $0 + at(token, $1) * at(other, width + $1) } / sqrt(Double(dimension))
      }
      let shares = scores.map { exp($0 - (scores.max() ?? 0)) }
      let total = shares.reduce(0, +)
      for channel in channels {
        let mixed = (0..<tokens).reduce(0) { $0 + shares[$1] * at($1, 2 * width + channel) }
        output.values[token * width + channel] = mixed / total
      }
    }
  }
  return output
}

/// The squared distance from a target to each code of d numbers.
func distancesReference(_ target: ArraySlice<Float>, codes: [Float]) -> [Double] {
  let d = target.count
  return (0..<codes.count / d).map { code in
    zip(target, codes[code * d..<(code + 1) * d]).reduce(0) { $0 + pow(Double($1.0 - $1.1), 2) }
  }
}
