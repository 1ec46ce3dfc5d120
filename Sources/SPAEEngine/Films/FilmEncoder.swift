package import SPAEPixels
package import SPAEPyramid

/// Turns a clip into a film of words, frame after frame, in constant memory.
///
/// The first frame of a shot is encoded as a picture. After it a word stays unless another one
/// reduces the error of the decoded frame by more than `tolerance`. The same frames give the same
/// words on any number of threads.
package final class FilmEncoder {
  private let model: Model
  private let settings: FilmSettings
  private let size: Int
  private let fit: Fit
  private var preparation: FramePreparation
  private var shot: Shot?

  /// What is known of the shot that is being encoded.
  private struct Shot {
    /// Decodes words as they are tried.
    let session: DecodeSession
    let search: FilmSearch
    /// The mean squared error of the frame that was encoded last, of colours from 0 to 255.
    var error: Float = 0
    var filter = SteadyFilter(levels: 0)
    var pyramid: Pyramid
    /// The picture that the last frame shows, as it is tried.
    var shown: PixelImage
    /// The last frame of the clip, as the pyramid's picture.
    var source: PixelImage
    /// Each cell of the clip when its words were chosen last.
    var seen: PixelImage
    var names = UpperWords()
    var semantics: SemanticMap?
    /// The number of the frame in which they looked last.
    var look: Int
    /// The frames since the frozen branches looked last.
    var sinceLook = 0
    /// The frames since the last key frame.
    var sinceKey = 0
  }

  /// Pictures become words of `size` pixels along the shorter side: 64, 128, 256 or 512.
  package init(
    model: Model, settings: FilmSettings = FilmSettings(), size: Int = 128, fit: Fit = .crop
  ) {
    (self.model, self.settings) = (model, settings)
    (self.size, self.fit) = (size, fit)
    preparation = FramePreparation(model: model, settings: settings, size: size, fit: fit)
  }

  /// The words of the frame that was encoded last.
  package var pyramid: Pyramid? { shot?.pyramid }

  /// Encodes the next frame of the clip.
  ///
  /// Throws `EngineError` for a size that does not exist, and for a frame that makes another shape
  /// of pyramid than the first one.
  package func encode(_ frame: PixelImage) throws(EngineError) -> FilmFrame {
    try encode(try preparation.prepare(frame))
  }

  /// Encodes the next frame, which was prepared with the model, settings, size and fit of this encoder.
  package func encode(_ prepared: PreparedFrame) throws(EngineError) -> FilmFrame {
    let novelty = prepared.novelty
    if let shot, shot.pyramid.shape != prepared.shape {
      throw .grid(prepared.shape.grid, expected: shot.pyramid.shape.grid)
    }
    guard var shot, novelty <= settings.cut else { return try begin(prepared) }
    (shot.sinceLook, shot.sinceKey) = (shot.sinceLook + 1, shot.sinceKey + 1)
    let isDoubtful = novelty > settings.doubtfulCut
    let isLook = isDoubtful || shot.sinceLook >= settings.framesOfLook
    var found = isLook ? prepared.found : nil
    if isLook, found == nil { found = try candidates(prepared.frame) }
    if isDoubtful, let found, UpperWords.lost(shot.pyramid, found) > 0.5 {
      return try begin(prepared)
    }
    let old = shot.pyramid
    try follow(prepared, found, &shot)
    if shot.sinceKey >= settings.longestRun { return keyFrame(of: &shot) }
    shot.shown = shot.filter.picture(shot.session.picture, after: shot.shown)
    shot.error = shot.source.meanSquaredError(to: shot.shown)
    self.shot = shot
    return FilmFrame(from: old, to: shot.pyramid)
  }

  /// A frame from which reading can begin.
  private func keyFrame(of shot: inout Shot) -> FilmFrame {
    (shot.sinceKey, shot.shown) = (0, shot.session.picture)
    shot.error = shot.source.meanSquaredError(to: shot.shown)
    shot.filter = settings.filter(for: shot.error)
    self.shot = shot
    return FilmFrame(.key(shot.pyramid, steady: shot.filter.levels))
  }

  private func candidates(_ frame: PixelImage) throws(EngineError) -> GuidedCandidates {
    try model.candidates(in: frame, size: size, fit: fit, semanticWeight: 1)
  }

  // MARK: The first frame of a shot

  private func begin(_ prepared: PreparedFrame) throws(EngineError) -> FilmFrame {
    let source = prepared.source
    let (first, found) = try encoded(prepared)
    let session: DecodeSession
    if let shot {
      session = shot.session
      try session.apply(first, onlyTried: false)
    } else {
      session = try DecodeSession(model: model, pyramid: first)
    }
    var shot = Shot(
      session: session, search: shot?.search ?? FilmSearch(model, shape: first.shape),
      pyramid: first, shown: session.picture, source: source, seen: source,
      semantics: found.semantics, look: prepared.number)
    try polish(&shot)
    try session.apply(shot.pyramid, onlyTried: true)
    return keyFrame(of: &shot)
  }

  /// The words of a frame as those of a picture, from its latent if that is there already.
  private func encoded(
    _ prepared: PreparedFrame
  ) throws(EngineError) -> (pyramid: Pyramid, candidates: GuidedCandidates) {
    guard let found = prepared.found, let latent = prepared.latent, latent.cells == nil,
      latent.look == prepared.number
    else { return try model.encodeWithCandidates(prepared.frame, size: size, fit: fit) }
    let pyramid = try model.pyramid(
      for: latent.z, of: prepared.source, shape: prepared.shape, candidates: found)
    return (pyramid, found)
  }

  /// Chooses the words of the last two layers again, as long as that helps.
  private func polish(_ shot: inout Shot) throws(EngineError) {
    var question = FilmSearch.Question(
      standing: shot.pyramid.words, target: shot.source.floats,
      cells: Set(0..<shot.pyramid.shape.grid.count), penalty: 0)
    var least = shot.source.squaredError(to: shot.session.picture)
    for _ in 0..<settings.keyPasses where !question.cells.isEmpty {
      let errors = errors(of: shot.source, shot)
      let better = try improved(shot.pyramid, question, shot)
      _ = try shot.session.apply(better)
      let kept = try kept(better, from: shot.pyramid, least: 0, errors, shot)
      let error = shot.source.squaredError(to: shot.session.picture)
      guard error < least else {
        _ = try shot.session.apply(shot.pyramid)
        return
      }
      question.cells = errors.around(cells(changedFrom: shot.pyramid, to: kept))
      (shot.pyramid, least) = (kept, error)
    }
  }

  // MARK: The frames after it

  /// Changes the words that the next frame of a shot needs changed.
  private func follow(
    _ prepared: PreparedFrame, _ found: GuidedCandidates?, _ shot: inout Shot
  ) throws(EngineError) {
    let source = prepared.source
    let (last, columns) = (shot.source, source.width / shot.search.patch)
    let settings = settings.scaled(to: shot.error)
    let errors = errors(of: source, shot)
    shot.source = source
    if found != nil { shot.look = prepared.number }
    let renamed = try rename(by: found, &shot)
    let changed = errors.cells(changedSince: shot.seen, least: settings.tolerance / 4)
    guard !changed.isEmpty || !renamed.isEmpty else { return }
    shot.seen.copy(changed, from: source, columns: columns)
    var question = FilmSearch.Question(
      standing: shot.pyramid.words, target: source.floats,
      cells: errors.around(changed.union(renamed)), penalty: settings.penalty)
    let beginning = errors.cells(changedSince: last, least: settings.beginning)
    var pyramid = try begun(
      beginning.intersection(changed).union(renamed), shot, latent: prepared.latent)
    for _ in 0..<settings.passes where !question.cells.isEmpty {
      let better = try improved(pyramid, question, shot)
      // Where nothing has moved, the same step would find the same words.
      question.cells.formIntersection(errors.around(cells(changedFrom: pyramid, to: better)))
      pyramid = better
    }
    _ = try shot.session.apply(pyramid)
    shot.pyramid = try kept(
      pyramid, from: shot.pyramid, besides: renamed, least: settings.cellError / 2, errors, shot)
  }

  private func errors(of source: PixelImage, _ shot: Shot) -> FrameErrors {
    FrameErrors(
      of: source, grid: shot.pyramid.shape.grid, decoded: shot.session.picture, after: shot.shown,
      by: shot.filter)
  }

  /// Puts other words where upper ones fit no longer; gives the cells that they visit.
  private func rename(
    by found: GuidedCandidates?, _ shot: inout Shot
  ) throws(EngineError) -> Set<Int> {
    guard let found else { return [] }
    (shot.sinceLook, shot.semantics) = (0, found.semantics)
    let renamed = shot.names.renamed(in: shot.pyramid, by: found)
    let shape = shot.pyramid.shape
    for (index, word) in renamed { shot.pyramid[shape.cell(at: index)] = word }
    return Set(renamed.keys.map { shape.latentIndex(of: shape.cell(at: $0)) })
  }

  /// The words with those of some cells begun anew by the encoder, whose latent may be there already.
  private func begun(
    _ cells: Set<Int>, _ shot: Shot, latent: PreparedFrame.Latent?
  ) throws(EngineError) -> Pyramid {
    guard !cells.isEmpty else { return shot.pyramid }
    let shape = shot.pyramid.shape
    let words = model.context.withSpinningThreads { context in
      let ahead = latent.flatMap { $0.look == shot.look && $0.has(cells) ? $0.z : nil }
      let z =
        ahead
        ?? model.latent(
          of: shot.source, shape: shape, semantics: shot.semantics, with: context)
      return shot.search.begun(shot.pyramid.words, cells: cells, latent: z, with: context)
    }
    return try pyramid(words, shape)
  }

  private func improved(
    _ pyramid: Pyramid, _ question: FilmSearch.Question, _ shot: Shot
  ) throws(EngineError) -> Pyramid {
    _ = try shot.session.apply(pyramid)
    let decoded = shot.session.picture
    let words = model.context.withSpinningThreads { context in
      shot.search.improved(pyramid.words, question, decoded: decoded, with: context)
    }
    return try self.pyramid(words, pyramid.shape)
  }

  /// The changed words without those of cells that gain too little by them.
  private func kept(
    _ new: Pyramid, from old: Pyramid, besides renamed: Set<Int> = [], least: Float,
    _ errors: FrameErrors, _ shot: Shot
  ) throws(EngineError) -> Pyramid {
    let shape = new.shape
    let changes = Dictionary(grouping: Edit(from: old, to: new).changes) {
      shape.latentIndex(of: shape.cell(at: $0.index))
    }
    let gains = errors.gains(of: Set(changes.keys), decoded: shot.session.picture)
    var words = new.words
    for (cell, changes) in changes where !renamed.contains(cell) {
      if gains[cell, default: 0] < Float(changes.count) * least {
        for change in changes { words[change.index] = change.old }
      }
    }
    guard words != new.words else { return new }
    let kept = try pyramid(words, shape)
    _ = try shot.session.apply(kept)
    return kept
  }

  /// The cells of the latent grid whose words differ.
  private func cells(changedFrom old: Pyramid, to new: Pyramid) -> Set<Int> {
    let changes = Edit(from: old, to: new).changes
    return Set(changes.map { old.shape.latentIndex(of: old.shape.cell(at: $0.index)) })
  }

  private func pyramid(_ words: [Int32], _ shape: PyramidShape) throws(EngineError) -> Pyramid {
    guard let pyramid = Pyramid(shape: shape, words: words) else { throw .pictureSize(size) }
    return pyramid
  }
}
