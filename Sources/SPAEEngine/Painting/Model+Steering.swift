import SPAEPixels
public import SPAEPyramid

extension Model {
  /// Puts new words into a pyramid, and recolours what they cover as their colours say.
  ///
  /// The target picture is the decoded one plus what the new words of the upper layers change when
  /// those layers are decoded alone; where `evidence` has outlines, the change follows them. Towards
  /// it the words of the layers below are rewritten in the cells that change; upper layers and
  /// all other cells stay. Words of the lowest layers are put as they are. Throws as `rewrite`.
  public func steer(
    _ pyramid: Pyramid, _ steering: Steering, evidence: PictureEvidence,
    isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Pyramid {
    try steer(pyramid, steering, evidence: evidence, keeping: [:], isCancelled: isCancelled)
  }

  /// Steers a frame of a film after the one before it: words of `kept`, by their flat index, were
  /// steered there and stay.
  package func steer(
    _ pyramid: Pyramid, _ steering: Steering, evidence: PictureEvidence, keeping kept: [Int: Int32],
    isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Pyramid {
    let (shape, edited) = (pyramid.shape, steering.applied(to: pyramid))
    for words in [pyramid.words, edited.words] {
      try check(words, depth: shape.depth, of: shape)
    }
    guard let deepest = steering.paintedLayers(of: shape).last else { return edited }
    let before = decoded(pyramid)
    guard
      let change = change(
        of: pyramid, steering.loud, before: before, outlines: evidence.outlines, isCancelled)
    else { throw .cancelled }
    let free = freeWords(
      of: shape, change.cells(of: configuration.patch), Set(1...deepest),
      steering.held.union(steering.words.keys).union(kept.keys))
    var words = Set(steering.words.values)
    if let filled = steering.filled { words.insert(filled.word) }
    let start = Steering(words: kept).applied(to: edited)
    return try rewrite(
      start, towards: change.added(to: before), free: free, typed: Array(words.sorted().prefix(4)),
      weights: change.weights, evidence: evidence, isCancelled: isCancelled)
  }

  /// What the picture changes to, in pixels; nil if cancelled.
  private func change(
    of pyramid: Pyramid, _ steering: Steering, before: PixelImage, outlines: Outlines?,
    _ isCancelled: () -> Bool
  ) -> PictureChange? {
    let shape = pyramid.shape
    var change = PictureChange(size: pictureSize(of: shape))
    for layer in steering.paintedLayers(of: shape) {
      if isCancelled() { return nil }
      let old = decodedAlone(layer, of: pyramid)
      var own = layerChange(layer, from: pyramid, old, to: steering.applied(to: pyramid))
      if let outlines {
        own.confine(to: confinement(steering, ofLayer: layer, pyramid, before, outlines))
      }
      own.correct(old, for: before, radius: radius(layer, of: shape))
      change.cover(with: own)
    }
    if let filled = steering.filled, let outlines {
      change.cover(with: self.change(of: pyramid, filled, before: before, outlines: outlines))
    }
    return change
  }

  /// What the picture changes to where something becomes a word, whatever the words there are.
  private func change(
    of pyramid: Pyramid, _ filled: Steering.Fill, before: PixelImage, outlines: Outlines
  ) -> PictureChange {
    let (shape, layer) = (pyramid.shape, pyramid.shape.finestMeaningLayer)
    let shares = filled.shares(in: outlines, of: shape)
    let positions = shape.cells(ofLayer: layer).filter { position in
      let parts = outlines.parts(at: position, of: shape)
      let put = filled.put?.share(at: position, of: shape, width: before.width) ?? 0
      return max(put, parts.reduce(0) { $0 + shares[$1] } / Float(parts.count)) >= Self.leastShare
    }
    let everywhere = Steering(positions, to: filled.word, of: shape).applied(to: pyramid)
    let mask = filled.masks(in: outlines, of: shape, for: before).receded
    let (old, radius) = (decodedAlone(layer, of: pyramid), radius(layer, of: shape))
    var change = layerChange(layer, from: pyramid, old, to: everywhere)
      .completed(within: mask, radius: radius)
    change.correct(old, for: before, radius: radius)
    return change
  }

  /// Half of a position's side, in pixels.
  private func radius(_ layer: Int, of shape: PyramidShape) -> Int {
    configuration.patch * shape.stride(ofLayer: layer) / 2
  }

  /// From which share of a square on a class that is to be filled counts as being there.
  private static let leastShare: Float = 0.02

  /// What the words of one layer, decoded alone, change when others take their place.
  private func layerChange(
    _ layer: Int, from old: Pyramid, _ before: [Float], to new: Pyramid
  ) -> PictureChange {
    let (shape, after) = (old.shape, decodedAlone(layer, of: new))
    let upsampling = LatentUpsampling(
      shape: shape, from: layer, depth: layer, blendedStride: configuration.search.blendedStride)
    let cells = shape.cells(ofLayer: layer).filter { old[$0] != new[$0] }
    let changed = Set(cells.map(shape.latentIndex(of:)))
    let coverage = upsampling.sources.map { sources in
      sources.reduce(Float(0)) { changed.contains($1.cell) ? $0 + $1.weight : $0 }
    }
    return PictureChange(
      difference: zip(after, before).map { $0 - $1 }, coverage: coverage, grid: shape.grid,
      size: pictureSize(of: shape)
    ).flattened(radius: configuration.patch / 2)
  }

  /// The picture of one layer's words alone, [height, width, 3] in [-1, 1]: what shallower layers say of a
  /// few cells does not hide what it says of the rest.
  private func decodedAlone(_ layer: Int, of pyramid: Pyramid) -> [Float] {
    picture(of: pyramid, layers: layer...layer)
  }

  /// The picture of all words.
  func decoded(_ pyramid: Pyramid) -> PixelImage {
    let size = pictureSize(of: pyramid.shape)
    return PixelImage(
      width: size.columns, height: size.rows,
      pixels: picture(of: pyramid, layers: 1...pyramid.shape.depth).map(Decoder.byte))
  }

  /// The picture of the words of some layers, [height, width, 3] in [-1, 1].
  private func picture(of pyramid: Pyramid, layers: ClosedRange<Int>) -> [Float] {
    let (shape, first, depth) = (pyramid.shape, layers.lowerBound, layers.upperBound)
    let range = shape.wordCount(toDepth: first - 1)..<shape.wordCount(toDepth: depth)
    let key = RecentPictures.Key(shape: shape, layers: layers, words: Array(pyramid.words[range]))
    return recentPictures.picture(key) {
      let estimates = Quantizer(codebook: codebook).estimates(
        of: pyramid.words, shape: shape, from: first, depth: depth)
      let upsampling = LatentUpsampling(
        shape: shape, from: first, depth: depth,
        blendedStride: configuration.search.blendedStride)
      return decoderSpaces.with(
        shape, make: { Decoder.Workspace(configuration, shape: shape) }
      ) { space in
        context.withSpinningThreads {
          decoder.decode(estimates, upsampling: upsampling, in: space, with: $0)
        }
        return unsafe Array(space.picture)
      }
    }
  }

  /// Which pixels the edits of a layer may reach: what is filled, or else the outlines of each class
  /// that they mean.
  private func confinement(
    _ steering: Steering, ofLayer layer: Int, _ pyramid: Pyramid, _ before: PixelImage,
    _ outlines: Outlines
  ) -> [Float]? {
    let shape = pyramid.shape
    if let filled = steering.filled {
      return filled.masks(in: outlines, of: shape, for: before).receded
    }
    var classes: Set<Int> = []
    for index in steering.words.keys.sorted() {
      let cell = shape.cell(at: index)
      guard cell.layer == layer else { continue }
      let word = pyramid.words[index]
      guard let meant = outlines.classesMeant(at: cell, by: word, of: shape) else { return nil }
      classes.formUnion(meant)
    }
    return outlines.mask(of: outlines.share(of: classes.sorted(), of: shape), guidedBy: before)
  }
}
