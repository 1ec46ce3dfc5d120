package import SPAEColour
package import SPAESystem

/// The names of colours that a query may use, each with its colour.
package struct ColourNames: Sendable {
  private let colours: [String: RGB]

  package init(_ colours: [String: RGB]) { self.colours = colours }

  /// Reads the table that comes with the program: word, kind, red, green, blue; a name's kind is
  /// `name`, and things that usually have a colour are of other kinds. `path` is named in errors.
  package init(table text: String, path: String, withThings: Bool = false) throws(Failure) {
    var colours: [String: RGB] = [:]
    for (index, line) in text.textLines.enumerated()
    where line.utf8.first != UInt8(ascii: "#") && index > 0 {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count > 4, let red = UInt8(fields[2]), let green = UInt8(fields[3]),
        let blue = UInt8(fields[4])
      else {
        throw Failure("\(path): line \(index + 1): expected word, kind, red, green and blue")
      }
      if withThings || fields[1] == "name" { colours[String(fields[0])] = RGB(red, green, blue) }
    }
    self.init(colours)
  }

  /// Reads the table where the program is installed, or in its tree.
  package static func installed(withThings: Bool = false) throws(Failure) -> ColourNames {
    let places = InstalledFiles.places(
      installed: "colours.tsv", inTree: "Training/spae/tables/colours.tsv")
    for path in places {
      if let text = FileSystem.text(of: path) {
        return try ColourNames(table: text, path: path, withThings: withThings)
      }
    }
    throw Failure(
      "the table of colours is missing: \(places[0]); install the program with 'make install'")
  }

  package subscript(word: String) -> RGB? { colours[word] }
}

extension RGB {
  /// How well a colour bears another's name, 0 to 1.
  ///
  /// The mean of a region is paler than the thing in it: a hue counts by its direction, and in full
  /// from a third of the name's chroma on. Names without a hue count by lightness.
  package func bears(nameOf name: RGB) -> Float {
    let (own, named) = (CIELAB(self), CIELAB(name))
    let lightness = (own.lightness - named.lightness) / 60
    let near = 1 / (1 + lightness * lightness * lightness * lightness * 4)
    guard named.chroma > 15 else {
      let pale = own.chroma / 20
      return near * near / (1 + pale * pale * pale * pale)
    }
    let cosine = (own.a * named.a + own.b * named.b) / max(own.chroma * named.chroma, 1e-3)
    // Zero from 45 degrees on.
    let hue = max(0, (cosine - 0.707) / 0.293)
    return near * hue * min(1, own.chroma / (named.chroma / 3))
  }
}
