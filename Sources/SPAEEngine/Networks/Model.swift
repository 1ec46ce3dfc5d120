public import SPAEPixels
public import SPAEPyramid
import Synchronization

/// A SPAE: a picture becomes a pyramid of words, and the words become the picture again.
public final class Model: Sendable {
  package let configuration: ModelConfiguration
  /// The words, by number.
  public let vocabulary: Vocabulary
  /// The words' embeddings and codes.
  public let codebook: Codebook

  /// The folder it was loaded from.
  public let folder: String

  /// The instruction set its kernels use.
  public let instructionSet: InstructionSet

  private let knownIdentity: Mutex<String?>
  let encoder: Encoder
  let decoder: Decoder
  let semanticBranch: SemanticBranch?
  let evidence: EvidenceBranches?
  private let colours: ColourCandidates?
  let context: Context
  private let semanticSpaces: WorkspacePool<SemanticView, SemanticBranch.Workspace>
  private let encoderSpaces: WorkspacePool<PyramidShape, Encoder.Workspace>
  let reuse = BufferReuse()
  let decoderSpaces = WorkspacePool<PyramidShape, Decoder.Workspace>()
  let recentPictures = RecentPictures()
  let refinementSpaces = WorkspacePool<PyramidShape, Refinement.Workspace>()

  /// Loads a model's folder: config.json, vocabulary.txt and the safetensors files beside them.
  public convenience init(
    folder: String, instructionSet: InstructionSet? = nil, parallel: Parallel = Parallel()
  ) throws(EngineError) {
    try self.init(
      folder: folder, precision: .ofModel, instructionSet: instructionSet, parallel: parallel)
  }

  /// The same, in the precision that the model asks for or in another.
  package init(
    folder: String, precision: Precision, instructionSet: InstructionSet? = nil,
    parallel: Parallel = Parallel()
  ) throws(EngineError) {
    self.folder = folder
    let chosen = if let instructionSet { instructionSet } else { try InstructionSet.chosen() }
    self.instructionSet = chosen
    context = Context(chosen, parallel: parallel)
    var configuration = try ModelConfiguration(folder: folder)
    if precision == .float32 { configuration.precision = nil }
    self.configuration = configuration
    semanticSpaces = WorkspacePool(reuse)
    encoderSpaces = WorkspacePool(reuse)
    knownIdentity = Mutex(
      try ModelFiles(folder: folder, configuration: configuration).verifiedIdentity())
    let weightsPath = folder + "/weights.safetensors"
    var weights = Weights(try Safetensors(path: weightsPath), path: weightsPath)
    let lexicon = try Lexicon(
      folder: folder, configuration: configuration, weights: &weights, context: context)
    (vocabulary, codebook) = (lexicon.vocabulary, lexicon.codebook)
    encoder = try Encoder(configuration, instructionSet: chosen, from: &weights)
    decoder = try Decoder(configuration, instructionSet: chosen, from: &weights)
    try weights.finish()
    semanticBranch = try configuration.semantic.map { sizes throws(EngineError) in
      let path = folder + "/semantic.safetensors"
      var weights = Weights(try Safetensors(path: path), path: path, keepsHalves: true)
      let branch = try SemanticBranch(
        sizes: sizes, precision: configuration.precision?.semantic,
        textWidth: configuration.text, instructionSet: chosen, from: &weights)
      try weights.finish()
      return branch
    }
    evidence = try EvidenceBranches(
      configuration, folder: folder, vocabulary: vocabulary, instructionSet: chosen, reuse: reuse)
    colours = try ColourCandidates(
      configuration, vocabulary: vocabulary, path: folder + "/config.json")
  }

  /// In which numbers a model computes.
  package enum Precision: String, CaseIterable, Sendable {
    /// As its configuration says.
    case ofModel = "model"
    /// In float32 alone.
    case float32
  }

  // MARK: Use

  /// The shape of the pyramid of a square of some pixels a side: 64, 128, 256 or 512.
  public func shape(forSize size: Int) throws(EngineError) -> PyramidShape {
    try shape(forSize: size, fit: .crop, width: size, height: size)
  }

  /// The shape of the pyramid of a picture of `width` x `height` pixels whose shorter side is to have
  /// `size` pixels: 64, 128, 256 or 512.
  public func shape(
    forSize size: Int, fit: Fit, width: Int, height: Int
  ) throws(EngineError) -> PyramidShape {
    let cells = size / configuration.patch
    let isWhole = fit == .whole
    guard size % configuration.patch == 0,
      let shape = isWhole
        ? PyramidShape(shorterSide: cells, width: width, height: height)
        : PyramidShape(grid: cells)
    else { throw .pictureSize(size) }
    return shape
  }

