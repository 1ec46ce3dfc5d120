package import SPAEPixels

/// A colour as a terminal is told of it.
package enum TerminalColour: Hashable, Sendable {
  /// The terminal's own.
  case standard
  /// A number of its palette: below 16 of ANSI's, else of the 256.
  case indexed(UInt8)
  case rgb(Colour)

  /// Appends the parameters of "select graphic rendition" that choose it.
  package func appendParameters(isForeground: Bool, to text: inout [UInt8]) {
    let base: UInt8 = isForeground ? 30 : 40
    switch self {
    case .standard: append(base + 9, to: &text)
    case .indexed(let number) where number < 8: append(base + number, to: &text)
    case .indexed(let number) where number < 16: append(base + 52 + number, to: &text)
    case .indexed(let number): append(base + 8, 5, number, to: &text)
    case .rgb(let colour):
      append(base + 8, 2, colour.red, colour.green, colour.blue, to: &text)
    }
  }

  /// Numbers in decimal with semicolons between them.
  private func append(_ numbers: UInt8..., to text: inout [UInt8]) {
    for (place, number) in numbers.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ";")) }
      if number >= 100 { text.append(48 + number / 100) }
      if number >= 10 { text.append(48 + number / 10 % 10) }
      text.append(48 + number % 10)
    }
  }
}

extension ColourDepth {
  /// The nearest colour that the terminal shows, by distance in Oklab (Ottosson, 2020).
  package func nearest(to colour: Colour) -> TerminalColour {
    switch self {
    case .none: .standard
    case .palette16: .indexed(TerminalPalette.sixteen.nearest(to: colour))
    case .palette256: .indexed(TerminalPalette.fixed240.nearest(to: colour))
    case .trueColour: .rgb(colour)
    }
  }
}
