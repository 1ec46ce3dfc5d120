import SPAEPixels
import SPAEPyramid

/// The words of a layer, chosen once more by the error of the picture that all words so far give.
///
/// Streaming average quantization asks each cell's words to come near the latent at that one cell,
/// whatever the cells around it came to, and in an upper layer a word fills many cells. Once a layer
/// is chosen and decoded, the picture tells what its words missed. The decoder's linear path says how
/// a word changes the picture; what its network adds is taken to stay as it is. Each word becomes the
/// one that would leave the least error: a step of Gauss and Newton among words. Half of a layer moves
/// at a time, as the squares of one colour on a chessboard, and the other half sees what is left.
/// For the few words of the first layers the linear path's picture stands for the decoded one.
///
/// A layer is to make the picture better. A guided one whose words leave nearly all of the error that
/// the layers above it left chooses once more from the same pools, for half the price.
struct Refinement {
  let codebook: Codebook
  let decoder: Decoder
  let search: ModelConfiguration.Search

  /// What one layer of a shape needs, for every picture.
  struct Layer: Sendable {
    /// Places that change together, and the cells that take of their words.
    fileprivate struct Half {
      let ofKind: [(metric: Metric, places: [Int])]
      let filled: [Int]
    }

    fileprivate let cells: LatentCells
    fileprivate let latentIndices: [Int]  // [place]
    fileprivate let halves: [Half]  // one, where there is a single place

    init(
      _ layer: Int, of shape: PyramidShape, decoder: Decoder, configuration: ModelConfiguration,
      with context: Context
    ) {
      let cells = LatentCells(
        shape: shape, depth: layer, search: configuration.search)
      let latentIndices = shape.cells(ofLayer: layer).map(shape.latentIndex(of:))
      let matrices = NormalMatrices(
        ofLayer: layer, cells: cells, path: decoder.linear, configuration: configuration,
        with: context)
      let side = shape.side(ofLayer: layer)
      (self.cells, self.latentIndices) = (cells, latentIndices)
      halves = (0...1).compactMap { colour in
        let places = latentIndices.indices.filter { ($0 / side + $0 % side) % 2 == colour }
        guard !places.isEmpty else { return nil }
        return Half(
          ofKind: matrices.metrics.enumerated().map { kind, metric in
            (metric, places.filter { matrices.kinds[$0] == kind })
          }, filled: cells.takers(ofAny: places.map { latentIndices[$0] }))
      }
    }
  }

  /// The buffers of one picture, and what its layers need.
  final class Workspace {
    fileprivate let layers: [Layer]
    fileprivate let wanted: Plane  // what the linear path should give, for no error
    fileprivate let gradient: LabelledLinearPath.Gradient
    fileprivate var error: Float = .infinity  // of the linear path, after a guided layer

    init(
      _ configuration: ModelConfiguration, shape: PyramidShape, decoder: Decoder,
      with context: Context
    ) {
      layers = (1...shape.depth).map {
        Layer($0, of: shape, decoder: decoder, configuration: configuration, with: context)
      }
      wanted = Plane(
        height: shape.grid, width: shape.grid, channels: configuration.patchNumbers, border: 0)
      gradient = LabelledLinearPath.Gradient(configuration, grid: shape.grid)
    }
  }

  /// The words of a picture down to a layer, of which that layer's may differ from those given.
  ///
  /// `pools` holds what each place may choose from, if not from all words.
  func words(
    _ words: [Int32], ofLayer number: Int, of picture: PixelImage, pools: [Pool]?,
    in space: Workspace, decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    let (layer, fromLast) = (space.layers[number - 1], space.layers.count - number)
    let isDecoded = fromLast < search.decodedPasses.count
    return (0..<(isDecoded ? search.decodedPasses[fromLast] : 1)).reduce(words) { words, _ in
      decode(words, of: layer, isDecoded: isDecoded, space: decoded, with: context)
      context.log?.enter("refinement")
      note(picture, in: space, decodedIn: isDecoded ? decoded : nil, with: context)
      guard let pools, !isDecoded else {
        return nearer(
          words, in: layer, rounds: isDecoded ? 1 : search.linearPasses, pools: pools, space,
          decodedIn: decoded, with: context)
      }
      return better(
        words, in: layer, than: number == 1 ? .infinity : space.error, pools: pools, space,
        decodedIn: decoded, with: context)
    }
  }

