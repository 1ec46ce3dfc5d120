import Glibc

/// A colour as a person compares it, CIELAB under the white point D65: a distance is CIE76.
package struct CIELAB: Hashable, Sendable {
  /// 0 (black) to 100 (white).
  package let lightness: Float
  /// Green below 0, red above.
  package let a: Float
  /// Blue below 0, yellow above.
  package let b: Float

  /// Takes sRGB as a screen does, 0 to 1 a channel.
  package init(red: Float, green: Float, blue: Float) {
    let (r, g, b) = (Self.linear(red), Self.linear(green), Self.linear(blue))
    // IEC 61966-2-1's matrix over the white point.
    let x = Self.root(0.4339555 * r + 0.3762143 * g + 0.1898302 * b)
    let y = Self.root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    let z = Self.root(0.0177576 * r + 0.1094756 * g + 0.8727668 * b)
    (lightness, a, self.b) = (116 * y - 16, 500 * (x - y), 200 * (y - z))
  }

  package init(_ colour: RGB) {
    self.init(
      red: Float(colour.red) / 255, green: Float(colour.green) / 255,
      blue: Float(colour.blue) / 255)
  }

  /// CIE76: 2.3 is about what can be seen, black and white are 100 apart.
  package func distance(to other: CIELAB) -> Float {
    let (l, a, b) = (lightness - other.lightness, a - other.a, b - other.b)
    return (l * l + a * a + b * b).squareRoot()
  }

  private static func linear(_ channel: Float) -> Float {
    let value = min(max(channel, 0), 1)
    return value <= 0.04045 ? value / 12.92 : powf((value + 0.055) / 1.055, 2.4)
  }

  private static func root(_ value: Float) -> Float {
    let corner: Float = 6 / 29
    return value > corner * corner * corner
      ? cbrtf(value) : value / (3 * corner * corner) + 4 / 29
  }
}
