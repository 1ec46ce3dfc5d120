/// How much smaller the two planes of colour are than that of brightness, and where their samples lie.
package struct YUVSampling: Hashable, Sendable {
  /// Pixels of brightness for one of colour: 1, 2 or 4 in a row, 1 or 2 in a column.
  let across: Int
  let down: Int

  /// Where the first sample lies, in half pixels: 0 on the first pixel, 1 between it and the next.
  let left: Int
  let topOfBlue: Int
  let topOfRed: Int

  let hasColour: Bool

  private init(
    across: Int = 1, down: Int = 1, left: Int = 0, topOfBlue: Int = 0, topOfRed: Int = 0,
    hasColour: Bool = true
  ) {
    (self.across, self.down, self.left) = (across, down, left)
    (self.topOfBlue, self.topOfRed, self.hasColour) = (topOfBlue, topOfRed, hasColour)
  }

  /// The samplings by their names in y4m.
  static let named: [String: YUVSampling] = [
    "420": .jpeg, "420jpeg": .jpeg,
    "420mpeg2": YUVSampling(across: 2, down: 2, left: 0, topOfBlue: 1, topOfRed: 1),
    "420paldv": YUVSampling(across: 2, down: 2, left: 0, topOfBlue: 2, topOfRed: 0),
    "411": YUVSampling(across: 4), "422": YUVSampling(across: 2), "444": YUVSampling(),
    "mono": YUVSampling(hasColour: false),
  ]

  private static let jpeg = YUVSampling(across: 2, down: 2, left: 1, topOfBlue: 1, topOfRed: 1)

  func chromaWidth(_ width: Int) -> Int { (width + across - 1) / across }
  func chromaHeight(_ height: Int) -> Int { (height + down - 1) / down }
}

/// For each pixel of a row or column the two samples of colour beside it, and how much of the second.
struct ChromaTaps {
  struct Tap {
    let first: Int
    let second: Int
    /// The weight of the second, in quarters.
    let quarters: Int32
  }

  let taps: [Tap]

  /// `first` is where the first sample lies, in half pixels.
  init(count: Int, step: Int, first: Int, samples: Int) {
    taps = (0..<count).map { pixel in
      let place = (8 * pixel - 4 * first) / (2 * step)
      let floor = place >> 2
      return Tap(
        first: min(max(floor, 0), samples - 1), second: min(max(floor + 1, 0), samples - 1),
        quarters: Int32(place & 3))
    }
  }
}