  /// The words of a guided layer, by the linear path's picture, for less where they spare too little
  /// of the error that the layers above left.
  private func better(
    _ words: [Int32], in layer: Layer, than error: Float, pools: [Pool], _ space: Workspace,
    decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    var (words, pools, halvings) = (words, pools, 0)
    while true {
      words = nearer(
        words, in: layer, rounds: search.linearPasses, pools: pools, space, decodedIn: decoded,
        with: context)
      subtract(decoded.linear.patches, in: space, with: context)
      space.error = space.gradient.squaredError
      if space.error <= (1 - search.leastGain) * error || halvings == search.halvings {
        return words
      }
      pools = pools.map(\.forHalfPrice)
      halvings += 1
    }
  }

  /// Decodes words down to a layer, or computes the linear path's picture of them alone.
  private func decode(
    _ words: [Int32], of layer: Layer, isDecoded: Bool, space: Decoder.Workspace,
    with context: Context
  ) {
    context.log?.enter("decoder")
    let cells = layer.cells
    let estimates = Quantizer(codebook: codebook).estimates(
      of: words, shape: cells.shape, depth: cells.depth)
    if isDecoded {
      decoder.decode(estimates, fill: cells.fill, in: space, with: context)
    } else {
      decoder.load(estimates, fill: cells.fill, into: space, with: context)
      decoder.linear.refresh(space.cells, in: space.linear, with: context)
    }
  }

  /// The words after some steps towards what the linear path should give.
  ///
  /// With pools the linear path is brought up to the last of them.
  private func nearer(
    _ words: [Int32], in layer: Layer, rounds: Int, pools: [Pool]?, _ space: Workspace,
    decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    let fill = layer.cells.fill
    let first = words.count - layer.latentIndices.count
    var words = words
    var outdated: [Int] = []  // cells that the linear path does not know yet
    var error: Float = 0  // of what a place is to fill, as a round begins
    for (index, half) in repeatElement(layer.halves, count: rounds).joined().enumerated() {
      refresh(outdated, of: words, in: layer, decodedIn: decoded, with: context)
      subtract(decoded.linear.patches, in: space, with: context)
      if pools != nil, index % layer.halves.count == 0 {
        error = space.gradient.squaredError / Float(layer.latentIndices.count)
      }
      decoder.linear.transpose(
        space.gradient, cells: half.filled, labels: fill.label, stride: fill.stride,
        with: context)
      outdated = []
      for (metric, places) in half.ofKind {
        let targets = targets(
          places, words: places.map { words[first + $0] }, in: metric, of: layer,
          step: pools == nil ? search.step : 1, space)
        let new = choose(
          targets, for: places, from: pools, error: error, in: metric, with: context)
        for (place, word) in zip(places, new) where words[first + place] != word {
          words[first + place] = word
          outdated.append(layer.latentIndices[place])
        }
      }
    }
    if pools != nil { refresh(outdated, of: words, in: layer, decodedIn: decoded, with: context) }
    return words
  }

  private func choose(
    _ targets: [Float], for places: [Int], from pools: [Pool]?, error: Float,
    in metric: Metric, with context: Context
  ) -> [Int32] {
    guard let pools else { return codebook.nearest(to: targets, in: metric, with: context) }
    return places.enumerated().map { index, place in
      let target = targets[index * codebook.latent..<(index + 1) * codebook.latent]
      return codebook.nearest(to: target, in: metric, among: pools[place], error: error)
    }
  }

