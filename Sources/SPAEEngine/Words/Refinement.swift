import SPAEPixels
import SPAEPyramid

/// Refines the words of a layer: replaces them to reduce the pixel error of the picture so far.
///
/// Streaming average quantization brings the words of each cell near the latent of that one cell. It
/// ignores the cells around it, and that a word of an upper layer fills many cells. So each layer is
/// decoded after quantization, and its words are refined. The linear decoder predicts how a word
/// changes the picture, and the network's part is taken as constant. Each word is replaced by the one
/// of least predicted error: a Gauss-Newton step over words. Half of a layer moves at a time, like
/// the squares of one colour on a chessboard; the other half then sees the remaining error. For the
/// few words of the first layers the linear decoder's picture replaces the decoded one.
///
/// If a guided layer reduces the error of the layers above it by too little, it is refined again from
/// the same candidates with half of their penalties.
struct Refinement {
  let codebook: Codebook
  let decoder: Decoder
  let search: ModelConfiguration.Search
  /// How much the error of each pixel of a decoded picture counts, [row, column]; nil for all alike.
  var weights: [Float]?

  /// What one layer of a shape needs, for every picture.
  struct Layer: Sendable {
    /// Positions that change together, and the cells that depend on their words.
    struct Half {
      let ofKind: [(metric: QuadraticMetric, positions: [Int])]
      let filled: ConditionalLinearDecoder.Cells
    }

    let cells: LatentCells
    fileprivate let latentIndices: [Int]  // [position]
    private(set) var halves: [Half]  // one, where there is a single position

    init(
      _ layer: Int, of shape: PyramidShape, decoder: Decoder, configuration: ModelConfiguration,
      with context: Context
    ) {
      let cells = LatentCells(
        shape: shape, depth: layer, search: configuration.search)
      let latentIndices = shape.cells(ofLayer: layer).map(shape.latentIndex(of:))
      let matrices = GramMatrices(
        ofLayer: layer, cells: cells, linearDecoder: decoder.linear, configuration: configuration,
        with: context)
      let columns = shape.size(ofLayer: layer).columns
      (self.cells, self.latentIndices) = (cells, latentIndices)
      halves = (0...1).compactMap { colour in
        let positions = latentIndices.indices.filter { ($0 / columns + $0 % columns) % 2 == colour }
        guard !positions.isEmpty else { return nil }
        return Half(
          ofKind: matrices.metrics.enumerated().map { kind, metric in
            (metric, positions.filter { matrices.kinds[$0] == kind })
          }, filled: cells.gradientCells(of: positions.map { latentIndices[$0] }))
      }
    }

    /// The same layer, of which only some positions may change.
    func restricted(to free: Set<Int>) -> Layer {
      var layer = self
      layer.halves = halves.compactMap { half in
        let ofKind = half.ofKind.map { ($0.metric, $0.positions.filter(free.contains)) }
        let changing = ofKind.flatMap { $0.1 }.map { latentIndices[$0] }
        guard !changing.isEmpty else { return nil }
        return Half(ofKind: ofKind, filled: cells.gradientCells(of: changing))
      }
      return layer
    }
  }

  /// The buffers of one picture, and what its layers need.
  final class Workspace {
    fileprivate let layers: [Layer]
    let targets: Plane  // what the linear decoder would give without any error
    let gradient: ConditionalLinearDecoder.Gradient
    /// Where the decoder computes in whole numbers, if it does.
    fileprivate let bytes: ByteDecoder.Workspace?
    fileprivate var error: Float = .infinity  // of the linear decoder, after a guided layer
    /// The pixels that the targets are, if they are a picture's own; else none.
    var targetPixels: [UInt8] = []
    /// Whether the errors are those of the linear decoder's picture.
    var hasErrors = false
    /// The cells whose gradient is that of the errors, [cell].
    fileprivate var hasGradient: [Bool]

    init(
      _ configuration: ModelConfiguration, shape: PyramidShape, decoder: Decoder,
      with context: Context
    ) {
      layers = (1...shape.depth).map {
        Layer($0, of: shape, decoder: decoder, configuration: configuration, with: context)
      }
      targets = Plane(
        height: shape.grid.rows, width: shape.grid.columns, channels: configuration.patchNumbers,
        border: 0)
      gradient = ConditionalLinearDecoder.Gradient(configuration, grid: shape.grid)
      hasGradient = [Bool](repeating: false, count: shape.grid.count)
      let widths = configuration.decoder.stages.map(\.width)
      bytes = decoder.bytes.map {
        ByteDecoder.Workspace($0, widths: widths, grid: shape.grid)
      }
    }

