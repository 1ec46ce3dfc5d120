/// Random numbers that a seed repeats on every machine: Steele, Lea and Flood's SplitMix64.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Draws one number below a bound, which must be positive.
  package mutating func draw(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Draws different numbers below a bound, in the order they came; at most `bound` of them.
  package mutating func draw(_ count: Int, below bound: Int) -> [Int] {
    var numbers = Array(0..<bound)
    for place in 0..<min(count, bound) {
      numbers.swapAt(place, place + draw(below: bound - place))
    }
    return Array(numbers.prefix(count))
  }
}
