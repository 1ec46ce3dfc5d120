import Glibc
import SPAEPixels

/// Colours that a terminal knows by number.
struct TerminalPalette: Sendable {
  /// The number of the first.
  private let first: UInt8

  let colours: [Colour]

  /// Where the colours are in Oklab.
  let places: [SIMD4<Float>]

  private let set: ColourSet

  private init(first: UInt8, colours: [Colour]) {
    self.first = first
    self.colours = colours
    places = colours.map(oklab)
    set = ColourSet(places)
  }

  /// The number of the colour that looks nearest.
  func nearest(to colour: Colour) -> UInt8 { first + UInt8(set.nearest(to: oklab(colour))) }

  /// The 16 colours of ANSI, as xterm shows them.
  static let sixteen = TerminalPalette(
    first: 0,
    colours: [
      0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
      0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ].map(Colour.init(hexadecimal:)))

  /// Numbers 16 to 255, which are alike everywhere: the cube, then the greys.
  static let fixed240 = TerminalPalette(
    first: 16,
    colours: (0..<216).map { index in
      let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
      return Colour(
        red: levels[index / 36], green: levels[index / 6 % 6], blue: levels[index % 6])
    }
      + (0..<24).map { index in
        let grey = UInt8(8 + 10 * index)
        return Colour(red: grey, green: grey, blue: grey)
      })
}

extension Colour {
  fileprivate init(hexadecimal value: Int) {
    self.init(
      red: UInt8(value >> 16 & 255), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
  }
}

/// The light that each value of sRGB stands for, 0 to 1.
private let lights: [Float] = (0..<256).map { value in
  let part = Double(value) / 255
  return Float(part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4))
}

/// The light of a colour: red, green, blue of 0 to 1.
func light(of colour: Colour) -> SIMD4<Float> {
  SIMD4(lights[Int(colour.red)], lights[Int(colour.green)], lights[Int(colour.blue)], 0)
}

/// A colour in Oklab.
func oklab(_ colour: Colour) -> SIMD4<Float> { oklab(light: light(of: colour)) }

/// Lightness, green to red, blue to yellow: equal distances look about equally far.
func oklab(light: SIMD4<Float>) -> SIMD4<Float> {
  let (r, g, b) = (light.x, light.y, light.z)
  let long = cbrtf(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  let medium = cbrtf(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  let short = cbrtf(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  let lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
  let redness = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
  let yellowness = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
  return SIMD4(lightness, redness, yellowness, 0)
}
