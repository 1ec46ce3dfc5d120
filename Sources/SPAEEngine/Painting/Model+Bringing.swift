import SPAEPixels
package import SPAEPyramid

extension Model {
  /// How many of the parts whose rims fit best are looked at, and how many of those are tried to the
  /// end; a word that is among so many best of its position is seen.
  private static let (looked, tried, seen) = (8, 3, 100)

  /// Puts what a part of another picture shows into a block, and a word that says so.
  ///
  /// The part is scaled into the block and blended over its rim; towards that picture the words below
  /// are rewritten. Of parts whose rims fit well that one is taken in which the frozen branches see the
  /// word best, in the end in the decoded picture; a single part is taken as it is. Gives the words and the number of the part.
  /// All other cells stay. Throws as `rewrite`; without parts nothing but the words is put.
  package func bring(
    _ pyramid: Pyramid, _ bringing: Bringing, isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> (pyramid: Pyramid, part: Int?) {
    let shape = pyramid.shape
    let edited = Steering(words: Dictionary(bringing.positions.map { ($0, bringing.word) }) { $1 })
      .applied(to: pyramid)
    try check(edited.words, depth: shape.depth, of: shape)
    guard shape.paints(bringing.block.layer) else { return (edited, nil) }
    var targets = try brought(bringing, into: decode(pyramid), of: shape, isCancelled)
    targets.sort { ($0.rank, $0.part) < ($1.rank, $1.part) }
    let free = freeWords(
      of: shape, cells(of: bringing.block, in: shape), Set(1...bringing.block.layer),
      bringing.held.union(bringing.positions))
    var best: (pyramid: Pyramid, part: Int, rank: Int)?
    for target in targets.prefix(Self.tried) {
      let words = try rewrite(
        edited, towards: target.picture, free: free, typed: [bringing.word],
        evidence: fittingWords(in: target.picture, shape: shape), isCancelled: isCancelled)
      if targets.count == 1 { return (words, target.part) }
      let rank = rank(of: bringing.word, in: bringing.block, of: try decode(words), shape: shape)
      if rank < best?.rank ?? .max { best = (words, target.part, rank) }
      if rank < Self.seen { break }
    }
    return best.map { ($0.pyramid, $0.part) } ?? (edited, nil)
  }

  /// A part in its place, and how many words the frozen branches see rather than the one it is for.
  private struct Target {
    let picture: PixelImage
    let part: Int
    let rank: Int
  }

  /// The picture with each of the parts whose rims fit best.
  private func brought(
    _ bringing: Bringing, into before: PixelImage, of shape: PyramidShape,
    _ isCancelled: () -> Bool
  ) throws(EngineError) -> [Target] {
    let cells = bringing.block.latentCells(of: shape)
    let box = BroughtPicture.Box(rows: pixels(cells.rows), columns: pixels(cells.columns))
    var fitting: [(part: Int, brought: BroughtPicture)] = []
    for (number, part) in bringing.parts.enumerated() {
      if isCancelled() { throw .cancelled }
      fitting.append((number, BroughtPicture(try picture(of: part), into: box, of: before)))
    }
    fitting.sort { ($0.brought.rimError, $0.part) < ($1.brought.rimError, $1.part) }
    return fitting.prefix(Self.looked).map { number, brought in
      let rank =
        fitting.count == 1
        ? 0 : rank(of: bringing.word, in: bringing.block, of: brought.picture, shape: shape)
      return Target(picture: brought.picture, part: number, rank: rank)
    }
  }

  /// What the region of a part's position shows.
  private func picture(of part: PicturePart) throws(EngineError) -> PixelImage {
    let (cells, picture) = (part.pyramid.shape.latentCells(of: part.cell), try decode(part.pyramid))
    let (rows, columns) = (pixels(cells.rows), pixels(cells.columns))
    return picture.cropped(
      left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
  }

  private func pixels(_ cells: Range<Int>) -> Range<Int> {
    cells.lowerBound * configuration.patch..<cells.upperBound * configuration.patch
  }

  /// The cells of the latent grid that a block stands for, by their flat index.
  private func cells(of block: CellBlock, in shape: PyramidShape) -> Set<Int> {
    let (rows, columns) = block.latentCells(of: shape)
    return Set(rows.flatMap { row in columns.map { row * shape.grid.columns + $0 } })
  }

  /// How many words fit a block of a picture better than one, at the position of the map that it fits
  /// best, by the classifier or by what another branch names there; 0 where no branch can tell.
  func rank(of word: Int32, in block: CellBlock, of picture: PixelImage, shape: PyramidShape) -> Int
  {
    context.withSpinningThreads { context in
      let (seen, named) = looked(at: picture, shape: shape, with: context)
      guard let semantics = seen else { return 0 }
      let map = shape.size(ofLayer: SemanticMap.layer)
      let ranks = positions(of: block, in: shape).map { position in
        let own = named?[SemanticMap.layer - 1][position].flatMap {
          evidence?.words($0).firstIndex(of: word)
        }
        let text = Array(semantics.cell(position / map.columns, position % map.columns))
        return min(own ?? .max, codebook.rank(of: word, by: text, with: context))
      }
      return ranks.min() ?? 0
    }
  }

  /// The positions of the map that a block covers, or in which it is.
  private func positions(of block: CellBlock, in shape: PyramidShape) -> Set<Int> {
    Set(
      block.cells.flatMap { cell in
        guard cell.layer < SemanticMap.layer else {
          return [shape.position(of: shape.cell(inLayer: SemanticMap.layer, at: cell))]
        }
        let own = shape.cells(ofLayer: SemanticMap.layer, in: cell)
        let columns = shape.size(ofLayer: SemanticMap.layer).columns
        return own.rows.flatMap { row in own.columns.map { row * columns + $0 } }
      })
  }
}
