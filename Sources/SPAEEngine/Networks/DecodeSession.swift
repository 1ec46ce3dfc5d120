public import SPAEPixels
public import SPAEPyramid
import Synchronization

/// A pyramid kept decoded, so that a changed word costs only the part of the picture it reaches.
///
/// Every block's output stays in memory: about 7 MB for a picture of 128 pixels and 98 MB for 512.
/// A changed cell is followed through every layer, and exactly what it can reach is computed anew:
/// the picture equals a full decode bit for bit, on any number of threads. Calls from several
/// threads wait for each other.
public final class DecodeSession: @unchecked Sendable {
  private let model: Model
  /// The shape of the pyramids that it decodes.
  package let shape: PyramidShape
  private let space: Decoder.Workspace
  /// What the network in whole numbers needs, while words are only tried.
  private var bytes: ByteDecoder.Workspace?
  private let turn = Mutex(())

  private var cells: LatentCells
  private var loaded: [Int32]  // the words in the latent plane
  private var dirty: ChangedAreas  // cells whose surroundings are not computed yet
  private var shown: (words: [Int32], depth: Int)?
  private var image: PixelImage

  /// Decodes the first `depth` layers of a pyramid in full; nil is all of them.
  ///
  /// Throws for a depth or a word that does not exist, and `EngineError.cancelled` within two
  /// milliseconds once `isCancelled` says so.
  public init(
    model: Model, pyramid: Pyramid, depth: Int? = nil, isCancelled: () -> Bool = { false }
  ) throws(EngineError) {
    let shape = pyramid.shape
    let depth = depth ?? shape.depth
    try model.check(pyramid.words, depth: depth, of: shape)
    (self.model, self.shape) = (model, shape)
    space = Decoder.Workspace(model.configuration, shape: shape, keepsBlocks: true)
    cells = LatentCells(
      shape: shape, depth: depth, search: model.configuration.search)
    loaded = pyramid.words
    dirty = ChangedAreas()
    let size = model.pictureSize(of: shape)
    image = PixelImage(width: size.columns, height: size.rows, colour: .white)
    loadAll()
    _ = try show(pyramid.words, isCancelled)
  }

  /// The picture of the pyramid that was applied last, without those that were cancelled.
  public var picture: PixelImage { turn.withLock { _ in image } }

  /// The number of layers that the picture is decoded from.
  public var depth: Int { turn.withLock { _ in cells.depth } }