  /// The pixels of the picture that a pyramid stands for.
  public func pictureSize(of shape: PyramidShape) -> GridSize {
    shape.grid.scaled(by: configuration.patch)
  }

  /// The picture that a pyramid of some shape is to stand for, before it becomes words.
  public func picture(_ image: PixelImage, for shape: PyramidShape, fit: Fit) -> PixelImage {
    image.framed(fit).resampled(to: pictureSize(of: shape))
  }

  /// Turns a picture into words; `size` is the number of pixels that its shorter side becomes.
  ///
  /// `semanticWeight` multiplies the number of candidates of each position of the guided layers and
  /// divides their penalties; 0 is the paper's plain nearest word. The semantic branch looks at the
  /// source, not at the small copy.
  public func encode(
    _ image: PixelImage, size: Int = 128, fit: Fit = .crop, semanticWeight: Float = 1
  ) throws(EngineError) -> Pyramid {
    try encode(image, size: size, fit: fit, semanticWeight: semanticWeight, with: context).pyramid
  }

  /// Turns a picture into words, and tells where those of the guided layers come from.
  ///
  /// `progress` is told how far it is, from 0 to 1, after each layer of words.
  package func encodeWithOrigins(
    _ image: PixelImage, size: Int = 128, fit: Fit = .crop, semanticWeight: Float = 1,
    progress: ((Double) -> Void)? = nil
  ) throws(EngineError) -> (pyramid: Pyramid, origins: [[WordOrigin]]) {
    let (pyramid, found) = try encode(
      image, size: size, fit: fit, semanticWeight: semanticWeight, with: context,
      progress: progress)
    return (pyramid, origins(of: pyramid, found))
  }

  /// Turns a picture into words, with the candidates of its guided layers.
  func encodeWithCandidates(
    _ image: PixelImage, size: Int, fit: Fit
  ) throws(EngineError) -> (pyramid: Pyramid, candidates: GuidedCandidates) {
    try encode(image, size: size, fit: fit, semanticWeight: 1, with: context)
  }

  /// The words of a picture whose latent and candidates are known.
  func pyramid(
    for z: [Float], of picture: PixelImage, shape: PyramidShape, candidates: GuidedCandidates
  ) throws(EngineError) -> Pyramid {
    let words = context.withSpinningThreads { context in
      chosen(
        for: z, of: picture, shape: shape, candidates: candidates.candidates, with: context,
        progress: nil)
    }
    guard let pyramid = Pyramid(shape: shape, words: words) else {
      throw .pictureSize(picture.width)
    }
    return pyramid
  }

  /// Runs work after which no picture is encoded for a while: what the encoder and the frozen
  /// branches need for a picture is given back as soon as each of them is done.
  package func withoutReuse<Result, E>(_ body: () throws(E) -> Result) throws(E) -> Result {
    try reuse.suspended(body)
  }

  private func encode(
    _ image: PixelImage, size: Int, fit: Fit, semanticWeight: Float, with context: Context,
    progress: ((Double) -> Void)? = nil
  ) throws(EngineError) -> (pyramid: Pyramid, candidates: GuidedCandidates) {
    let shape = try shape(forSize: size, fit: fit, width: image.width, height: image.height)
    let image = image.framed(fit)
    let (words, found) = context.withSpinningThreads { context in
      let picture = image.resampled(to: pictureSize(of: shape))
      let seen = look(at: image, as: picture, shape: shape, with: context)
      let found = candidates(
        for: seen.semantics, named: seen.named, of: picture, shape: shape,
        semanticWeight: semanticWeight, with: context)
      return (
        chosen(
          for: seen.z, of: picture, shape: shape, candidates: found.candidates, with: context,
          progress: progress), found
      )
    }
    guard let pyramid = Pyramid(shape: shape, words: words) else { throw .pictureSize(size) }
    return (pyramid, found)
  }

  /// The candidates of the guided layers of a picture, without its words.
  func candidates(
    in image: PixelImage, size: Int, fit: Fit, semanticWeight: Float
  ) throws(EngineError) -> GuidedCandidates {
    let shape = try shape(forSize: size, fit: fit, width: image.width, height: image.height)
    let image = image.framed(fit)
    return context.withSpinningThreads { context in
      let (semantics, named) = looked(at: image, shape: shape, with: context)
      return candidates(
        for: semantics, named: named, of: image.resampled(to: pictureSize(of: shape)),
        shape: shape, semanticWeight: semanticWeight, with: context)
    }
  }

