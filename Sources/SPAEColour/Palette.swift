/// The colours of a terminal that has a fixed number of them.
package enum Palette: Int, CaseIterable, Sendable {
  case colours8 = 8
  case colours16 = 16
  case colours256 = 256

  /// The number of the colour that looks most like one.
  ///
  /// Of 256 colours the first 16 are never chosen: people give them other colours.
  package func nearest(to colour: RGB) -> Int {
    let wanted = colour.oklab
    var best = (number: 0, distance: Double.infinity)
    for number in (self == .colours256 ? 16 : 0)..<rawValue {
      let distance = wanted.distance(to: Self.places[number])
      if distance < best.distance { best = (number, distance) }
    }
    return best.number
  }

  /// What a number looks like, as xterm has it.
  package func colour(_ number: Int) -> RGB { Self.colours[number] }

  /// The numbers of a foreground and a background.
  ///
  /// What could be read must stay so: where the two come too near to each other, the foreground
  /// becomes black or white.
  package func nearest(
    foreground: RGB?, background: RGB?
  ) -> (foreground: Int?, background: Int?) {
    let below = background.map { nearest(to: $0) }
    let above = foreground.map { nearest(to: $0) }
    guard let foreground, let background, let above, let below, foreground != background else {
      return (above, below)
    }
    let wanted = Self.share * min(4.5, foreground.contrast(with: background))
    let ground = Self.colours[below]
    let isReadable = above != below && Self.colours[above].contrast(with: ground) >= wanted
    return (isReadable ? above : nearest(to: ground.readable), below)
  }

  /// How much of a contrast must be left.
  private static let share = 0.6

  /// xterm's colours: 16 named ones, a cube of 6 levels a channel, 24 greys.
  static let colours: [RGB] = named + cube + greys

  private static let places = colours.map(\.oklab)

  private static let named: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0), RGB(0, 0, 238),
    RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229), RGB(127, 127, 127), RGB(255, 0, 0),
    RGB(0, 255, 0), RGB(255, 255, 0), RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255),
    RGB(255, 255, 255),
  ]

  private static let cube: [RGB] = (0..<216).map { index in
    let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
    return RGB(levels[index / 36], levels[index / 6 % 6], levels[index % 6])
  }

  private static let greys: [RGB] = (0..<24).map { index in
    let level = UInt8(8 + 10 * index)
    return RGB(level, level, level)
  }
}
