import SPAEColour
import SPAEPixels
import SPAEPyramid

/// The names of a picture's colours, small, and where things are in it.
struct ColourGrid {
  /// How much of each part belongs to something, 0 to 1, [row, column].
  typealias Mask = [Float]

  let size: GridSize
  private let names: [BasicColour]  // [row, column]

  /// A colour is a region's where so much of it has that, and the second one's where so much has it.
  private static let least: (first: Float, second: Float) = (0.3, 0.25)
  /// A thing is in a part where so much of the one is in the other, or it fills so much of that.
  private static let (within, filled): (Float, Float) = (0.5, 0.25)

  init(_ picture: PixelImage, size: GridSize) {
    self.size = size
    let small = picture.resampled(to: size)
    names = (0..<size.count).map { part in
      let colour = small[part / size.columns, part % size.columns]
      return BasicColour(CIELAB(RGB(colour.red, colour.green, colour.blue)))
    }
  }

  /// The colours that most of a region has, the commonest first.
  func colours(of mask: Mask) -> [BasicColour] {
    var shares: [BasicColour: Float] = [:]
    for (name, weight) in zip(names, mask) { shares[name, default: 0] += weight }
    let total = max(mask.reduce(0, +), 1e-6)
    let sorted = BasicColour.allCases.map { ($0, shares[$0, default: 0] / total) }
      .sorted { $0.1 > $1.1 }
    guard sorted[0].1 >= Self.least.first else { return [] }
    return sorted.prefix(2).filter { $0.0 == sorted[0].0 || $0.1 >= Self.least.second }.map(\.0)
  }

  /// 1 for the parts whose middles are in a rectangle, in shares of the sides.
  func mask(rows: ClosedRange<Float>, columns: ClosedRange<Float>) -> Mask {
    (0..<size.count).map { part in
      let (x, y) = middle(of: part)
      return rows.contains(y) && columns.contains(x) ? 1 : 0
    }
  }

  func mask(of part: PictureSurvey.Part) -> Mask {
    mask(rows: part.box.rows, columns: part.box.columns)
  }

  private func middle(of part: Int) -> (x: Float, y: Float) {
    (
      (Float(part % size.columns) + 0.5) / Float(size.columns),
      (Float(part / size.columns) + 0.5) / Float(size.rows)
    )
  }

  /// How much of the picture a mask fills, and its middle.
  func extent(of mask: Mask) -> (share: Float, x: Float, y: Float) {
    var (sum, x, y): (Float, Float, Float) = (0, 0, 0)
    for (part, weight) in mask.enumerated() where weight > 0 {
      let middle = middle(of: part)
      (sum, x, y) = (sum + weight, x + weight * middle.x, y + weight * middle.y)
    }
    let total = max(sum, 1e-6)
    return (sum / Float(size.count), x / total, y / total)
  }

  /// The parts of the picture where a thing is.
  func parts(of mask: Mask) -> [PictureSurvey.Part] {
    let all = max(mask.reduce(0, +), 1e-6)
    return PictureSurvey.Part.allCases.filter { part in
      guard part != .whole else { return false }
      let own = self.mask(of: part)
      let common = zip(mask, own).reduce(0) { $0 + $1.0 * $1.1 }
      return common >= Self.within * all || common >= Self.filled * own.reduce(0, +)
    }
  }
}
