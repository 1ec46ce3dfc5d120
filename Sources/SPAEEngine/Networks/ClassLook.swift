import SPAEColour
import SPAEPixels
import SPAEPyramid

/// What some classes of the segmentation look like in some colours: a red sky is a sunset.
///
/// Times of day and seasons are no class of any frozen branch. The colour of what stands at a position
/// tells them.
struct ClassLook: Sendable {
  let name: String
  /// The numbers of its classes; it has one or more.
  let classes: [Int]
  /// The mean share from which it names a position.
  let least: Float

  private let colours: [CIELAB]
  private let radius: Float

  init(_ look: ModelConfiguration.Look, of stuff: [ModelConfiguration.SeenClass]) {
    (name, least, radius) = (look.name, look.least, look.radius)
    classes = look.classes.compactMap { own in stuff.firstIndex { $0.name == own } }
    colours = look.colours.map {
      CIELAB(red: Float($0[0]) / 255, green: Float($0[1]) / 255, blue: Float($0[2]) / 255)
    }
  }

  /// Its share of each cell: that of its classes, [class][cell], times how well the cell's mean
  /// colour fits.
  func shares(of stuff: [[Float]], in colours: [CIELAB]) -> [Float] {
    colours.enumerated().map { cell, colour in
      let distance = self.colours.map { $0.distance(to: colour) }.min() ?? .infinity
      let fit = min(max(2 - distance / radius, 0), 1)
      return classes.reduce(Float(0)) { $0 + stuff[$1][cell] } * fit
    }
  }
}

extension EvidenceMap {
  /// The share of each look in each cell, [look][cell], of what the segmentation sees.
  func looks(in view: PixelImage, stuff: [[Float]], grid: GridSize) -> [[Float]] {
    guard !looks.isEmpty else { return [] }
    let colours = (0..<grid.count).map {
      ColourCandidates.mean(of: $0 / grid.columns, $0 % grid.columns, of: grid, in: view)
    }
    return looks.map { $0.shares(of: stuff, in: colours) }
  }
}
