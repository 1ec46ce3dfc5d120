public import SPAEPixels

/// Draws pictures with characters: half blocks in colour, or a ramp of ASCII.
public enum BlockRenderer {
  /// Lines of half blocks, two pixels above each other in a cell; `columns` cells wide.
  public static func halfBlocks(
    of image: PixelImage, columns: Int, colours: ColourDepth
  ) -> [String] {
    let rows = max(1, (columns * image.height / image.width + 1) / 2)
    let small = image.resampled(width: columns, height: 2 * rows)
    return (0..<rows).map { row in
      (0..<columns).map { column in
        let (top, bottom) = (small[2 * row, column], small[2 * row + 1, column])
        return "\u{1B}[38;\(code(top, colours));48;\(code(bottom, colours))m\u{2580}"
      }.joined() + "\u{1B}[0m"
    }
  }

  /// Lines of ASCII, dark to light, for a dark background; a cell is twice as high as wide.
  public static func ascii(of image: PixelImage, columns: Int) -> [String] {
    let ramp = Array(" .:-=+*#%@")
    let rows = max(1, columns * image.height / image.width / 2)
    let small = image.resampled(width: columns, height: rows)
    return (0..<rows).map { row in
      String(
        (0..<columns).map { column in
          let c = small[row, column]
          let luma = 299 * Int(c.red) + 587 * Int(c.green) + 114 * Int(c.blue)
          return ramp[luma * (ramp.count - 1) / 255_000]
        })
    }
  }

  private static func code(_ colour: Colour, _ depth: ColourDepth) -> String {
    guard depth != .trueColour else { return "2;\(colour.red);\(colour.green);\(colour.blue)" }
    let index = 36 * level(colour.red) + 6 * level(colour.green) + level(colour.blue)
    return "5;\(16 + index)"
  }

  /// The nearest level of the 256-colour cube: 0, 95, 135, 175, 215, 255.
  private static func level(_ channel: UInt8) -> Int {
    if channel < 48 { return 0 }
    return channel < 115 ? 1 : (Int(channel) - 35) / 40
  }
}