  /// A picture's latent before it becomes words, [cells, latent]; where only some cells are asked for,
  /// in order, the others have zeros.
  package func latent(
    of image: PixelImage, size: Int, cells: [Int]? = nil
  ) throws(EngineError) -> [Float] {
    let (shape, image) = (try shape(forSize: size), image.framed(.crop))
    return latent(
      of: image.resampled(width: size, height: size), shape: shape,
      semantics: semantics(of: image, shape: shape, with: context), cells: cells, with: context)
  }

  /// The same of a picture that has been scaled.
  func latent(
    of picture: PixelImage, shape: PyramidShape, semantics: SemanticMap?, inFloats: Bool = false,
    cells: [Int]? = nil, with context: Context
  ) -> [Float] {
    context.profiler?.enter("encoder")
    return encoderSpaces.with(
      shape, make: { Encoder.Workspace(encoder, shape: shape) }
    ) {
      encoder.latent(
        of: picture, semantics: semantics, shape: shape, inFloats: inFloats, cells: cells, in: $0,
        with: context)
    }
  }

  /// The words for a picture's latent: each layer quantized, and most of them refined.
  private func chosen(
    for z: [Float], of picture: PixelImage, shape: PyramidShape, candidates: [Int: [Candidates]],
    with context: Context, progress: ((Double) -> Void)?
  ) -> [Int32] {
    let search = WordSearch(codebook: codebook, decoder: decoder, rules: configuration.search)
    return decoderSpaces.with(shape, make: { Decoder.Workspace(configuration, shape: shape) }) {
      decoded in
      refinementSpaces.with(
        shape,
        make: {
          Refinement.Workspace(configuration, shape: shape, decoder: decoder, with: context)
        }
      ) { space in
        search.words(
          for: z, of: picture, shape: shape, candidates: candidates, in: space, decodedIn: decoded,
          with: context, progress: progress)
      }
    }
  }

  /// What the buffers of the semantic branch go by.
  private struct SemanticView: Hashable, Sendable {
    let view: BranchView
    let grid: GridSize
  }

  /// What the semantic branch sees in a framed picture, if the model has one.
  func semantics(
    of image: PixelImage, shape: PyramidShape, with context: Context
  ) -> SemanticMap? {
    guard let branch = semanticBranch else { return nil }
    context.profiler?.enter("classifier")
    let view = image.resampled(to: BranchView.size(of: branch.sizes.input, for: shape))
    let key = SemanticView(
      view: BranchView(view, threads: context.parallel.threads),
      grid: SemanticMap.size(for: shape))
    return semanticSpaces.with(
      key,
      make: {
        SemanticBranch.Workspace(
          branch, size: key.view.size, grid: key.grid, threads: key.view.threads)
      }
    ) {
      space in
      context.withSpinningThreads { branch.map(of: view, in: space, with: $0) }
    }
  }

  /// The numbers of the classes that the frozen classifier finds likeliest in a picture, the likeliest
  /// first; none without a classifier.
  package func classes(
    in image: PixelImage, size: Int = 128, fit: Fit = .crop
  ) throws(EngineError) -> [Int32] {
    let shape = try shape(forSize: size, fit: fit, width: image.width, height: image.height)
    return semantics(of: image.framed(fit), shape: shape, with: context)?.classes ?? []
  }

  /// What names each position of the upper layers of a picture, if the model can tell.
  package func named(
    in image: PixelImage, size: Int = 128, fit: Fit = .crop
  ) throws(EngineError) -> [[EvidenceMap.Named?]]? {
    let shape = try shape(forSize: size, fit: fit, width: image.width, height: image.height)
    let image = image.framed(fit)
    return context.withSpinningThreads { looked(at: image, shape: shape, with: $0).named }
  }

