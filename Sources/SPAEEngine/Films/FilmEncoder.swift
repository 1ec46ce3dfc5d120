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
  private var detector = ShotDetector()
  private var shot: Shot?

  /// What is known of the shot that is being encoded.
  private struct Shot {
    let session: DecodeSession
    let search: FilmSearch
    var pyramid: Pyramid
    /// The last frame of the clip, as the pyramid's picture.
    var source: PixelImage
    /// Each cell of the clip when its words were chosen last.
    var seen: PixelImage
    var sinceKey = 0
    var looks: UpperWords
  }

  /// Pictures become words of `size` pixels along the shorter side: 64, 128, 256 or 512.
  package init(
    model: Model, settings: FilmSettings = FilmSettings(), size: Int = 128, fit: Fit = .crop
  ) {
    (self.model, self.settings) = (model, settings)
    (self.size, self.fit) = (size, fit)
  }

  /// The words of the frame that was encoded last.
  package var pyramid: Pyramid? { shot?.pyramid }

  /// What they decode to.
  package var picture: PixelImage? { shot?.session.picture }

  /// Encodes the next frame of the clip.
  ///
  /// Throws `EngineError` for a size that does not exist, and for a frame that makes another shape
  /// of pyramid than the first one.
  package func encode(_ frame: PixelImage) throws(EngineError) -> FilmFrame {
    let shape = try model.shape(forSize: size, fit: fit, width: frame.width, height: frame.height)
    if let shot, shot.pyramid.shape != shape {
      throw .grid(shape.grid, expected: shot.pyramid.shape.grid)
    }
    let source = model.picture(frame, for: shape, fit: fit)
    let isCut = detector.novelty(of: source) > settings.cut
    guard var shot, !isCut else { return try begin(frame, source) }
    let old = shot.pyramid
    shot.sinceKey += 1
    try follow(frame, source, &shot)
    let isKey = shot.sinceKey >= settings.longestRun
    if isKey { shot.sinceKey = 0 }
    self.shot = shot
    return isKey ? FilmFrame(.key(shot.pyramid)) : FilmFrame(from: old, to: shot.pyramid)
  }

  // MARK: Key frames

  /// Encodes the first frame of a shot.
  private func begin(_ frame: PixelImage, _ source: PixelImage) throws(EngineError) -> FilmFrame {
    let first = try model.encode(frame, size: size, fit: fit)
    let session: DecodeSession
    if let shot {
      session = shot.session
      _ = try session.apply(first)
    } else {
      session = try DecodeSession(model: model, pyramid: first)
    }
    var shot = Shot(
      session: session, search: shot?.search ?? FilmSearch(model, shape: first.shape),
      pyramid: first, source: source, seen: source, looks: UpperWords(first))
    try polish(&shot)
    self.shot = shot
    return FilmFrame(.key(shot.pyramid))
  }

  /// Chooses the fine words of a key frame again, as long as that helps.
  private func polish(_ shot: inout Shot) throws(EngineError) {
    let depth = shot.pyramid.shape.depth
    let target = shot.source.floats
    var least = shot.source.squaredError(to: shot.session.picture)
    for _ in 0..<settings.keyPasses {
      let question = FilmSearch.Question(
        standing: shot.pyramid.words, target: target,
        cells: Array(0..<shot.pyramid.shape.grid.count), layers: [depth, depth - 1, depth - 2],
        price: 0)
      let better = try improved(shot.pyramid, question, shot)
      _ = try shot.session.apply(better)
      let error = shot.source.squaredError(to: shot.session.picture)
      guard error < least else {
        _ = try shot.session.apply(shot.pyramid)
        return
      }
      (shot.pyramid, least) = (better, error)
    }
  }

  private func improved(
    _ pyramid: Pyramid, _ question: FilmSearch.Question, _ shot: Shot
  ) throws(EngineError) -> Pyramid {
    let decoded = shot.session.picture
    let words = model.context.withSpinningThreads { context in
      shot.search.improved(pyramid.words, question, decoded: decoded, with: context)
    }
    guard let better = Pyramid(shape: pyramid.shape, words: words) else { throw .pictureSize(size) }
    return better
  }

  // MARK: Other frames

  /// Changes the words that the next frame of a shot needs changed.
  private func follow(
    _ frame: PixelImage, _ source: PixelImage, _ shot: inout Shot
  ) throws(EngineError) {
    let standing = shot.pyramid
    let shape = standing.shape
    let before = shot.session.picture
    let errors = FrameErrors(
      of: source, after: shot.source, shown: before, grid: shape.grid, settings: settings)
    let lastSource = shot.source
    shot.source = source
    let cells = errors.cells(changedSince: shot.seen, least: settings.tolerance / 8)
    guard !cells.isEmpty else { return }
    shot.seen.copy(cells, from: source, columns: shape.grid.columns)
    let depth = shape.depth
    var question = FilmSearch.Question(
      standing: standing.words, target: errors.target, cells: cells,
      layers: [depth, depth - 1, depth - 2],
      fresh: errors.cells(changedSince: lastSource, least: settings.fresh),
      price: settings.price)
    var pyramid = standing
    for pass in 0..<settings.passes {
      if pass > 0 { question.fresh = [] }
      pyramid = try improved(pyramid, question, shot)
      _ = try shot.session.apply(pyramid)
    }
    shot.pyramid = try kept(pyramid, over: standing, errors, shot)
  }

  /// The changed words without those of cells that gain too little by them.
  private func kept(
    _ new: Pyramid, over standing: Pyramid, _ errors: FrameErrors, _ shot: Shot
  ) throws(EngineError) -> Pyramid {
    let shape = new.shape
    var changes: [Int: [Edit.Change]] = [:]
    for change in Edit(from: standing, to: new).changes {
      changes[shape.latentIndex(of: shape.cell(at: change.index)), default: []].append(change)
    }
    guard !changes.isEmpty else { return new }
    let gains = errors.gains(of: Set(changes.keys), decoded: shot.session.picture)
    var words = new.words
    for (cell, changes) in changes {
      let cost = Float(changes.count) * settings.tolerance * 192 / 2
      if gains[cell, default: 0] < cost {
        for change in changes { words[change.index] = change.old }
      }
    }
    guard words != new.words, let kept = Pyramid(shape: shape, words: words) else { return new }
    _ = try shot.session.apply(kept)
    return kept
  }
}

extension FilmSettings {
  /// What a word costs, as a squared error of pixels in [-1, 1].
  var price: Float { tolerance * 192 / (127.5 * 127.5) }
}

/// Placeholder
struct UpperWords { init(_ pyramid: Pyramid) {} }