  /// What the words of places should equal, as the metric makes of it, [place, latent].
  private func targets(
    _ places: [Int], words: [Int32], in metric: Metric, of layer: Layer, step: Float,
    _ space: Workspace
  ) -> [Float] {
    let (latent, grid) = (codebook.latent, layer.cells.shape.grid)
    return unsafe [Float](unsafeUninitializedCapacity: places.count * latent) { targets, count in
      count = places.count * latent
      for (index, (place, word)) in zip(places, words).enumerated() {
        let cell = layer.latentIndices[place]
        let target = unsafe UnsafeMutableBufferPointer(
          rebasing: targets[index * latent..<(index + 1) * latent])
        unsafe target.update(repeating: 0)
        for taker in layer.cells.takers(of: cell) {
          let gradient = unsafe space.gradient.pixel(taker.cell / grid, taker.cell % grid)
          for i in 0..<latent { unsafe target[i] += gradient[i] * taker.share }
        }
        let visits = Float(layer.cells.fill.label[cell] % PyramidFill.labelsOfStride)
        for i in 0..<latent { unsafe target[i] *= step * visits }
        let old = unsafe codebook.codes.floats + Int(word) * latent
        unsafe metric.addImage(of: old, to: target)
      }
    }
  }

  /// Brings the linear path up to cells whose words have changed.
  private func refresh(
    _ changed: [Int], of words: [Int32], in layer: Layer, decodedIn decoded: Decoder.Workspace,
    with context: Context
  ) {
    guard !changed.isEmpty else { return }
    let (cells, quantizer) = (layer.cells, Quantizer(codebook: codebook))
    let takers = cells.takers(ofAny: changed)
    decoder.linear.set(takers, labels: cells.fill.label, in: decoded.linear, with: context) {
      quantizer.estimate(takenBy: $0, in: cells, of: words)
    }
    decoder.linear.refresh(decoded.cells, in: decoded.linear, with: context)
  }

  /// Notes what the linear path should give: what it gave, and what the decoded picture misses.
  ///
  /// Where nothing was decoded that is the picture itself.
  private func note(
    _ picture: PixelImage, in space: Workspace, decodedIn decoded: Decoder.Workspace?,
    with context: Context
  ) {
    let (side, target) = (picture.width, space.wanted)
    let patch = side / target.width
    context.parallel.forEachPart(of: target.height, work: 4 * side * side) { rows in
      for row in rows.lowerBound * patch..<rows.upperBound * patch {
        for column in 0..<side {
          let number = row % patch * patch + column % patch
          let wanted = unsafe target.pixel(row / patch, column / patch) + number
          let pixel = (row * side + column) * 3
          for channel in 0..<3 {
            let colour = Float(picture.pixels[pixel + channel]) / 127.5 - 1
            unsafe wanted[channel * patch * patch] = colour
          }
          guard let decoded else { continue }
          let found = unsafe decoded.picture(side: side)
          let linear = unsafe decoded.linear.patches.pixel(row / patch, column / patch) + number
          for channel in 0..<3 {
            unsafe wanted[channel * patch * patch] +=
              unsafe linear[channel * patch * patch] - found[pixel + channel]
          }
        }
      }
    }
  }

  /// What the linear path still lacks is what each patch is short of.
  private func subtract(_ given: Plane, in space: Workspace, with context: Context) {
    let (errors, target) = (space.gradient.errors, space.wanted)
    let work = given.height * given.width * given.channels
    context.parallel.forEachPart(of: given.height, work: 4 * work) { rows in
      for row in rows {
        for column in 0..<given.width {
          let error = unsafe errors.pixel(row, column)
          let wanted = unsafe target.pixel(row, column)
          let linear = unsafe given.pixel(row, column)
          for i in 0..<given.channels { unsafe error[i] = wanted[i] - linear[i] }
        }
      }
    }
  }
}
