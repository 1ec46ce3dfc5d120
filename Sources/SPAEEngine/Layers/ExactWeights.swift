import Glibc

/// Weights as whole numbers, so large that float32 still holds every sum of their products with
/// whole inputs: such a convolution of floats is exact, and equal on every instruction set
/// (docs/algorithm.md, "Precision").
struct ExactWeights: Sendable {
  /// Sums up to this are exact in float32, and some roundings beyond.
  private static let exact = 16_760_000.0

  let weights: [Float]  // as they were given, [output, inputs and taps]
  let bias: [Float]  // [output]
  /// What makes steps of the result of the sums, [output].
  let scales: [Float]

  /// `step` is that of the inputs, of which the largest has `most` steps; `result` is that of the
  /// outputs.
  init(_ weights: [Float], bias: [Float], step: Double, most: Int, result: Double) {
    let row = weights.count / bias.count
    let factors = bias.indices.map { output in
      let size = weights[output * row..<(output + 1) * row].reduce(0.0) { $0 + abs(Double($1)) }
      let largest = Double(most) * size + abs(Double(bias[output])) / step
      return largest > 0 ? Self.exact / largest : 1
    }
    func whole(_ value: Double) -> Float { Float(value.rounded(.toNearestOrEven)) }
    self.weights = weights.indices.map { whole(Double(weights[$0]) * factors[$0 / row]) }
    self.bias = zip(bias, factors).map { whole(Double($0) * $1 / step) }
    scales = factors.map { Float(step / $0 / result) }
  }
}
