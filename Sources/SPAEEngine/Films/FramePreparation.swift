package import SPAEPixels
import SPAEPyramid

/// A frame of a clip with what a film's encoder asks of it whatever the words are.
package struct PreparedFrame: Sendable {
  /// A frame's latent, [cells, latent], with what the frozen branches found in another frame.
  struct Latent: Sendable {
    let z: [Float]
    /// The number of that frame.
    let look: Int
    /// The cells that have it; nil is all.
    let cells: Set<Int>?

    func has(_ asked: Set<Int>) -> Bool { cells.map(asked.isSubset(of:)) ?? true }
  }

  /// Counted from 0.
  let number: Int
  let frame: PixelImage
  let shape: PyramidShape
  /// The frame at the size of its pyramid's picture.
  let source: PixelImage
  /// The share of it, from 0 to 1, that the frame before does not explain.
  let novelty: Float
  /// What the frozen branches find in it, where it is time for a look.
  let found: GuidedCandidates?
  /// Where much has changed since the frame before.
  let latent: Latent?
}

/// Prepares the frames of a clip in their order; another thread may do so while a film's encoder is
/// at earlier ones.
package struct FramePreparation: Sendable {
  private let model: Model
  private let settings: FilmSettings
  private let size: Int
  private let fit: Fit
  private let context: Context
  private let isAhead: Bool
  private var detector = ShotDetector()
  private var number = 0
  private var last: PixelImage?
  /// What the frozen branches saw when they looked last, and in which frame.
  private var look: (semantics: SemanticMap?, number: Int) = (nil, 0)

  /// Of another thread's frames each is prepared on that thread alone, if `isAhead`.
  package init(
    model: Model, settings: FilmSettings, size: Int = 128, fit: Fit = .crop, isAhead: Bool = false
  ) {
    (self.model, self.settings, self.size, self.fit) = (model, settings, size, fit)
    context = isAhead ? model.context.onOneThread : model.context
    self.isAhead = isAhead
  }

  /// Throws `EngineError` for a size that does not exist.
  package mutating func prepare(_ frame: PixelImage) throws(EngineError) -> PreparedFrame {
    guard isAhead else { return try prepared(frame) }
    return try model.context.parallel.withoutThread { () throws(EngineError) in
      try prepared(frame)
    }
  }

  private mutating func prepared(_ frame: PixelImage) throws(EngineError) -> PreparedFrame {
    let shape = try model.shape(forSize: size, fit: fit, width: frame.width, height: frame.height)
    let source = model.picture(frame, for: shape, fit: fit)
    let novelty = detector.novelty(of: source)
    let (found, latent) = context.withSpinningThreads {
      context -> (GuidedCandidates?, PreparedFrame.Latent?) in
      let found = self.found(in: frame, novelty, shape, with: context)
      return (found, self.latent(of: source, novelty, shape, with: context))
    }
    defer { (last, number) = (source, number + 1) }
    return PreparedFrame(
      number: number, frame: frame, shape: shape, source: source, novelty: novelty, found: found,
      latent: latent)
  }

  /// What the frozen branches find, where it is time: the encoder looks at the same frames.
  private mutating func found(
    in frame: PixelImage, _ novelty: Float, _ shape: PyramidShape, with context: Context
  ) -> GuidedCandidates? {
    let isCut = last == nil || novelty > settings.cut
    let isDue = novelty > settings.doubtfulCut || number - look.number >= settings.framesOfLook
    guard isCut || isDue else { return nil }
    let image = frame.framed(fit)
    let (semantics, named) = model.looked(at: image, shape: shape, with: context)
    look = (semantics, number)
    return model.candidates(
      for: semantics, named: named, of: image.resampled(to: model.pictureSize(of: shape)),
      shape: shape, semanticWeight: 1, with: context)
  }

  /// The latent of a cut, and of cells that have changed so much that they begin anew; of all cells
  /// where the frozen branches have looked, since any may get another upper word.
  private func latent(
    of source: PixelImage, _ novelty: Float, _ shape: PyramidShape, with context: Context
  ) -> PreparedFrame.Latent? {
    var cells: Set<Int>?
    if let last, number != look.number, last.pixels.count == source.pixels.count {
      let changed = source.cells(
        changedSince: last, least: settings.beginning, grid: shape.grid)
      if changed.isEmpty { return nil }
      cells = changed
    }
    let z = model.latent(
      of: source, shape: shape, semantics: look.semantics, cells: cells?.sorted(), with: context)
    return PreparedFrame.Latent(z: z, look: look.number, cells: cells)
  }
}
