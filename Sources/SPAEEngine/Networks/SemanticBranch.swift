import Glibc
import SPAEPixels
package import SPAEPyramid
import Synchronization

/// What a picture shows, as text vectors: the whole, and the region of each position of layer 3, which
/// are 4 x 4 of a square.
package struct SemanticMap: Sendable {
  /// The layer with a position for each of the map's cells.
  package static let layer = 3

  let whole: [Float]  // [text]
  let cells: [Float]  // [row, column, text]
  let grid: GridSize

  /// The map's cells for a pyramid of a shape.
  static func size(for shape: PyramidShape) -> GridSize { shape.size(ofLayer: layer) }

  /// The highest probability of a class, of the whole and of each cell, as float16 keeps it.
  var wholeBest: Float = 0
  var cellBest: [Float] = []
  /// The same of each cell, of those of its likeliest classes that are no places.
  var cellBestObject: [Float] = []

  /// The likeliest classes of the whole, the likeliest first.
  var classes: [Int32] = []

  /// What stands at each of a layer's positions: the whole where it has one alone, else the mean of
  /// the cells that are in its region.
  func regions(of layer: GridSize) -> [[Float]] {
    guard layer.count > 1 else { return [whole] }
    return (0..<layer.count).map { position in
      let rows = adaptiveWindow(
        of: position / layer.columns, count: layer.rows, length: grid.rows)
      let columns = adaptiveWindow(
        of: position % layer.columns, count: layer.columns, length: grid.columns)
      var mean = [Float](repeating: 0, count: whole.count)
      for row in rows {
        for column in columns {
          for (i, value) in cell(row, column).enumerated() { mean[i] += value }
        }
      }
      return mean.map { $0 / Float(rows.count * columns.count) }
    }
  }

  /// Which of the texts of layers 1 to 3, one layer after the other, each position of a layer has.
  ///
  /// A layer that is finer than the map has several positions in each of the map's.
  package static func texts(ofLayer layer: Int, of shape: PyramidShape) -> [Int] {
    let own = min(layer, Self.layer)
    let (size, map) = (shape.size(ofLayer: layer), shape.size(ofLayer: own))
    return (0..<size.count).map { position in
      let (row, column) = (position / size.columns, position % size.columns)
      return shape.wordCount(toDepth: own - 1) + row * map.rows / size.rows * map.columns
        + column * map.columns / size.columns
    }
  }

  func cell(_ row: Int, _ column: Int) -> ArraySlice<Float> {
    let start = (row * grid.columns + column) * whole.count
    return cells[start..<start + whole.count]
  }
}

/// The frozen classifier, EfficientNet-Lite, applied to the whole picture and to its regions.
struct SemanticBranch: Sendable {
  let sizes: ModelConfiguration.Semantic
  private let textWidth: Int
  /// Whether it computes in whole numbers.
  private let isExact: Bool
  private let blocks: [InvertedBottleneck]
  private let head: BottleneckConvolution
  private let classifier: Convolution
  private let classText: [Float]  // [classes, text]

  /// With a precision its layers but the last compute in whole numbers.
  init(
    sizes: ModelConfiguration.Semantic, precision: ModelConfiguration.Precision.Layers?,
    textWidth: Int, instructionSet: InstructionSet, from weights: inout Weights
  ) throws(EngineError) {
    self.sizes = sizes
    self.textWidth = textWidth
    isExact = precision != nil
    let layers = Layers(
      sizes: sizes, largest: precision?.largest, instructionSet: instructionSet)
    (blocks, head) = try layers.read(from: &weights)
    classifier = try weights.linear("classifier", inputs: sizes.head, outputs: sizes.classes)
    classText = try weights.floats("class_text", [sizes.classes, textWidth])
  }

  // MARK: Use

  /// The buffers of one picture.
  final class Workspace {
    fileprivate let input: Plane
    fileprivate let grid: GridSize
    /// For each block its buffers for every thread, and its output.
    fileprivate let blocks: [(bands: [InvertedBottleneck.Band], output: Plane)]
    /// The last block's output as bytes, where the head reads bytes.
    fileprivate let seen: BytePlane?
    fileprivate let features: Plane
    fileprivate let pooled: Plane
    fileprivate let logits: Plane

    /// For views of a size, whose map is to have `grid` cells.
    init(_ branch: SemanticBranch, size: GridSize, grid: GridSize, threads: Int) {
      // The classifier's 5x5 kernels reach two pixels out.
      func plane(_ size: GridSize, _ channels: Int) -> Plane {
        Plane(size, channels: channels, border: 2)
      }
      var bands = InvertedBottleneck.Bands(threads: threads)
      let sizes = branch.sizes
      input = Plane(size, channels: 3, border: 2, isDense: true)
      var size = size.halved
      var made: [(bands: [InvertedBottleneck.Band], size: GridSize)] = []
      for (block, layers) in zip(sizes.blocks, branch.blocks) {
        let input = size
        if block.stride > 1 { size = size.halved }
        made.append((bands.of(layers, input: input, size: size), size))
      }
      let outputs = blockOutputs(
        of: branch.blocks, zip(made, sizes.blocks).map { ($0.size, $1.output) }, border: 2)
      blocks = zip(made, outputs).map { ($0.bands, $1) }
      seen = branch.head.byteScale.map {
        BytePlane(size, channels: branch.head.inputs, zero: UInt8($0.zero))
      }
      features = plane(size, sizes.head)
      self.grid = grid
      let regions = 1 + grid.count
      pooled = Plane(height: 1, width: regions, channels: sizes.head)
      logits = Plane(height: 1, width: regions, channels: sizes.classes)
    }
  }

