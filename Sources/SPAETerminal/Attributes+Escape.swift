import SPAEColour
package import SPAEGraphics
import SPAEScreen

extension Attributes {
  /// The escape sequence that makes the text after it look like this.
  package func escape(colours: ColourDepth) -> String {
    let marks = [(bold, "1"), (faint, "2"), (italic, "3"), (underline, "4"), (reverse, "7")]
    var codes = ["0"] + marks.filter(\.0).map(\.1)
    if colours != .none {
      let palette = Palette.colours256.nearest(foreground: foreground, background: background)
      codes += code(38, foreground, palette.foreground, colours)
      codes += code(48, background, palette.background, colours)
    }
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }

  private func code(_ plane: Int, _ colour: RGB?, _ number: Int?, _ depth: ColourDepth) -> [String]
  {
    guard let colour, let number else { return [] }
    return depth == .trueColour
      ? ["\(plane);2;\(colour.red);\(colour.green);\(colour.blue)"] : ["\(plane);5;\(number)"]
  }
}
