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

  /// Things that the detection branch found, each once, the surest first.
  var boxes: [EvidenceMap.Box] = []

  /// The words that name each class of boxes, the best first.
  var boxWords: [[Int32]] = []

  /// The classes of which a word that names none is a kind.
  var kinds: [Int32: [Int]] = [:]

  /// From which probability a pixel begins to belong to a class, and from which it does wholly.
  static let edge: (begin: Float, whole: Float) = (0.4, 0.6)

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
    let parts = parts(at: cell, of: shape)
    var sums = [Float](repeating: 0, count: words.count)
    for part in parts {
      for number in sums.indices { sums[number] += shares[part * words.count + number] }
    }
    return sums.map { $0 / Float(parts.count) }
  }

  /// The parts of the square that a position of a layer stands for, row by row.
  func parts(at cell: CellAddress, of shape: PyramidShape) -> [Int] {
    func span(_ index: Int, _ length: Int, _ count: Int) -> Range<Int> {
      let first = index * length / count
      return first..<max(first + 1, (index + 1) * length / count)
    }
    let layer = shape.size(ofLayer: cell.layer)
    let columns = span(cell.column, size.columns, layer.columns)
    return span(cell.row, size.rows, layer.rows).flatMap { row in
      columns.map { row * size.columns + $0 }
    }
  }

  /// The classes that an edit of a word at a position means; nil where they cannot be told.
  ///
  /// Those that the word names, if enough of them is there; those of things for a word that names
  /// no class; or else what fills most of the position's square.
  func classesMeant(at cell: CellAddress, by word: Int32, of shape: PyramidShape) -> [Int]? {
    let (shares, all) = (shares(at: cell, of: shape), classes(named: word))
    let named = (all.isEmpty ? kinds[word] ?? [] : all).filter { shares[$0] >= Self.leastShare }
    if !named.isEmpty { return named }
    if all.isEmpty, things.reduce(0, { $0 + shares[$1] }) >= Self.leastShare { return things }
    return shares.indices.first { shares[$0] >= 0.5 }.map { [$0] }
  }

  /// The share of some classes in each part, [row, column]; with positions only what hangs together
  /// with one of them.
  func share(
    of numbers: some Collection<Int>, from seeds: [CellAddress]? = nil, of shape: PyramidShape
  ) -> [Float] {
    let own = (0..<size.count).map { part in
      numbers.reduce(Float(0)) { $0 + shares[part * words.count + $1] }
    }
    guard let seeds else { return own }
    return connected(own, to: Set(seeds.flatMap { parts(at: $0, of: shape) }))
  }

  /// Shares where parts of half or more hang together with such a part of a seed; parts of less stay
  /// where they touch one of those.
  private func connected(_ shares: [Float], to seeds: Set<Int>) -> [Float] {
    var found = seeds.filter { shares[$0] >= 0.5 }
    var edge = found
    while !edge.isEmpty {
      edge = Set(edge.flatMap(neighbours)).filter { shares[$0] >= 0.5 && !found.contains($0) }
      found.formUnion(edge)
    }
    found.formUnion(found.flatMap(neighbours))
    return shares.indices.map { found.contains($0) ? shares[$0] : 0 }
  }

  /// The parts above, below and beside a part.
  private func neighbours(of part: Int) -> [Int] {
    let (row, column) = (part / size.columns, part % size.columns)
    var found: [Int] = []
    if row > 0 { found.append(part - size.columns) }
    if row < size.rows - 1 { found.append(part + size.columns) }
    if column > 0 { found.append(part - 1) }
    if column < size.columns - 1 { found.append(part + 1) }
    return found
  }

  /// Which pixels of a picture belong to what has such shares, 0 to 1, [row, column]: the outlines
  /// follow the edges of the picture, and its colours.
  func mask(of shares: [Float], guidedBy picture: PixelImage) -> [Float] {
    Self.cut(edges(of: shares, in: picture, turns: 1, least: ColourShares.least), Self.edge)
  }

  /// Shares, 0 where a pixel does not belong to something and 1 where it does wholly.
  static func cut(_ shares: [Float], _ edge: (begin: Float, whole: Float)) -> [Float] {
    shares.map { min(max(($0 - edge.begin) / (edge.whole - edge.begin), 0), 1) }
  }

  /// Shares of each pixel; the colours of both sides are learned by turns from what the last one took
  /// for them, and none brings a share from below `least`.
  func edges(
    of shares: [Float], in picture: PixelImage, turns: Int, least: Double
  ) -> [Float] {
    let pixels = GridSize(rows: picture.height, columns: picture.width)
    let guide = GuidedFilter(radius: max(1, pixels.shorter / 64), epsilon: 1e-3)
    let (colours, light) = (ColourShares(picture), picture.luminance)
    let before = enlarged(shares, from: size, to: pixels)
    return (0..<turns).reduce(before) { edges, _ in
      let found = colours.corrected(
        before, learned: edges.map { min(max($0, 0), 1) }, least: least)
      return guide.filtered(found, channels: 1, guide: light, width: picture.width)
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
    return withLogits(of: view, with: context) { outlines(of: $0) }
  }

  /// The same of what the segmentation branch has said.
  func outlines(of logits: Plane, boxes: [EvidenceMap.Box] = []) -> Outlines {
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
      things: stuffWords.indices.filter { stuffWords[$0].isEmpty || $0 == map.personStuff },
      boxes: EvidenceMap.Box.distinct(boxes.filter { $0.score >= Outlines.leastScore }),
      boxWords: thingWords, kinds: kinds)
  }
}
