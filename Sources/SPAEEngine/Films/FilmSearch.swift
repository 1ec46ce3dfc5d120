import SPAEPixels
import SPAEPyramid

/// Chooses words of cells again so that the decoded picture comes near a target, where each word
/// that differs from the standing one must pay for itself.
///
/// The last two layers visit every cell, and both words of a cell have the same effect on its
/// picture. So the two are chosen together: a Gauss-Newton step by the linear decoder says what their
/// codes should sum up to, and pairs that come near it are found from several first words.
/// Half of the cells move at a time.
final class FilmSearch {
  private let codebook: Codebook
  private let decoder: Decoder
  private let step: Float
  private let layer: Refinement.Layer
  private let planes: ConditionalLinearDecoder.Planes
  private let gradient: ConditionalLinearDecoder.Gradient
  private let targets: Plane  // [channel, row, column] of each patch
  private let visits: [Float]  // [cell], the number of its words
  /// The flat indices of each cell's words of the last two layers.
  private let positions: [(Int, Int)]  // [cell]
  /// What solves for a code in each metric that was asked for.
  private var factors: [ObjectIdentifier: CholeskyFactor] = [:]
  /// Whose linear picture `planes` hold.
  private var drawn: [Int32] = []

  let shape: PyramidShape

  /// Pixels of a cell along each side.
  let patch: Int

  init(_ model: Model, shape: PyramidShape) {
    self.shape = shape
    (codebook, decoder) = (model.codebook, model.decoder)
    (step, patch) = (model.configuration.search.step, model.configuration.patch)
    layer = Refinement.Layer(
      shape.depth, of: shape, decoder: model.decoder, configuration: model.configuration,
      with: model.context)
    planes = ConditionalLinearDecoder.Planes(model.configuration, grid: shape.grid)
    gradient = ConditionalLinearDecoder.Gradient(model.configuration, grid: shape.grid)
    targets = Plane(shape.grid, channels: model.configuration.patchNumbers, border: 0)
    let (last, cells) = (shape.wordCount(toDepth: shape.depth - 1), shape.grid.count)
    positions = (0..<cells).map { (last - cells + $0, last + $0) }
    let words = [Int32](repeating: 0, count: shape.wordCount)
    visits = (0..<cells).map { [layer] in Float(layer.cells.words(of: $0, in: words).count) }
  }

  /// What a search starts from and what its words cost.
  struct Question {
    /// The words that stand, which cost nothing.
    let standing: [Int32]
    /// What the words shall come near, [height, width, 3] in [-1, 1].
    let target: [Float]
    /// The cells whose words may change.
    var cells: Set<Int>
    /// By how much a word that is not the standing one must reduce the squared error.
    let penalty: Float
  }

  /// The words after one step towards the target; `decoded` is the picture of `words`.
  func improved(
    _ words: [Int32], _ question: Question, decoded: PixelImage, with context: Context
  ) -> [Int32] {
    var words = words
    planes.stride = layer.cells.upsampling.stride
    draw(words, with: context)
    note(question.target, decoded)
    for half in layer.restricted(to: question.cells).halves {
      differentiate(half, with: context)
      let changed = half.ofKind.flatMap { metric, cells in
        move(cells, &words, question, in: metric, with: context)
      }
      if !changed.isEmpty { set(changed.sorted(), words, with: context) }
    }
    drawn = words
    return words
  }

  /// Moves the words of cells of one kind; gives those that changed.
  private func move(
    _ cells: [Int], _ words: inout [Int32], _ question: Question, in metric: QuadraticMetric,
    with context: Context
  ) -> [Int] {
    guard !cells.isEmpty else { return [] }
    let factor =
      factors[ObjectIdentifier(metric)] ?? CholeskyFactor(of: metric, width: codebook.latent)
    factors[ObjectIdentifier(metric)] = factor
    let cells = cells.filter { cell in
      isMoved(cell, words, from: question.standing)
        || greatestGain(at: cell, by: factor) > Self.promise * question.penalty
    }
    guard !cells.isEmpty else { return [] }
    let goals = cells.flatMap { wanted(at: $0, words, in: metric) }
    let pairs = pairs(
      for: cells, goals, words, question.standing, penalty: question.penalty, in: metric,
      with: context)
    return zip(cells, pairs).filter { put($0.1, at: $0.0, &words) }.map(\.0)
  }