    /// Takes note that the linear decoder's picture, or what it is to be, is another around cells.
    func forget(_ cells: Rectangle, reach: Int) {
      hasErrors = false
      let (width, bounds) = (gradient.errors.width, gradient.errors.bounds)
      let area = cells.grown(by: 2 * reach, within: bounds)
      unsafe hasGradient.withUnsafeMutableBufferPointer { hasGradient in
        for row in area.rows {
          for column in area.columns { unsafe hasGradient[row * width + column] = false }
        }
      }
    }
  }

  /// The words of a picture down to a layer, after refinement of that layer's own.
  ///
  /// `candidates` holds what each position may choose from, if not from all words. With `free` only
  /// those positions of the layer change, and the penalty of their candidates stays as it is.
  func words(
    _ words: [Int32], ofLayer number: Int, of picture: PixelImage, candidates: [Candidates]?,
    free: Set<Int>? = nil, in space: Workspace, decodedIn decoded: Decoder.Workspace,
    with context: Context
  ) -> [Int32] {
    var layer = space.layers[number - 1]
    if let free { layer = layer.restricted(to: free) }
    let fromLast = space.layers.count - number
    let isDecoded = fromLast < search.decodedPasses.count
    return (0..<(isDecoded ? search.decodedPasses[fromLast] : 1)).reduce(words) { words, _ in
      decode(
        words, of: layer, isDecoded: isDecoded, space: decoded, bytes: space.bytes, with: context)
      context.profiler?.enter("refinement")
      note(picture, in: space, decodedIn: isDecoded ? decoded : nil, with: context)
      guard let candidates, !isDecoded else {
        return nearer(
          words, in: layer, rounds: isDecoded ? 1 : search.linearPasses, candidates: candidates,
          space, decodedIn: decoded, with: context)
      }
      return better(
        words, in: layer, than: number == 1 || free != nil ? .infinity : space.error,
        candidates: candidates, space, decodedIn: decoded, with: context)
    }
  }

  /// The words of a guided layer, refined by the linear decoder's picture. Penalties are halved while
  /// the layer reduces the error of the layers above by too little.
  private func better(
    _ words: [Int32], in layer: Layer, than error: Float, candidates: [Candidates],
    _ space: Workspace, decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    var (words, candidates, halvings) = (words, candidates, 0)
    while true {
      words = nearer(
        words, in: layer, rounds: search.linearPasses, candidates: candidates, space,
        decodedIn: decoded, with: context)
      compare(decoded.linear.patches, in: space, with: context)
      space.error = space.gradient.squaredError(with: context)
      if space.error <= (1 - search.leastGain) * error || halvings == search.halvings {
        return words
      }
      candidates = candidates.map(\.withHalfPenalty)
      halvings += 1
    }
  }

  /// Decodes words down to a layer, or computes the linear decoder's picture of them alone.
  private func decode(
    _ words: [Int32], of layer: Layer, isDecoded: Bool, space: Decoder.Workspace,
    bytes: ByteDecoder.Workspace?, with context: Context
  ) {
    context.profiler?.enter("decoder")
    let cells = layer.cells
    let estimates = Quantizer(codebook: codebook).estimates(
      of: words, shape: cells.shape, depth: cells.depth)
    if isDecoded {
      decoder.decode(
        estimates, upsampling: cells.upsampling, in: space, bytes: bytes, with: context)
    } else {
      decoder.load(estimates, upsampling: cells.upsampling, into: space, with: context)
      decoder.linear.refresh(space.cells, in: space.linear, with: context)
    }
  }

  /// The words after some steps towards the linear decoder's targets.
  ///
  /// With candidates, the linear decoder's picture is that of the last step's words.
  private func nearer(
    _ words: [Int32], in layer: Layer, rounds: Int, candidates: [Candidates]?, _ space: Workspace,
    decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    let first = words.count - layer.latentIndices.count
    var words = words
    var outdated: [Int] = []  // cells that the linear decoder does not know yet
    var error: Float = 0  // for each position, as a round begins
    for _ in 0..<rounds {
      let before = words
      for (index, half) in layer.halves.enumerated() {
        refresh(outdated, of: words, in: layer, space, decodedIn: decoded, with: context)
        compare(decoded.linear.patches, in: space, with: context)
        if candidates != nil, index == 0 {
          error = space.gradient.squaredError(with: context) / Float(layer.latentIndices.count)
        }
        differentiate(half, of: layer, space, with: context)
        outdated = []
        for (metric, positions) in half.ofKind {
          let targets = targets(
            positions, words: positions.map { words[first + $0] }, in: metric, of: layer,
            step: candidates == nil ? search.step : 1, space, with: context)
          let new = choose(
            targets, for: positions, from: candidates, error: error, in: metric, with: context)
          for (position, word) in zip(positions, new) where words[first + position] != word {
            words[first + position] = word
            outdated.append(layer.latentIndices[position])
          }
        }
      }
      // Another round would find the same.
      if words == before { break }
    }
    if candidates != nil {
      refresh(outdated, of: words, in: layer, space, decodedIn: decoded, with: context)
    }
    return words
  }