  /// Decodes a pyramid that differs from the last one in a few words, or in many.
  ///
  /// Gives the rectangle of the picture, in pixels, outside of which nothing has changed, or nil
  /// when nothing has. Another depth is a full decode in the same buffers. Throws
  /// `EngineError.cancelled` within two milliseconds once `isCancelled` says so; the picture is
  /// then as it was, and the next call makes up for what is missing.
  public func apply(
    _ pyramid: Pyramid, depth: Int? = nil, isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> Rectangle? {
    try turn.withLock { _ throws(EngineError) in
      let depth = depth ?? cells.depth
      try check(pyramid, depth: depth)
      if depth == cells.depth {
        load(pyramid.words)
      } else {
        cells = LatentCells(
          shape: shape, depth: depth, search: model.configuration.search)
        loaded = pyramid.words
        loadAll()
      }
      return try show(pyramid.words, isCancelled)
    }
  }

  /// Decodes a pyramid, and those that come, in whole numbers if they are only tried and the model
  /// refines words so: no person sees these pictures (docs/algorithm.md, "Precision").
  package func apply(_ pyramid: Pyramid, onlyTried: Bool) throws(EngineError) {
    try turn.withLock { _ throws(EngineError) in
      try check(pyramid, depth: cells.depth)
      let own = onlyTried ? model.decoder.bytes : nil
      if (own == nil) != (bytes == nil) {
        bytes = own.map {
          ByteDecoder.Workspace(
            $0, widths: model.configuration.decoder.stages.map(\.width), grid: shape.grid)
        }
        (dirty, shown) = (ChangedAreas([space.cells]), nil)
      }
      load(pyramid.words)
      _ = try show(pyramid.words, { false })
    }
  }

  /// What some words would make of the picture at one cell: for each word all that it can reach.
  ///
  /// The session's picture stays as it is. Throws as `apply` does.
  public func candidates(
    for cell: CellAddress, words: [Int32], isCancelled: () -> Bool = { false }
  ) throws(EngineError) -> (area: Rectangle, pictures: [PixelImage]) {
    try turn.withLock { _ throws(EngineError) in
      try model.check(words, depth: cells.depth, of: shape)
      let own = loaded
      defer { load(own) }
      let area = pixels(of: ChangedAreas([cells.area(of: shape.latentIndex(of: cell))]))
      var pictures: [PixelImage] = []
      for word in words {
        var changed = own
        changed[shape.index(of: cell)] = word
        load(changed)
        try settle(isCancelled)
        pictures.append(assembled(area))
      }
      return (area, pictures)
    }
  }

  // MARK: Steps

  private func check(_ pyramid: Pyramid, depth: Int) throws(EngineError) {
    guard pyramid.shape == shape else {
      throw .grid(pyramid.shape.grid, expected: shape.grid)
    }
    try model.check(pyramid.words, depth: depth, of: shape)
  }

  /// Puts every cell into the latent plane.
  private func loadAll() {
    let estimates = Quantizer(codebook: model.codebook)
      .estimates(of: loaded, shape: shape, depth: cells.depth)
    model.context.withSpinningThreads {
      model.decoder.load(estimates, upsampling: cells.upsampling, into: space, with: $0)
    }
    dirty = ChangedAreas([space.cells])
  }

  /// Puts the cells whose words differ from those of the latent plane into it.
  private func load(_ words: [Int32]) {
    let changed = cells.changed(from: loaded, to: words)
    loaded = words
    guard changed.count < space.cells.area / 4 else { return loadAll() }
    let (quantizer, cells) = (Quantizer(codebook: model.codebook), cells)
    unsafe model.decoder.set(
      cells.dependents(ofAny: changed), cellClasses: cells.upsampling.cellClass, in: space,
      with: model.context
    ) { unsafe quantizer.estimate(at: $0, in: cells, of: words, into: $1) }
    for cell in changed { dirty.insert(cells.area(of: cell)) }
    dirty.join(within: space.cells)
  }

  /// Computes what is not computed yet. What a cancelled call leaves stays dirty.
  private func settle(_ isCancelled: () -> Bool) throws(EngineError) {
    guard !dirty.areas.isEmpty else { return }
    try model.context.withSpinningThreads { context throws(EngineError) in
      while let area = dirty.areas.last {
        try model.decoder.refresh(area, in: space, bytes: bytes, with: context) {
          () throws(EngineError) in
          if isCancelled() { throw .cancelled }
        }
        dirty.removeLast()
      }
    }
  }

  /// Brings the picture up to the words in the latent plane.
  private func show(
    _ words: [Int32], _ isCancelled: () -> Bool
  ) throws(EngineError) -> Rectangle? {
    var outdated = ChangedAreas([space.cells])
    if let shown, shown.depth == cells.depth {
      let changed = cells.changed(from: shown.words, to: words)
      outdated = ChangedAreas(changed.map(cells.area(of:)))
    }
    try settle(isCancelled)
    shown = (words, cells.depth)
    guard !outdated.areas.isEmpty else { return nil }
    for area in outdated.areas { draw(pixels(of: ChangedAreas([area]))) }
    return pixels(of: outdated)
  }

  /// The least rectangle of pixels that holds all that the areas reach.
  private func pixels(of cells: ChangedAreas) -> Rectangle {
    let parts = cells.areas.map { model.decoder.pixelsReached(by: $0, of: space.cells) }
    return parts.dropFirst().reduce(parts[0]) { $0.union($1) }
  }

  private func draw(_ area: Rectangle) {
    model.decoder.assemble(area, in: space, with: model.context)
    space.draw(area, onto: &image)
  }

  private func assembled(_ area: Rectangle) -> PixelImage {
    model.decoder.assemble(area, in: space, with: model.context)
    var part = PixelImage(
      width: area.columns.count, height: area.rows.count, colour: .white)
    let origin = (area.rows.lowerBound, area.columns.lowerBound)
    space.draw(area, onto: &part, origin: origin)
    return part
  }

  /// All of the picture as floats in [-1, 1], [height, width, 3], from the planes as they are.
  package var floats: [Float] {
    turn.withLock { _ in
      model.decoder.assemble(space.pictureBounds, in: space, with: model.context)
      return unsafe Array(space.picture)
    }
  }
}