  /// How many times its penalty the best codes must gain for a cell's words to be looked for: words
  /// come near such codes, and gain less.
  private static let promise: Float = 3

  private func isMoved(_ cell: Int, _ words: [Int32], from standing: [Int32]) -> Bool {
    let (first, second) = positions[cell]
    return words[first] != standing[first] || words[second] != standing[second]
  }

  /// By how much the best codes there could be would reduce a cell's error.
  private func greatestGain(at cell: Int, by factor: CholeskyFactor) -> Float {
    let asked = unsafe gradient.pixel(cell / shape.grid.columns, cell % shape.grid.columns)
    return unsafe step * step * factor.product(ofImage: asked)
  }

  /// The words of some cells begun anew, from a frame's latent, [cell, latent].
  func begun(
    _ words: [Int32], cells: Set<Int>, latent z: [Float], with context: Context
  ) -> [Int32] {
    var words = words
    for half in layer.restricted(to: cells).halves {
      for (metric, cells) in half.ofKind where !cells.isEmpty {
        let wanted = cells.flatMap { cell in
          let held = held(at: cell, words)
          let code = (0..<codebook.latent).map {
            visits[cell] * z[cell * codebook.latent + $0] - held[$0]
          }
          return image(of: code, in: metric)
        }
        let pairs = pairs(
          for: cells, wanted, words, words, penalty: 0, in: metric, with: context)
        for (cell, pair) in zip(cells, pairs) { _ = put(pair, at: cell, &words) }
      }
    }
    return words
  }

  // MARK: The linear decoder

  /// Draws the linear picture of words anew where they are others than those that are drawn.
  private func draw(_ words: [Int32], with context: Context) {
    let cells = (0..<shape.grid.count).filter { cell in
      drawn.isEmpty
        || !layer.cells.words(of: cell, in: words).elementsEqual(
          layer.cells.words(of: cell, in: drawn))
    }
    if !cells.isEmpty { set(cells, words, with: context) }
  }

  private func set(_ cells: [Int], _ words: [Int32], with context: Context) {
    let (quantizer, all) = (Quantizer(codebook: codebook), layer.cells)
    unsafe decoder.linear.set(
      cells, cellClasses: all.upsampling.cellClass, in: planes, with: context
    ) { unsafe quantizer.estimate(at: $0, in: all, of: words, into: $1) }
    let rows = cells.map { $0 / shape.grid.columns }
    guard let first = rows.min(), let last = rows.max() else { return }
    let area = Rectangle(rows: first..<last + 1, columns: planes.patches.bounds.columns)
    decoder.linear.refresh(area, in: planes, with: context)
  }

  /// Sets what the linear decoder is to give: its picture and what the decoded one is short of.
  private func note(_ target: [Float], _ decoded: PixelImage) {
    let (width, patch) = (decoded.width, patch)
    for row in 0..<decoded.height {
      for column in 0..<width {
        let number = row % patch * patch + column % patch
        let wanted = unsafe targets.pixel(row / patch, column / patch) + number
        let linear = unsafe planes.patches.pixel(row / patch, column / patch) + number
        let pixel = (row * width + column) * 3
        for channel in 0..<3 {
          let error = target[pixel + channel] - (Float(decoded.pixels[pixel + channel]) / 127.5 - 1)
          unsafe wanted[channel * patch * patch] = linear[channel * patch * patch] + error
        }
      }
    }
  }

  /// Computes the gradient of half of the cells.
  private func differentiate(_ half: Refinement.Layer.Half, with context: Context) {
    for row in 0..<targets.height {
      for column in 0..<targets.width {
        let error = unsafe gradient.errors.pixel(row, column)
        let target = unsafe targets.pixel(row, column)
        let linear = unsafe planes.patches.pixel(row, column)
        for i in 0..<targets.channels { unsafe error[i] = target[i] - linear[i] }
      }
    }
    decoder.linear.transpose(
      gradient, cells: half.filled, stride: layer.cells.upsampling.stride, with: context)
  }