  /// Looks at a view of the workspace's size.
  func map(of view: PixelImage, in space: Workspace, with context: Context) -> SemanticMap {
    let scale: Float = isExact ? 1 : 1 / 128  // whole numbers are left as they are
    view.load(into: space.input, with: context) { (Float($0) - 127) * scale }
    var x = space.input
    for (layers, planes) in zip(blocks, space.blocks) {
      layers.apply(to: x, into: planes.output, in: planes.bands, with: context)
      x = planes.output
    }
    head.apply(to: x, seenAs: space.seen, into: space.features, .relu6, with: context)
    pool(space.features, to: space.grid, into: space.pooled, with: context)
    classifier.apply(to: space.pooled, into: space.logits, with: context)
    let regions = regions(space.logits, with: context)
    let (whole, cells) = (regions[0], regions.dropFirst())
    return SemanticMap(
      whole: whole.text, cells: cells.flatMap(\.text), grid: space.grid,
      wholeBest: whole.best, cellBest: cells.map(\.best),
      cellBestObject: cells.map { bestObject(of: $0.likeliest) },
      classes: whole.likeliest.map { Int32($0.index) })
  }

  /// What is seen in the whole picture or in a part of it.
  private struct Region: Sendable {
    let likeliest: Likeliest
    let text: [Float]

    var best: Float { likeliest.first?.share ?? 0 }
  }

  /// What the logits say: of the whole, and then of each cell.
  private func regions(_ logits: Plane, with context: Context) -> [Region] {
    let found = Mutex([Region?](repeating: nil, count: logits.width))
    context.parallel.forEachPart(of: logits.width, work: 100 * logits.width * sizes.classes) {
      for index in $0 {
        let likeliest = likeliest(
          of: probabilities(logits, index), count: index == 0 ? sizes.wholeTop : sizes.cellTop)
        let region = Region(likeliest: likeliest, text: text(of: likeliest))
        found.withLock { $0[index] = region }
      }
    }
    return found.withLock { $0.compactMap(\.self) }
  }

  /// The mean over all of the features, and over overlapping windows (adaptive pooling).
  private func pool(
    _ features: Plane, to grid: GridSize, into pooled: Plane, with context: Context
  ) {
    let work = 8 * features.bounds.area * features.channels
    context.parallel.forEachPart(of: 1 + grid.count, work: work) {
      for index in $0 {
        let region = max(0, index - 1)
        let window = Rectangle(
          rows: adaptiveWindow(
            of: region / grid.columns, count: grid.rows, length: features.height),
          columns: adaptiveWindow(
            of: region % grid.columns, count: grid.columns, length: features.width))
        mean(of: features, index == 0 ? features.bounds : window, into: pooled, index)
      }
    }
  }

  private func mean(
    of features: Plane, _ window: Rectangle, into pooled: Plane, _ region: Int
  ) {
    let target = unsafe pooled.pixel(0, region)
    unsafe target.update(repeating: 0, count: features.channels)
    for row in window.rows {
      for column in window.columns {
        let pixel = unsafe features.pixel(row, column)
        for channel in 0..<features.channels { unsafe target[channel] += pixel[channel] }
      }
    }
    let count = Float(window.area)
    for channel in 0..<features.channels { unsafe target[channel] /= count }
  }

  private func probabilities(_ logits: Plane, _ region: Int) -> [Float] {
    let row = unsafe logits.pixel(0, region)
    let values = (0..<sizes.classes).map { unsafe row[$0] }
    let highest = values.max() ?? 0
    let shares = values.map { expf($0 - highest) }
    let whole = shares.reduce(0, +)
    return shares.map { $0 / whole }
  }

  private typealias Likeliest = [(index: Int, share: Float)]

  /// The likeliest classes, the best first, whose shares are kept as float16 keeps them.
  private func likeliest(of probabilities: [Float], count: Int) -> Likeliest {
    var ranking = Ranking(limit: count)
    for (index, share) in probabilities.enumerated() { ranking.offer(Int32(index), share) }
    return zip(ranking.items, ranking.scores).map { (Int($0), Float(Float16($1))) }
  }

  /// The share of the first that is no place.
  private func bestObject(of likeliest: Likeliest) -> Float {
    likeliest.first { sizes.places?.contains($0.index) != true }?.share ?? 0
  }

  /// The mean text vector of the likeliest classes.
  private func text(of likeliest: Likeliest) -> [Float] {
    var mean = [Float](repeating: 0, count: textWidth)
    for (index, share) in likeliest {
      let start = index * textWidth
      for i in 0..<textWidth { mean[i] += share * classText[start + i] }
    }
    return mean
  }
}
