import SPAEPixels
package import SPAEPyramid

/// A picture of words that were written, made of parts of other pictures.
package struct AssembledPicture: Hashable, Sendable {
  package let pyramid: Pyramid
  /// The picture that each position of layer 3 is from, by its number.
  package let parts: [Int]
}

extension Model {
  /// How much counts how well a word fits, by its layer.
  private static let layerWeights: [Float] = [0.5, 0.5, 1]
  /// How much counts how well all words of a picture do together, and the error along a seam, in
  /// squares of 0 to 1. A picture is made with each of the two.
  ///
  /// Of 53 pictures of mini-ImageNet's training classes 48 and 46 are of their label with these, 45
  /// with (2, 4), and 49 where `spae draw` chooses among the two; two have words of another label.
  private static let weights: [Weights] = [(2, 16), (8, 4)]
  /// For a picture where those give none but copies: smaller parts.
  private static let plainWeights: Weights = (2, 4)
  private typealias Weights = (mean: Float, seam: Float)
  /// Pixels on both sides of an edge that are compared.
  private static let rim = 4

  /// Makes a picture of upper words: each position of layer 3 shows what the picture has there
  /// whose words are like them, and of several the one whose pixels go on best. Of two such pictures
  /// that one stays which, encoded again, has the greater `score`, unless more than half of its
  /// upper words are one picture's.
  ///
  /// `words` are those of the first layers, as many as whole layers have; the pictures have one
  /// shape and none shows at more than half of the positions, if there are two. The parts are
  /// joined without seams, and towards that the words below are chosen, so that the upper ones
  /// stay. Throws as `rewrite`.
  package func assemble(
    _ words: [Int32], from pictures: [Pyramid], score: (Pyramid) -> Float,
    isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> AssembledPicture {
    var decoded: [PixelImage] = []
    for picture in pictures {
      if isCancelled() { throw .cancelled }
      decoded.append(try decode(picture))
    }
    var candidates: [Candidate] = []
    for weights in Self.weights {
      let parts = parts(words, pictures, decoded, weights)
      guard !candidates.contains(where: { $0.picture.parts == parts }) else { continue }
      candidates.append(try candidate(words, of: parts, from: pictures, decoded, isCancelled))
    }
    // Of equal ones the first.
    let best = candidates.filter { !$0.isCopy }.map { ($0.picture, score($0.again)) }
      .max { $0.1 < $1.1 }
    if let best { return best.0 }
    let parts = parts(words, pictures, decoded, Self.plainWeights)
    return try candidate(words, of: parts, from: pictures, decoded, isCancelled).picture
  }

  private struct Candidate {
    let picture: AssembledPicture
    /// The picture's words, encoded again.
    let again: Pyramid
    /// Whether more than half of its upper words are one picture's, of several.
    let isCopy: Bool
  }

  private func candidate(
    _ words: [Int32], of parts: [Int], from pictures: [Pyramid], _ decoded: [PixelImage],
    _ isCancelled: () -> Bool
  ) throws(EngineError) -> Candidate {
    let made = try made(words, of: parts, from: pictures, decoded, isCancelled)
    let picture = try decode(made)
    let again = try encode(picture, size: min(picture.width, picture.height), fit: .whole)
    let upper = again.words.prefix(words.count)
    return Candidate(
      picture: AssembledPicture(pyramid: made, parts: parts), again: again,
      isCopy: pictures.count > 1
        && pictures.contains { 2 * zip($0.words, upper).count { $0 == $1 } > words.count })
  }

  /// The pyramid of a picture of parts, under the words that were written.
  private func made(
    _ words: [Int32], of parts: [Int], from pictures: [Pyramid], _ decoded: [PixelImage],
    _ isCancelled: () -> Bool
  ) throws(EngineError) -> Pyramid {
    let shape = pictures[0].shape
    let target = SeamlessPicture(decoded, parts: pixels(of: parts, shape: shape)).picture()
    let written = (1...shape.depth).filter { shape.wordCount(toDepth: $0) <= words.count }
    let start = words + pictures[parts[0]].words.dropFirst(words.count)
    guard let pyramid = Pyramid(shape: shape, words: start) else { throw .pictureSize(start.count) }
    return try rewrite(
      pyramid, towards: target, cells: Set(0..<shape.grid.count), holding: Set(written),
      isCancelled: isCancelled)
  }

  /// The picture that each position of layer 3 shows.
  private func parts(
    _ words: [Int32], _ pictures: [Pyramid], _ decoded: [PixelImage], _ weights: Weights
  ) -> [Int] {
    let shape = pictures[0].shape
    let layer = shape.finestMeaningLayer
    let size = shape.size(ofLayer: layer)
    let wanted = meanDirection(words)
    let means = pictures.map { picture in
      let mean = meanDirection(picture.words.prefix(words.count))
      return weights.mean * (1 - zip(wanted, mean).reduce(0) { $0 + $1.0 * $1.1 })
    }
    let misfit = shape.cells(ofLayer: layer).map { cell in
      zip(pictures, means).map { $1 + unlikeness(of: $0, to: words, at: cell) }
    }
    let choice = PartChoice(
      size: size, misfit: misfit, limit: pictures.count > 1 ? max(1, size.count / 2) : size.count)
    var known: [[Int]: Float] = [:]
    return choice.pictures { positions, pictures in
      let key = [positions.0, positions.1, pictures.0, pictures.1]
      if let error = known[key] { return error }
      let error = weights.seam * seamError(positions, pictures, decoded, shape)
      known[key] = error
      return error
    }
  }

  /// How unlike a picture's words at a position, and above it, are to those that were written.
  private func unlikeness(
    of picture: Pyramid, to words: [Int32], at cell: CellAddress
  ) -> Float {
    let shape = picture.shape
    return Self.layerWeights.enumerated().reduce(0) { sum, each in
      let index = shape.index(of: shape.cell(inLayer: each.offset + 1, at: cell))
      guard index < words.count else { return sum }
      return sum + each.element * (1 - similarity(words[index], picture.words[index]))
    }
  }

  /// The direction of the mean of some words' directions; zeros stay zeros.
  private func meanDirection(_ words: some Sequence<Int32>) -> [Float] {
    var sum: [Float] = []
    for word in words {
      let own = codebook.direction(of: word)
      sum = sum.isEmpty ? own : zip(sum, own).map { $0 + $1 }
    }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? sum.map { $0 / length } : sum
  }

  private func similarity(_ a: Int32, _ b: Int32) -> Float {
    a == b
      ? 1 : zip(codebook.direction(of: a), codebook.direction(of: b)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The mean squared difference of two pictures along the edge between two positions, 0 to 1.
  private func seamError(
    _ positions: (Int, Int), _ pictures: (Int, Int), _ decoded: [PixelImage], _ shape: PyramidShape
  ) -> Float {
    let cells = shape.cells(ofLayer: shape.finestMeaningLayer)
    let (a, b) = (cells[positions.0], cells[positions.1])
    let (rows, columns) = (box(of: b, shape).rows, box(of: b, shape).columns)
    let isAcross = a.row == b.row
    let edge = isAcross ? columns.lowerBound : rows.lowerBound
    let near = max(0, edge - Self.rim)..<edge + Self.rim
    let (first, second) = (decoded[pictures.0], decoded[pictures.1])
    var (sum, count) = (Float(0), Float(0))
    for row in isAcross ? rows : near {
      for column in isAcross ? near : columns {
        for channel in 0..<3 {
          let difference = Float(first[row, column, channel]) - Float(second[row, column, channel])
          sum += difference * difference
          count += 255 * 255
        }
      }
    }
    return sum / count
  }

  /// The pixels of a position.
  private func box(
    of cell: CellAddress, _ shape: PyramidShape
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let (cells, patch) = (shape.latentCells(of: cell), configuration.patch)
    return (
      cells.rows.lowerBound * patch..<cells.rows.upperBound * patch,
      cells.columns.lowerBound * patch..<cells.columns.upperBound * patch
    )
  }

  /// The picture that each pixel is from, row after row.
  private func pixels(of parts: [Int], shape: PyramidShape) -> [Int] {
    let size = pictureSize(of: shape)
    var pixels = [Int](repeating: parts[0], count: size.count)
    for (cell, part) in zip(shape.cells(ofLayer: shape.finestMeaningLayer), parts) {
      let box = box(of: cell, shape)
      for row in box.rows {
        for column in box.columns { pixels[row * size.columns + column] = part }
      }
    }
    return pixels
  }
}
