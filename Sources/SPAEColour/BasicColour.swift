import Glibc

/// The colours that everybody names alike: Berlin and Kay's eleven, and beige for sand and skin.
package enum BasicColour: String, CaseIterable, Sendable {
  case black, white, grey, red, orange, yellow, green, blue, purple, pink, brown, beige

  /// Below this chroma a colour has no hue, in CIELAB.
  private static let leastChroma: Float = 9

  /// Names a colour by its hue, and dark, pale and dull ones by their lightness.
  package init(_ colour: CIELAB) {
    let (lightness, chroma) = (colour.lightness, colour.chroma)
    if chroma < Self.leastChroma || lightness < 12 {
      self = lightness < 22 ? .black : lightness < 82 ? .grey : .white
      return
    }
    let angle = atan2f(colour.b, colour.a) * 180 / .pi
    self.init(hue: angle < 0 ? angle + 360 : angle, lightness: lightness, chroma: chroma)
  }

  /// Takes the hue in degrees: sRGB's red is at 40, yellow at 103, green at 136, blue at 306.
  private init(hue: Float, lightness: Float, chroma: Float) {
    switch hue {
    case ..<25, 340...: self = lightness > 60 ? .pink : .red
    case ..<50: self = chroma > 45 || lightness < 30 && chroma > 25 ? .red : Self.dull(lightness)
    case ..<75: self = chroma > 55 && lightness > 50 ? .orange : Self.dull(lightness)
    case ..<98: self = chroma > 45 && lightness > 62 ? .yellow : Self.dull(lightness)
    case ..<112:
      self = chroma < 25 ? Self.dull(lightness) : chroma > 45 && lightness > 75 ? .yellow : .green
    case ..<195: self = .green
    case ..<308: self = .blue
    default: self = lightness > 70 ? .pink : .purple
    }
  }

  private static func dull(_ lightness: Float) -> BasicColour { lightness < 62 ? .brown : .beige }
}

extension CIELAB {
  /// How far it is from grey.
  package var chroma: Float { (a * a + b * b).squareRoot() }
}