  /// The words that each position of the guided layers may choose from; where something names it,
  /// those of its class.
  func candidates(
    for semantics: SemanticMap?, named: [[EvidenceMap.Named?]]?, of picture: PixelImage,
    shape: PyramidShape, semanticWeight: Float, with context: Context
  ) -> GuidedCandidates {
    guard let semantics, let guided = configuration.guided, semanticWeight > 0 else {
      return GuidedCandidates()
    }
    // The finest grid is left to the latent.
    let count = min(guided.candidates.count, max(SemanticMap.layer, shape.depth - 2))
    let regions = shape.layers.prefix(min(count, SemanticMap.layer)).map {
      semantics.regions(of: $0)
    }
    let texts = regions.joined().flatMap { region in
      zip(semantics.whole, region).map {
        guided.wholeShare * $0 + (1 - guided.wholeShare) * $1
      }
    }
    let names = (1...count).map { colours?.words(ofLayer: $0, of: shape, in: picture) ?? [] }
    let layers = (1...count).map { layer in
      let seen = evidence == nil || layer > named?.count ?? 0 ? nil : named?[layer - 1]
      let size = Int(
        (Float(guided.candidates[layer - 1]) * semanticWeight).rounded(.toNearestOrEven))
      return Codebook.CandidateRequest(
        texts: SemanticMap.texts(ofLayer: layer, of: shape),
        closed: Set((seen ?? []).indices.filter { seen?[$0] != nil }),
        size: min(max(1, size), codebook.count),
        specificity: guided.specificity?[layer - 1] ?? 0,
        penalty: (guided.penalty?[layer - 1] ?? 0) / semanticWeight,
        colours: names[layer - 1],
        colourScore: colours?.score ?? 0)
    }
    var found = codebook.candidates(for: texts, layers: layers, with: context)
    if let named, let evidence {
      for (layer, (request, named)) in zip(layers, named).enumerated() {
        let step = request.penalty * evidence.map.sizes.step
        for (position, own) in named.enumerated() {
          guard let own else { continue }
          found[layer][position] = Candidates(evidence.words(own), step: step)
        }
      }
    }
    return GuidedCandidates(
      candidates: Dictionary(uniqueKeysWithValues: zip(1..., found)), colours: names, named: named,
      wholeBest: semantics.wholeBest, cellBest: semantics.cellBest, layers: shape.layers,
      semantics: semantics)
  }

  /// Decodes the picture that the first `depth` layers of words give; nil is all of them.
  public func decode(_ pyramid: Pyramid, depth: Int? = nil) throws(EngineError) -> PixelImage {
    let size = pictureSize(of: pyramid.shape)
    return unsafe try decoded(pyramid, depth: depth, with: context) { pixels in
      unsafe PixelImage(
        width: size.columns, height: size.rows,
        pixels: pixels.map { Decoder.byte($0) })
    }
  }

  /// The same as floats in [-1, 1], [height, width, 3].
  package func decodedFloats(_ pyramid: Pyramid, depth: Int) throws(EngineError) -> [Float] {
    unsafe try decoded(pyramid, depth: depth, with: context) { unsafe Array($0) }
  }

  /// Refuses words that the vocabulary lacks and depths that the pyramid lacks.
  func check(_ words: [Int32], depth: Int, of shape: PyramidShape) throws(EngineError) {
    guard (1...shape.depth).contains(depth) else {
      throw .depth(depth, greatest: shape.depth)
    }
    if let word = words.first(where: { $0 < 0 || Int($0) >= codebook.count }) {
      throw .word(word, vocabulary: codebook.count)
    }
  }

  private func decoded<Result>(
    _ pyramid: Pyramid, depth: Int?, with context: Context,
    _ take: (UnsafeBufferPointer<Float>) -> Result
  ) throws(EngineError) -> Result {
    let shape = pyramid.shape
    let depth = depth ?? shape.depth
    try check(pyramid.words, depth: depth, of: shape)
    let estimates = Quantizer(codebook: codebook).estimates(
      of: pyramid.words, shape: shape, depth: depth)
    let upsampling = LatentUpsampling(
      shape: shape, depth: depth, blendedStride: configuration.search.blendedStride)
    return decoderSpaces.with(shape, make: { Decoder.Workspace(configuration, shape: shape) }) {
      space in
      context.withSpinningThreads {
        decoder.decode(estimates, upsampling: upsampling, in: space, with: $0)
      }
      return unsafe take(space.picture)
    }
  }

  /// The processor time of each layer in `runs` encodings, which include a decoding, on one thread.
  package func layers(
    ofCoding image: PixelImage, size: Int, runs: Int
  ) throws(EngineError) -> [(layer: LayerProfiler.Layer, cost: LayerProfiler.Cost)] {
    let profiler = LayerProfiler()
    let context = context.measuring(into: profiler)
    for _ in 0..<runs {
      _ = try encode(image, size: size, fit: .crop, semanticWeight: 1, with: context)
    }
    return profiler.layers
  }

  /// Whether a pyramid that names this identity has this model's words and picture: an earlier form
  /// of its files may have had another.
  public func goesByIdentity(_ hash: String) throws(EngineError) -> Bool {
    if configuration.formerIdentities?.contains(hash) == true { return true }
    return try identity() == hash
  }

  /// The model's identity: the SHA-256 of its files' SHA-256 sums, one line each, in a fixed order.
  public func identity() throws(EngineError) -> String {
    try knownIdentity.withLock { known throws(EngineError) in
      if let known { return known }
      let files = ModelFiles(folder: folder, configuration: configuration)
      let identity = ModelFiles.identity(try files.sums())
      known = identity
      return identity
    }
  }
}
