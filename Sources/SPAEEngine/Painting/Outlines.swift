import Glibc
import SPAEPixels
import SPAEPyramid

/// How likely each part of a picture belongs to each class that the segmentation branch knows.
package struct Outlines: Sendable {
  /// Rows and columns of parts: a quarter of the pixels that the branch sees.
  let size: GridSize

  /// The probability of each class, [row, column, class].
  let shares: [Float]

  /// The words that name each class, the best first; none for what is no class of its own.
  let words: [[Int32]]

  /// The classes that hold what the branch does not tell apart: it takes animals for people.
  let things: [Int]

  /// From which probability a pixel begins to belong to a class, and from which it does wholly.
  private static let edge: (begin: Float, whole: Float) = (0.4, 0.6)

  /// The share of a position's region that a class must fill to be there.
  static let leastShare: Float = 0.2

  /// The class that a word names, if there is one: the one that it names best.
  func classes(named word: Int32) -> [Int] {
    words.indices.filter { words[$0].contains(word) }
      .sorted { (rank(word, $0), $0) < (rank(word, $1), $1) }
  }

  private func rank(_ word: Int32, _ number: Int) -> Int {
    words[number].firstIndex(of: word) ?? .max
  }

  /// The mean probability of each class in the square that a position of a layer stands for.
  func shares(at cell: CellAddress, of shape: PyramidShape) -> [Float] {
    let layer = shape.size(ofLayer: cell.layer)
    func part(_ index: Int, _ length: Int, _ count: Int) -> Range<Int> {
      let first = index * length / count
      return first..<max(first + 1, (index + 1) * length / count)
    }
    var sums = [Float](repeating: 0, count: words.count)
    let rows = part(cell.row, size.rows, layer.rows)
    let columns = part(cell.column, size.columns, layer.columns)
    for row in rows {
      for column in columns {
        let start = (row * size.columns + column) * words.count
        for number in sums.indices { sums[number] += shares[start + number] }
      }
    }
    return sums.map { $0 / Float(rows.count * columns.count) }
  }

  /// The classes that an edit of a word at a position means; nil where they cannot be told.
  ///
  /// Those that the word names, if enough of them is there; those of things for a word that names
  /// no class; or else what fills most of the position's square.
  func classesMeant(at cell: CellAddress, by word: Int32, of shape: PyramidShape) -> [Int]? {
    let (shares, all) = (shares(at: cell, of: shape), classes(named: word))
    let named = all.filter { shares[$0] >= Self.leastShare }
    if !named.isEmpty { return named }
    if all.isEmpty, things.reduce(0, { $0 + shares[$1] }) >= Self.leastShare { return things }
    return shares.indices.first { shares[$0] >= 0.5 }.map { [$0] }
  }

  /// Which pixels of a picture belong to some classes, 0 to 1, [row, column]: the outlines
  /// follow the edges of the picture.
  func mask(of numbers: some Collection<Int>, guidedBy picture: PixelImage) -> [Float] {
    let pixels = GridSize(rows: picture.height, columns: picture.width)
    let own = (0..<size.count).map { part in
      numbers.reduce(Float(0)) { $0 + shares[part * words.count + $1] }
    }
    let mask = enlarged(own, from: size, to: pixels)
    let guide = GuidedFilter(radius: max(1, pixels.shorter / 64), epsilon: 1e-3)
    let (begin, whole) = Self.edge
    return guide.filtered(mask, channels: 1, guide: picture.luminance, width: picture.width).map {
      min(max(($0 - begin) / (whole - begin), 0), 1)
    }
  }
}

extension EvidenceBranches {
  /// The classes' probabilities of each pixel that the segmentation branch tells apart.
  func outlines(
    of image: PixelImage, shape: PyramidShape, with context: Context
  ) -> Outlines {
    let view = image.resampled(
      to: BranchView.size(of: segmentation.sizes.input, for: shape))
    return withLogits(of: view, with: context, outlines)
  }

  /// The same of what the segmentation branch has said.
  func outlines(of logits: Plane) -> Outlines {
    let (size, classes) = (logits.size, logits.channels)
    var shares = [Float](repeating: 0, count: size.count * classes)
    var own = [Float](repeating: 0, count: classes)
    for cell in 0..<size.count {
      unsafe softmax(
        logits.pixel(cell / size.columns, cell % size.columns), into: &own)
      shares.replaceSubrange(cell * classes..<(cell + 1) * classes, with: own)
    }
    return Outlines(
      size: size, shares: shares, words: stuffWords,
      things: stuffWords.indices.filter { stuffWords[$0].isEmpty || $0 == map.personStuff })
  }
}