  /// Computes the gradient of half of a layer where it is not known.
  private func differentiate(
    _ half: Layer.Half, of layer: Layer, _ space: Workspace, with context: Context
  ) {
    decoder.linear.transpose(
      space.gradient, cells: half.filled.without(space.hasGradient),
      stride: layer.cells.upsampling.stride, with: context)
    for cell in half.filled.cells { space.hasGradient[cell] = true }
  }

  private func choose(
    _ targets: [Float], for positions: [Int], from candidates: [Candidates]?, error: Float,
    in metric: QuadraticMetric, with context: Context
  ) -> [Int32] {
    let codebook = codebook
    guard let candidates else { return codebook.nearest(to: targets, in: metric, with: context) }
    let found = SharedWords(count: positions.count)
    let count = positions.reduce(0) { $0 + candidates[$1].words.count }
    // The square of a code in the metric is a small matrix's product.
    context.parallel.forEachPart(of: positions.count, work: 4000 * count) {
      for index in $0 {
        let target = targets[index * codebook.latent..<(index + 1) * codebook.latent]
        unsafe found.words[index] = codebook.nearest(
          to: target, in: metric, among: candidates[positions[index]], error: error)
      }
    }
    return found.array
  }

  /// The targets of the words of some positions, times the metric, [position, latent].
  private func targets(
    _ positions: [Int], words: [Int32], in metric: QuadraticMetric, of layer: Layer, step: Float,
    _ space: Workspace, with context: Context
  ) -> [Float] {
    let (codebook, gradient) = (codebook, space.gradient.estimates)
    let latent = codebook.latent
    return unsafe [Float](unsafeUninitializedCapacity: positions.count * latent) { targets, count in
      count = positions.count * latent
      guard let first = targets.baseAddress else { return }
      let all = unsafe SharedFloats(first)
      context.parallel.forEachPart(of: positions.count, work: 8000 * positions.count) {
        for index in $0 {
          let target = unsafe UnsafeMutableBufferPointer(
            start: all.floats + index * latent, count: latent)
          let cell = layer.latentIndices[positions[index]]
          unsafe Self.add(gradient, at: cell, of: layer, step: step, to: target)
          let old = unsafe codebook.codes.floats + Int(words[index]) * latent
          unsafe metric.addImage(of: old, to: target)
        }
      }
    }
  }

  /// Sets the step of a cell's word along the gradient of all cells that depend on it, [latent].
  private static func add(
    _ gradient: Plane, at cell: Int, of layer: Layer, step: Float,
    to target: UnsafeMutableBufferPointer<Float>
  ) {
    let columns = layer.cells.shape.grid.columns
    unsafe target.update(repeating: 0)
    for dependent in layer.cells.dependents(of: cell) {
      let own = unsafe gradient.pixel(dependent.cell / columns, dependent.cell % columns)
      for i in target.indices { unsafe target[i] += own[i] * dependent.weight }
    }
    let visits = Float(layer.cells.upsampling.cellClass[cell] % LatentUpsampling.classesOfStride)
    for i in target.indices { unsafe target[i] *= step * visits }
  }

  /// Updates the linear decoder's picture for cells whose words have changed.
  private func refresh(
    _ changed: [Int], of words: [Int32], in layer: Layer, _ space: Workspace,
    decodedIn decoded: Decoder.Workspace, with context: Context
  ) {
    guard let one = changed.first else { return }
    let (cells, latent) = (layer.cells, codebook.latent)
    let estimates = Quantizer(codebook: codebook).estimates(
      of: words, shape: cells.shape, depth: cells.depth)
    unsafe decoder.linear.set(
      cells.dependents(ofAny: changed), cellClasses: cells.upsampling.cellClass,
      in: decoded.linear, with: context
    ) { unsafe cells.upsampling.blend(at: $0, latent: latent, of: estimates, into: $1) }
    let areas = changed.map { cells.area(of: $0) }
    for area in areas { space.forget(area, reach: decoder.linear.reach) }
    decoder.linear.refresh(
      areas.reduce(cells.area(of: one)) { $0.union($1) }, in: decoded.linear, with: context)
  }
}
