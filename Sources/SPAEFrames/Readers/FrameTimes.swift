package import SPAEPyramid

/// How long each frame of an animation is shown, in milliseconds.
package struct FrameTimes: Hashable, Sendable {
  package let durations: [Int]

  /// nil where the times are beyond all measure.
  package let rate: FrameRate?

  /// Whether the frames come at one rate; rounding alone may make them differ.
  package let isSteady: Bool

  /// Takes the times as the file has them.
  ///
  /// Times of 10 ms and less, 0 among them, are those of makers who wanted it "as fast as possible":
  /// browsers show such frames for 100 ms, and so does this. The last frame of a steady film may be
  /// held for longer than the others.
  package init(_ times: [Int]) {
    durations = times.map { $0 <= 10 ? 100 : $0 }
    let steady = durations.count > 1 ? durations.dropLast() : durations[...]
    let (least, most) = (steady.min() ?? 100, steady.max() ?? 100)
    // GIF counts in 10 ms, WebP in one.
    let rounding = steady.allSatisfy { $0.isMultiple(of: 10) } ? 10 : 1
    isSteady = most - least <= rounding && (durations.last ?? least) >= least - rounding
    rate = isSteady ? Self.mean(steady) : Self.common(durations)
  }

  package var total: Int { durations.reduce(0, +) }

  private static func mean(_ durations: ArraySlice<Int>) -> FrameRate? {
    let total = durations.reduce(0, +)
    guard total > 0 else { return FrameRate(10) }
    let rate = 1000 * Double(durations.count) / Double(total)
    let whole = rate.rounded()
    return whole >= 1 && abs(rate - whole) < 0.005 * rate
      ? FrameRate(Int(whole)) : FrameRate(1000 * durations.count, per: total)
  }

  /// The rate at which each frame begins on time, or one of 50 a second, where that is too fine.
  private static func common(_ durations: [Int]) -> FrameRate? {
    FrameRate(1000, per: max(leastStep, durations.reduce(0) { greatestCommonDivisor($0, $1) }))
  }

  private static let leastStep = 20
}

/// Takes two numbers that are not negative.
func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b > 0 { (a, b) = (b, a % b) }
  return a
}
