import Glibc
import SPAEPixels

/// What a picture shows, as text vectors: the whole, and each of 4x4 places.
package struct SemanticMap: Sendable {
  let whole: [Float]  // [text]
  let cells: [Float]  // [row, column, text]
  let grid: Int

  /// The highest probability of a class, of the whole and of each cell, as float16 keeps it.
  var wholeBest: Float = 0
  var cellBest: [Float] = []

  /// What stands at each place of layer 1, 2 or 3: the whole, 2x2 blocks, the places themselves.
  func places(ofLayer layer: Int) -> [[Float]] {
    guard layer > 1 else { return [whole] }
    let side = 1 << (layer - 1)
    let size = grid / side
    return (0..<side * side).map { place in
      let (top, left) = (place / side * size, place % side * size)
      var mean = [Float](repeating: 0, count: whole.count)
      for row in top..<top + size {
        for column in left..<left + size {
          for (i, value) in cell(row, column).enumerated() { mean[i] += value }
        }
      }
      return mean.map { $0 / Float(size * size) }
    }
  }

  package init(
    whole: [Float], cells: [Float], grid: Int, wholeBest: Float = 0, cellBest: [Float] = []
  ) {
    (self.whole, self.cells, self.grid) = (whole, cells, grid)
    (self.wholeBest, self.cellBest) = (wholeBest, cellBest)
  }

  /// Which of the places of layers 1 to 3, one layer after the other, each position of a layer has.
  ///
  /// A layer that is finer than the map has several positions in each of the map's.
  package func texts(ofLayer layer: Int) -> [Int] {
    let side = 1 << (layer - 1)
    let own = min(side, grid)
    let coarser = (0..<layer - 1).map { 1 << $0 }.filter { $0 < grid }
    let first = coarser.reduce(0) { $0 + $1 * $1 }
    return (0..<side * side).map { position in
      first + position / side * own / side * own + position % side * own / side
    }
  }

  func cell(_ row: Int, _ column: Int) -> ArraySlice<Float> {
    let start = (row * grid + column) * whole.count
    return cells[start..<start + whole.count]
  }
}

/// The frozen classifier, EfficientNet-Lite, applied to the whole picture and to its places.
struct SemanticBranch: Sendable {
  let sizes: ModelConfiguration.Semantic
  private let textWidth: Int
  private let blocks: [InvertedBottleneck]
  private let head: Convolution
  private let classifier: Convolution
  private let classText: [Float]  // [classes, text]

  init(
    sizes: ModelConfiguration.Semantic, textWidth: Int, from weights: inout Weights
  ) throws(EngineError) {
    self.sizes = sizes
    self.textWidth = textWidth
    var side = sizes.input
    var width = sizes.stem
    var stem: Convolution? = try weights.convolution(
      "stem", inputs: 3, outputs: width, window: .tensorFlow(3, stride: 2, length: side))
    side = (side + 1) / 2
    var blocks: [InvertedBottleneck] = []
    for (index, block) in sizes.blocks.enumerated() {
      blocks.append(
        try Self.bottleneck(
          "blocks.\(index)", block, stem: stem, width: width, side: side, from: &weights))
      stem = nil
      width = block.output
      side = (side + block.stride - 1) / block.stride
    }
    self.blocks = blocks
    head = try weights.convolution("head", inputs: width, outputs: sizes.head, window: .same(1))
    classifier = try weights.linear("classifier", inputs: sizes.head, outputs: sizes.classes)
    classText = try weights.floats("class_text", [sizes.classes, textWidth])
  }

  private static func bottleneck(
    _ name: String, _ block: ModelConfiguration.MobileBlock, stem: Convolution?, width: Int,
    side: Int, from weights: inout Weights
  ) throws(EngineError) -> InvertedBottleneck {
    let inner = width * block.expansion
    return InvertedBottleneck(
      expand: block.expansion > 1
        ? try weights.convolution(
          "\(name).expand", inputs: width, outputs: inner, window: .same(1)) : stem,
      depthwise: DepthwiseConvolution(
        weights: try weights.floats(
          "\(name).depthwise.weight", [inner, 1, block.kernel, block.kernel]),
        bias: try weights.floats("\(name).depthwise.bias", [inner]), channels: inner,
        window: .tensorFlow(block.kernel, stride: block.stride, length: side)),
      project: try weights.convolution(
        "\(name).project", inputs: inner, outputs: block.output, window: .same(1)),
      residual: block.stride == 1 && width == block.output, activation: .relu6)
  }

  // MARK: Use

