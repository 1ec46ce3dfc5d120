public import SPAEPixels
public import SPAEPyramid

extension Model {
  /// Chooses the words of some cells again, so that the decoded picture comes near another one.
  ///
  /// `cells` are flat indices of the latent grid, row by row. Words of the layers in `layers`, of
  /// the other cells and of the flat indices in `words` stay, so every pixel that no rewritten cell
  /// reaches stays as it is, bit for bit. `picture` has the size of the decoded one, 8 pixels a cell.
  /// `evidence` is what the frozen branches say; without it they look at `picture`. The same
  /// arguments give the same words on any number of threads. Throws for a picture of another size,
  /// for words that do not exist, and `EngineError.cancelled` once `isCancelled` says so.
  public func rewrite(
    _ pyramid: Pyramid, towards picture: PixelImage, cells: Set<Int>, holding layers: Set<Int>,
    words held: Set<Int> = [], evidence: PictureEvidence? = nil,
    isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Pyramid {
    let evidence = evidence ?? self.evidence(of: picture, fit: .whole, shape: pyramid.shape)
    return try rewrite(
      pyramid, towards: picture, free: freeWords(of: pyramid.shape, cells, layers, held),
      typed: [], evidence: evidence, isCancelled: isCancelled)
  }

  func freeWords(
    of shape: PyramidShape, _ cells: Set<Int>, _ layers: Set<Int>, _ held: Set<Int>
  ) -> Set<Int> {
    var free: Set<Int> = []
    for layer in 1...shape.depth where !layers.contains(layer) {
      for cell in shape.cells(ofLayer: layer) where cells.contains(shape.latentIndex(of: cell)) {
        free.insert(shape.index(of: cell))
      }
    }
    return free.subtracting(held)
  }

  /// The same for some free words; `typed` are candidates of each guided position without a penalty.
  /// `weights`, [row, column], are how much the error of each pixel counts.
  func rewrite(
    _ pyramid: Pyramid, towards picture: PixelImage, free: Set<Int>, typed: [Int32],
    weights: [Float]? = nil, evidence: PictureEvidence, isCancelled: () -> Bool
  ) throws(EngineError) -> Pyramid {
    let shape = pyramid.shape
    try check(pyramid.words, depth: shape.depth, of: shape)
    let size = pictureSize(of: shape)
    guard picture.width == size.columns, picture.height == size.rows else {
      throw .target(width: picture.width, height: picture.height, expected: size)
    }
    if free.isEmpty { return pyramid }
    let words = context.withSpinningThreads { context in
      let semantics = evidence.semantics
      // Two engines may round a target's pixel otherwise: whole numbers would make much of it.
      let z = latent(
        of: picture, shape: shape, semantics: semantics, inFloats: true, with: context)
      let fitting = candidates(
        for: semantics, named: evidence.named, of: picture, shape: shape, semanticWeight: 1,
        with: context)
      return rewritten(
        Rewriting(
          words: pyramid.words, free: free,
          candidates: fitting.candidates.mapValues { $0.map { $0.preceded(by: typed) } },
          weights: weights),
        towards: picture, latent: z, shape: shape, with: context,
        isCancelled: isCancelled)
    }
    guard let words, let new = Pyramid(shape: shape, words: words) else { throw .cancelled }
    return new
  }

  private func rewritten(
    _ rewriting: Rewriting, towards picture: PixelImage, latent z: [Float], shape: PyramidShape,
    with context: Context, isCancelled: () -> Bool
  ) -> [Int32]? {
    var search = WordSearch(codebook: codebook, decoder: decoder, rules: configuration.search)
    search.refinement.weights = rewriting.weights
    return decoderSpaces.with(shape, make: { Decoder.Workspace(configuration, shape: shape) }) {
      decoded in
      refinementSpaces.with(
        shape,
        make: {
          Refinement.Workspace(configuration, shape: shape, decoder: decoder, with: context)
        }
      ) { space in
        search.rewritten(
          rewriting, towards: picture, latent: z, shape: shape, in: space, decodedIn: decoded,
          with: context, isCancelled: isCancelled)
      }
    }
  }
}
