import Glibc

extension RGB {
  package static let black = RGB(0, 0, 0)
  package static let white = RGB(255, 255, 255)

  /// Reads `#rrggbb`; nil for anything else.
  package init?(hex text: some StringProtocol) {
    let digits = text.utf8.dropFirst()
    guard text.first == "#", digits.count == 6, digits.allSatisfy({ Self.isDigit($0) }),
      let value = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    self.init(UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  /// The colour as `#rrggbb`.
  package var hex: String {
    let value = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    let digits = String(value, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Relative luminance by WCAG 2, 0 to 1, of linear light.
  package var luminance: Double {
    let light = linear
    return 0.2126 * light.red + 0.7152 * light.green + 0.0722 * light.blue
  }

  /// The contrast of two colours by WCAG 2, 1 to 21; text is readable from 4.5 on.
  package func contrast(with other: RGB) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Black or white, whichever is easier to read on this colour.
  package var readable: RGB {
    contrast(with: .black) >= contrast(with: .white) ? .black : .white
  }

  private var linear: (red: Double, green: Double, blue: Double) {
    (Self.linear(red), Self.linear(green), Self.linear(blue))
  }

  private static func linear(_ channel: UInt8) -> Double {
    let value = Double(channel) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  /// The colour in Björn Ottosson's perceptual space.
  var oklab: Oklab {
    let (r, g, b) = linear
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    let lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    let green = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    let blue = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    return Oklab(lightness: lightness, green: green, blue: blue)
  }
}

/// A colour where equal steps look alike: lightness, green to red, blue to yellow.
struct Oklab {
  let lightness: Double
  let green: Double
  let blue: Double

  /// The square of the distance.
  func distance(to other: Oklab) -> Double {
    let (l, a, b) = (lightness - other.lightness, green - other.green, blue - other.blue)
    return l * l + a * a + b * b
  }
}