  /// The buffers of one picture.
  final class Workspace {
    fileprivate let input: Plane
    /// For each block its buffers for every thread, and its output.
    fileprivate let blocks: [(bands: [InvertedBottleneck.Band], output: Plane)]
    fileprivate let features: Plane
    fileprivate let pooled: Plane
    fileprivate let logits: Plane

    init(_ branch: SemanticBranch, threads: Int) {
      // The classifier's 5x5 kernels reach two pixels out.
      func plane(_ side: Int, _ channels: Int) -> Plane {
        Plane(height: side, width: side, channels: channels, border: 2)
      }
      var bands = InvertedBottleneck.Bands(threads: threads)
      let sizes = branch.sizes
      var side = sizes.input
      input = Plane(height: side, width: side, channels: 3, border: 2, isDense: true)
      side = (side + 1) / 2
      blocks = zip(sizes.blocks, branch.blocks).map { block, layers in
        let inputSide = side
        side = (side + block.stride - 1) / block.stride
        return (bands.of(layers, inputSide: inputSide, side: side), plane(side, block.output))
      }
      features = plane(side, sizes.head)
      let places = 1 + sizes.grid * sizes.grid
      pooled = Plane(height: 1, width: places, channels: sizes.head)
      logits = Plane(height: 1, width: places, channels: sizes.classes)
    }
  }

  /// Looks at a picture of `sizes.input` pixels.
  func map(of view: PixelImage, in space: Workspace, with context: Context) -> SemanticMap {
    view.load(into: space.input) { (Float($0) - 127) / 128 }
    var x = space.input
    for (layers, planes) in zip(blocks, space.blocks) {
      layers.apply(to: x, into: planes.output, in: planes.bands, with: context)
      x = planes.output
    }
    head.apply(to: x, into: space.features, activation: .relu6, with: context)
    pool(space.features, into: space.pooled)
    classifier.apply(to: space.pooled, into: space.logits, with: context)
    let places = (0...sizes.grid * sizes.grid).map { probabilities(space.logits, $0) }
    let best = places.map { Float(Float16($0.max() ?? 0)) }
    return SemanticMap(
      whole: text(of: places[0], top: sizes.wholeTop),
      cells: places.dropFirst().flatMap { text(of: $0, top: sizes.cellTop) },
      grid: sizes.grid, wholeBest: best[0], cellBest: Array(best.dropFirst()))
  }

  /// The mean over all places, and over overlapping windows of a 4x4 grid (adaptive pooling).
  private func pool(_ features: Plane, into pooled: Plane) {
    let (side, grid) = (features.height, sizes.grid)
    func window(_ i: Int) -> Range<Int> { i * side / grid..<((i + 1) * side + grid - 1) / grid }
    mean(of: features, 0..<side, 0..<side, into: pooled, 0)
    for place in 0..<grid * grid {
      mean(of: features, window(place / grid), window(place % grid), into: pooled, 1 + place)
    }
  }

  private func mean(
    of features: Plane, _ rows: Range<Int>, _ columns: Range<Int>, into pooled: Plane, _ place: Int
  ) {
    let target = unsafe pooled.pixel(0, place)
    unsafe target.update(repeating: 0, count: features.channels)
    for row in rows {
      for column in columns {
        let pixel = unsafe features.pixel(row, column)
        for channel in 0..<features.channels { unsafe target[channel] += pixel[channel] }
      }
    }
    let count = Float(rows.count * columns.count)
    for channel in 0..<features.channels { unsafe target[channel] /= count }
  }

  private func probabilities(_ logits: Plane, _ place: Int) -> [Float] {
    let row = unsafe logits.pixel(0, place)
    let values = (0..<sizes.classes).map { unsafe row[$0] }
    let highest = values.max() ?? 0
    let shares = values.map { expf($0 - highest) }
    let whole = shares.reduce(0, +)
    return shares.map { $0 / whole }
  }

  /// The mean text vector of the likeliest classes, whose shares are kept as float16 keeps them.
  private func text(of probabilities: [Float], top: Int) -> [Float] {
    var likeliest = Ranking(limit: top)
    for (index, share) in probabilities.enumerated() { likeliest.offer(Int32(index), share) }
    var mean = [Float](repeating: 0, count: textWidth)
    for (index, share) in zip(likeliest.items, likeliest.scores) {
      let (share, start) = (Float(Float16(share)), Int(index) * textWidth)
      for i in 0..<textWidth { mean[i] += share * classText[start + i] }
    }
    return mean
  }
}
