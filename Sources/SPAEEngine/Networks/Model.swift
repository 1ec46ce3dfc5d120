public import SPAEPixels
public import SPAEPyramid
import Synchronization

/// A SPAE: a picture becomes a pyramid of words, and the words become the picture again.
public final class Model: Sendable {
  public let configuration: ModelConfiguration
  public let vocabulary: Vocabulary
  public let codebook: Codebook

  /// The folder it was loaded from.
  public let folder: String

  /// The instruction set its kernels use.
  public let instructionSet: InstructionSet

  private let knownIdentity: Mutex<String?>
  private let encoder: Encoder
  let decoder: Decoder
  private let semanticBranch: SemanticBranch?
  private let evidence: EvidenceBranches?
  private let colours: ColourCandidates?
  let context: Context
  private let semanticSpaces = WorkspacePool<Int, SemanticBranch.Workspace>()
  private let encoderSpaces = WorkspacePool<PyramidShape, Encoder.Workspace>()
  private let decoderSpaces = WorkspacePool<PyramidShape, Decoder.Workspace>()
  private let refinementSpaces = WorkspacePool<PyramidShape, Refinement.Workspace>()

  /// Loads a model's folder: config.json, vocabulary.txt and the safetensors files beside them.
  public init(
    folder: String, instructionSet: InstructionSet? = nil, parallel: Parallel = Parallel()
  ) throws(EngineError) {
    self.folder = folder
    let chosen = if let instructionSet { instructionSet } else { try InstructionSet.chosen() }
    self.instructionSet = chosen
    context = Context(chosen, parallel: parallel)
    let configuration = try ModelConfiguration(folder: folder)
    self.configuration = configuration
    knownIdentity = Mutex(
      try ModelFiles(folder: folder, configuration: configuration).verifiedIdentity())
    vocabulary = try Self.vocabulary(folder + "/vocabulary.txt", count: configuration.vocabulary)
    let weightsPath = folder + "/weights.safetensors"
    var weights = Weights(try Safetensors(path: weightsPath), path: weightsPath)
    let codebookPath = folder + "/codebook.safetensors"
    codebook = try Codebook(
      Safetensors(path: codebookPath), path: codebookPath, configuration: configuration,
      projection: weights.floats(
        "codebook.projection", [configuration.embedding, configuration.latent]),
      reserved: Set(
        vocabulary.numbers(
          of: configuration.reserved ?? [], key: "reserved", path: folder + "/config.json")),
      context: context)
    encoder = try Encoder(configuration, from: &weights)
    decoder = try Decoder(configuration, from: &weights)
    try weights.finish()
    semanticBranch = try configuration.semantic.map { sizes throws(EngineError) in
      let path = folder + "/semantic.safetensors"
      var weights = Weights(try Safetensors(path: path), path: path)
      let branch = try SemanticBranch(
        sizes: sizes, textWidth: configuration.text, from: &weights)
      try weights.finish()
      return branch
    }
    evidence = try EvidenceBranches(configuration, folder: folder, vocabulary: vocabulary)
    colours = try ColourCandidates(
      configuration, vocabulary: vocabulary, path: folder + "/config.json")
  }

  private static func vocabulary(_ path: String, count: Int) throws(EngineError) -> Vocabulary {
    let file = try MappedFile(path: path)
    let text = unsafe file.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    let vocabulary: Vocabulary
    do {
      vocabulary = try Vocabulary(text: text)
    } catch {
      throw .vocabulary(path: path, problem: error.description)
    }
    guard vocabulary.count == count else {
      throw .vocabulary(
        path: path, problem: "\(vocabulary.count) words; config.json says \(count)")
    }
    return vocabulary
  }

  // MARK: Use

  /// The shape of the pyramid of a picture of some pixels a side: 64, 128, 256 or 512.
  public func shape(forSize size: Int) throws(EngineError) -> PyramidShape {
    guard size % configuration.patch == 0,
      let shape = PyramidShape(grid: size / configuration.patch)
    else { throw .pictureSize(size) }
    return shape
  }

  /// Turns a picture into words.
  ///
  /// `meaning` scales how many fitting words each place of the first layers may choose from, and
  /// what they cost less for it; 0 is the paper's plain nearest word. The semantic branch looks at
  /// the source, not at the small copy.
  public func encode(
    _ image: PixelImage, size: Int = 128, fit: Fit = .crop, meaning: Float = 1
  ) throws(EngineError) -> Pyramid {
    try encode(image, size: size, fit: fit, meaning: meaning, with: context)
  }

  private func encode(
    _ image: PixelImage, size: Int, fit: Fit, meaning: Float, with context: Context
  ) throws(EngineError) -> Pyramid {
    let shape = try shape(forSize: size)
    let words = context.awake { context in
      let semantics = semantics(of: image, fit: fit, with: context)
      let picture = image.fitted(to: size, fit: fit)
      let z = latent(of: picture, shape: shape, semantics: semantics, with: context)
      let named = semantics.flatMap {
        evidence?.named(in: image, fit: fit, beside: $0, with: context)
      }
      let fitting = pools(
        for: semantics, named: named, of: picture, shape: shape, meaning: meaning, with: context)
      return chosen(for: z, of: picture, shape: shape, pools: fitting, with: context)
    }
    guard let pyramid = Pyramid(shape: shape, words: words) else { throw .pictureSize(size) }
    return pyramid
  }