  /// What the codes of a cell's two words should sum up to, times the metric, [latent].
  private func wanted(at cell: Int, _ words: [Int32], in metric: QuadraticMetric) -> [Float] {
    let (first, second) = (code(words[positions[cell].0]), code(words[positions[cell].1]))
    var wanted = image(of: zip(first, second).map { $0 + $1 }, in: metric)
    let asked = unsafe gradient.pixel(cell / shape.grid.columns, cell % shape.grid.columns)
    for i in wanted.indices { unsafe wanted[i] += step * visits[cell] * asked[i] }
    return wanted
  }

  // MARK: Pairs of words

  /// The words of the last two layers.
  private typealias Pair = (Int32, Int32)

  /// For each cell the pair that comes nearest to its goal, [cell, latent], after what its words cost;
  /// the pair that is there where none is better.
  private func pairs(
    for cells: [Int], _ goals: [Float], _ words: [Int32], _ standing: [Int32], penalty: Float,
    in metric: QuadraticMetric, with context: Context
  ) -> [Pair] {
    let old = cells.map { (standing[positions[$0].0], standing[positions[$0].1]) }
    var search = WordPartners(codebook, metric, goals: goals)
    let (found, half) = search.partners(
      of: [old.map(\.1), old.map(\.0)], besides: goals.map { $0 / 2 }, with: context)
    let (first, second) = (found[0], found[1])
    let (partners, _) = search.partners(of: [first, second, half], with: context)
    let choices = [
      cells.map { (words[positions[$0].0], words[positions[$0].1]) }, old,
      zip(first, old).map { ($0, $1.1) }, zip(old, second).map { ($0.0, $1) },
      Array(zip(first, partners[0])), Array(zip(partners[1], second)),
      Array(zip(half, partners[2])),
    ]
    let latent = codebook.latent
    return cells.indices.map { index in
      let penalty = penalty * visits[cells[index]] * visits[cells[index]] / 2
      let goal = goals[index * latent..<(index + 1) * latent]
      var best: (pair: Pair, score: Float)?
      for (number, pairs) in choices.enumerated() {
        let pair = pairs[index]
        if choices[..<number].contains(where: { $0[index] == pair }) { continue }
        let changes = (pair.0 != old[index].0 ? 1 : 0) + (pair.1 != old[index].1 ? 1 : 0)
        let score = score(of: pair, goal, in: metric) - penalty * Float(changes)
        if best.map({ score > $0.score }) ?? true { best = (pair, score) }
      }
      return best?.pair ?? old[index]
    }
  }

  private func score(
    of pair: Pair, _ goal: ArraySlice<Float>, in metric: QuadraticMetric
  ) -> Float {
    let latent = codebook.latent
    let (first, second) = unsafe (
      codebook.codes.floats + Int(pair.0) * latent, codebook.codes.floats + Int(pair.1) * latent
    )
    return unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: latent) { sum in
      for i in 0..<latent { unsafe sum.initializeElement(at: i, to: first[i] + second[i]) }
      guard let start = sum.baseAddress else { return 0 }
      var score = unsafe -metric.halfSquare(of: start)
      for (i, own) in goal.enumerated() { unsafe score += own * sum[i] }
      return score
    }
  }

  private func put(_ pair: Pair, at cell: Int, _ words: inout [Int32]) -> Bool {
    let (first, second) = positions[cell]
    guard words[first] != pair.0 || words[second] != pair.1 else { return false }
    (words[first], words[second]) = pair
    return true
  }

  /// The sum of the codes of a cell's other words, [latent].
  private func held(at cell: Int, _ words: [Int32]) -> [Float] {
    layer.cells.words(of: cell, in: words).dropLast(2).reduce(
      [Float](repeating: 0, count: codebook.latent)
    ) { sum, word in zip(sum, code(word)).map { $0 + $1 } }
  }

  private func code(_ word: Int32) -> [Float] {
    let start = Int(word) * codebook.latent
    return (start..<start + codebook.latent).map { unsafe codebook.codes.floats[$0] }
  }

  /// A code times the metric.
  private func image(of code: [Float], in metric: QuadraticMetric) -> [Float] {
    var image = [Float](repeating: 0, count: codebook.latent)
    unsafe image.withUnsafeMutableBufferPointer { image in
      unsafe code.withUnsafeBufferPointer { code in
        if let code = code.baseAddress { unsafe metric.addImage(of: code, to: image) }
      }
    }
    return image
  }
}
