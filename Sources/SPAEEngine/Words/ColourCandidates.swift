package import SPAEColour
package import SPAEPixels
package import SPAEPyramid

/// Names of colours as candidates, beside the words that the evidence gives.
///
/// Where a classifier recognises nothing (sky, wall, fog), the best of its words is arbitrary. A name
/// of a colour is right there whenever the region has that colour: each position of some layers has
/// as candidates those that come nearest to the mean colour of the region it covers.
package struct ColourCandidates: Sendable {
  /// What such a name scores, wherever it is a candidate.
  package let score: Float

  private let counts: [Int]
  private let words: [Int32]
  private let colours: [CIELAB]

  /// The names of a configuration, if it has any. `path` is named in errors.
  package init?(
    _ configuration: ModelConfiguration, vocabulary: Vocabulary, path: String
  ) throws(EngineError) {
    guard let sizes = configuration.guided?.colours else { return nil }
    (score, counts) = (sizes.score, sizes.counts)
    words = try vocabulary.numbers(
      of: sizes.names.map(\.name), key: "guided.colours.names", path: path)
    colours = sizes.names.map {
      CIELAB(red: Float($0.red) / 255, green: Float($0.green) / 255, blue: Float($0.blue) / 255)
    }
  }

  /// The names nearest to each of a layer's regions, the nearest first; none of layers without any.
  package func words(
    ofLayer layer: Int, of shape: PyramidShape, in picture: PixelImage
  ) -> [[Int32]] {
    let count = layer <= counts.count ? counts[layer - 1] : 0
    guard count > 0 else { return [] }
    let size = shape.size(ofLayer: layer)
    return (0..<size.count).map { position in
      let (row, column) = (position / size.columns, position % size.columns)
      return nearest(count, to: Self.mean(of: row, column, of: size, in: picture))
    }
  }

  private func nearest(_ count: Int, to colour: CIELAB) -> [Int32] {
    let distances = colours.map { $0.distance(to: colour) }
    let order = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return order.prefix(count).map { words[$0] }
  }

  /// The mean colour of one region of a grid over a picture.
  package static func mean(
    of row: Int, _ column: Int, of grid: GridSize, in picture: PixelImage
  ) -> CIELAB {
    let rows = adaptiveWindow(of: row, count: grid.rows, length: picture.height)
    let columns = adaptiveWindow(of: column, count: grid.columns, length: picture.width)
    var sums = (red: 0, green: 0, blue: 0)
    for y in rows {
      for x in columns {
        let pixel = (y * picture.width + x) * 3
        sums.red += Int(picture.pixels[pixel])
        sums.green += Int(picture.pixels[pixel + 1])
        sums.blue += Int(picture.pixels[pixel + 2])
      }
    }
    let whole = Float(255 * rows.count * columns.count)
    return CIELAB(
      red: Float(sums.red) / whole, green: Float(sums.green) / whole,
      blue: Float(sums.blue) / whole)
  }
}