  /// A picture's latent before it becomes words, [cells, latent].
  package func latent(of image: PixelImage, size: Int) throws(EngineError) -> [Float] {
    latent(
      of: image.fitted(to: size, fit: .crop), shape: try shape(forSize: size),
      semantics: semantics(of: image, fit: .crop, with: context), with: context)
  }

  private func latent(
    of picture: PixelImage, shape: PyramidShape, semantics: SemanticMap?, with context: Context
  ) -> [Float] {
    context.log?.enter("encoder")
    return encoderSpaces.with(
      shape, make: { Encoder.Workspace(configuration, shape: shape) }
    ) {
      encoder.latent(of: picture, semantics: semantics, shape: shape, in: $0, with: context)
    }
  }

  /// The words for a picture's latent, most layers chosen again by the picture that they give.
  private func chosen(
    for z: [Float], of picture: PixelImage, shape: PyramidShape, pools: [Int: [Pool]],
    with context: Context
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
          for: z, of: picture, shape: shape, candidates: pools, in: space, decodedIn: decoded,
          with: context)
      }
    }
  }

  /// What the semantic branch sees in a picture, if the model has one.
  private func semantics(of image: PixelImage, fit: Fit, with context: Context) -> SemanticMap? {
    guard let branch = semanticBranch else { return nil }
    context.log?.enter("classifier")
    let view = image.fitted(to: branch.sizes.input, fit: fit)
    return semanticSpaces.with(
      context.parallel.threads,
      make: { SemanticBranch.Workspace(branch, threads: context.parallel.threads) }
    ) {
      space in
      context.awake { branch.map(of: view, in: space, with: $0) }
    }
  }

  /// What names each position of the upper layers of a picture, if the model can tell.
  package func named(in image: PixelImage, fit: Fit = .crop) -> [[EvidenceMap.Named?]]? {
    semantics(of: image, fit: fit, with: context).flatMap {
      evidence?.named(in: image, fit: fit, beside: $0, with: context)
    }
  }

  /// The words that each place of the guided layers may choose from; where something names it,
  /// those of its class.
  private func pools(
    for semantics: SemanticMap?, named: [[EvidenceMap.Named?]]?, of picture: PixelImage,
    shape: PyramidShape, meaning: Float, with context: Context
  ) -> [Int: [Pool]] {
    guard let semantics, let guided = configuration.guided, meaning > 0 else { return [:] }
    // The finest grid is left to the latent.
    let count = min(guided.candidates.count, max(Self.evidenceLayers, shape.depth - 2))
    let places = (1...min(count, Self.evidenceLayers)).map { semantics.places(ofLayer: $0) }
    let texts = places.joined().flatMap { place in
      zip(semantics.whole, place).map {
        guided.wholeShare * $0 + (1 - guided.wholeShare) * $1
      }
    }
    let layers = (1...count).map { layer in
      let size = Int((Float(guided.candidates[layer - 1]) * meaning).rounded(.toNearestOrEven))
      return Codebook.PoolRequest(
        texts: semantics.texts(ofLayer: layer), size: min(max(1, size), codebook.count),
        contrast: guided.specificity?[layer - 1] ?? 0,
        price: (guided.penalty?[layer - 1] ?? 0) / meaning,
        colours: colours?.words(ofLayer: layer, in: picture) ?? [],
        colourScore: colours?.score ?? 0)
    }
    var found = codebook.pools(for: texts, layers: layers, with: context)
    if let named, let evidence {
      for (layer, (request, named)) in zip(layers, named).enumerated() {
        let step = request.price * evidence.map.sizes.step
        for (position, own) in named.enumerated() {
          guard let own else { continue }
          found[layer][position] = Pool(evidence.words(own), step: step)
        }
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(1..., found))
  }

  /// The layers whose positions the branches tell apart.
  private static let evidenceLayers = 3

  /// Decodes the picture that the first `depth` layers of words give; nil is all of them.
  public func decode(_ pyramid: Pyramid, depth: Int? = nil) throws(EngineError) -> PixelImage {
    let side = pyramid.shape.grid * configuration.patch
    return unsafe try decoded(pyramid, depth: depth, with: context) { pixels in
      unsafe PixelImage(
        width: side, height: side,
        pixels: pixels.map { Decoder.byte($0) })
    }
  }

  /// The same as floats in [-1, 1], [N, N, 3].
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
    let fill = PyramidFill(
      shape: shape, depth: depth, blendedStride: configuration.search.blendedStride)
    return decoderSpaces.with(shape, make: { Decoder.Workspace(configuration, shape: shape) }) {
      space in
      context.awake {
        decoder.decode(estimates, fill: fill, in: space, with: $0)
      }
      return unsafe take(space.picture(side: shape.grid * configuration.patch))
    }
  }

  /// What each layer takes when a picture is encoded, and so decoded as well, `runs` times, on one
  /// thread.
  package func layers(
    ofCoding image: PixelImage, size: Int, runs: Int
  ) throws(EngineError) -> [(layer: LayerLog.Layer, cost: LayerLog.Cost)] {
    let log = LayerLog()
    let context = context.measuring(into: log)
    for _ in 0..<runs {
      _ = try encode(image, size: size, fit: .crop, meaning: 1, with: context)
    }
    return log.layers
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
