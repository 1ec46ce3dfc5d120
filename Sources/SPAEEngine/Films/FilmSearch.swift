import SPAEPixels
import SPAEPyramid

/// Chooses words of cells again so that the decoded picture comes near a target, where each word
/// that differs from the standing one must pay for itself.
///
/// All words of a cell have the same effect on its picture, whatever their layer, so each is refined
/// as those of the last layer are: a Gauss-Newton step over words by the linear decoder, half of the
/// cells at a time.
final class FilmSearch {
  private let codebook: Codebook
  private let decoder: Decoder
  private let step: Float
  private let layer: Refinement.Layer
  private let planes: ConditionalLinearDecoder.Planes
  private let gradient: ConditionalLinearDecoder.Gradient
  private let targets: Plane  // [channel, row, column] of each patch
  private let patch: Int

  /// The flat index of each cell's word of some layer; nil where the layer does not visit it.
  private let slots: [[Int?]]  // [layer - 1][cell]
  private let visits: [Float]  // [cell], the number of its words

  let shape: PyramidShape

  /// The flat index of a cell's word in a layer; nil where the layer does not visit it.
  func position(of cell: Int, inLayer layer: Int) -> Int? { slots[layer - 1][cell] }

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
    slots = (1...shape.depth).map { layer in
      var slot = [Int?](repeating: nil, count: shape.grid.count)
      for cell in shape.cells(ofLayer: layer) {
        slot[shape.latentIndex(of: cell)] = shape.index(of: cell)
      }
      return slot
    }
    visits = (0..<shape.grid.count).map { [slots] cell in
      Float(slots.count { $0[cell] != nil })
    }
  }

  /// What a search starts from and what its words cost.
  struct Question {
    /// The words that stand, which cost nothing.
    let standing: [Int32]
    /// What the words shall come near, [height, width, 3] in [-1, 1].
    let target: [Float]
    /// The cells whose words may change, in order.
    let cells: [Int]
    /// The layers whose words may, in the order in which they do.
    let layers: [Int]
    /// The cells whose words begin anew, before the others move.
    var fresh: [Int] = []
    /// By how much a word that is not the standing one must reduce the squared error.
    let price: Float
  }

  /// The words after one step in each layer; `decoded` is the picture of `words`, [height, width, 3].
  func improved(
    _ words: [Int32], _ question: Question, decoded: PixelImage, with context: Context
  ) -> [Int32] {
    var words = words
    load(words, with: context)
    note(question.target, decoded, with: context)
    if !question.fresh.isEmpty {
      let part = layer.restricted(to: Set(question.fresh))
      for half in part.halves { begin(half, &words, with: context) }
    }
    for number in question.layers {
      let slots = slots[number - 1]
      let part = layer.restricted(to: Set(question.cells.filter { slots[$0] != nil }))
      for half in part.halves {
        move(half, slots, &words, question, with: context)
      }
    }
    return words
  }

  private func load(_ words: [Int32], with context: Context) {
    planes.stride = layer.cells.upsampling.stride
    set(Array(0..<shape.grid.count), words, with: context)
  }

  private func set(_ cells: [Int], _ words: [Int32], with context: Context) {
    let quantizer = Quantizer(codebook: codebook)
    decoder.linear.set(
      cells, cellClasses: layer.cells.upsampling.cellClass, in: planes, with: context
    ) { quantizer.estimate(at: $0, in: layer.cells, of: words) }
    decoder.linear.refresh(planes.patches.bounds, in: planes, with: context)
  }

  /// Sets what the linear decoder is to give: its picture and what the decoded one is short of.
  private func note(_ target: [Float], _ decoded: PixelImage, with context: Context) {
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

  /// Moves the words of half of the cells.
  private func move(
    _ half: Refinement.Layer.Half, _ slots: [Int?], _ words: inout [Int32], _ question: Question,
    with context: Context
  ) {
    subtract()
    let upsampling = layer.cells.upsampling
    decoder.linear.transpose(
      gradient, cells: half.filled, cellClasses: upsampling.cellClass, stride: upsampling.stride,
      with: context)
    var changed: [Int] = []
    for (metric, cells) in half.ofKind where !cells.isEmpty {
      let positions = cells.compactMap { slots[$0] }
      let goals = goals(of: cells, words: positions.map { words[$0] }, in: metric)
      let nearest = codebook.nearest(to: goals, in: metric, with: context)
      for (index, position) in positions.enumerated() {
        let goal = goals[index * codebook.latent..<(index + 1) * codebook.latent]
        let word = best(
          of: [nearest[index], question.standing[position], words[position]], goal, in: metric,
          standing: question.standing[position], price: question.price, cell: cells[index])
        guard word != words[position] else { continue }
        words[position] = word
        changed.append(cells[index])
      }
    }
    if !changed.isEmpty { set(changed.sorted(), words, with: context) }
  }

  /// Begins the words of half of the cells anew: that of the last layer but one becomes the one which
  /// with the words above it comes nearest to what is wanted, as in the streaming average. That of
  /// the last layer, which was made for the one before, does not count.
  private func begin(
    _ half: Refinement.Layer.Half, _ words: inout [Int32], with context: Context
  ) {
    subtract()
    let upsampling = layer.cells.upsampling
    decoder.linear.transpose(
      gradient, cells: half.filled, cellClasses: upsampling.cellClass, stride: upsampling.stride,
      with: context)
    for (metric, cells) in half.ofKind where !cells.isEmpty {
      let goals = cells.flatMap { freshGoal(of: $0, words: words, in: metric) }
      for (cell, word) in zip(cells, codebook.nearest(to: goals, in: metric, with: context)) {
        guard let position = slots[shape.depth - 2][cell] else { continue }
        words[position] = word
      }
    }
    set(half.ofKind.flatMap(\.positions).sorted(), words, with: context)
  }

  /// With n words of sum S, and a and b those of the last two layers, the code (n - 1) z - (S - a - b),
  /// where z is S / n and what the gradient asks for, times the metric.
  private func freshGoal(of cell: Int, words: [Int32], in metric: QuadraticMetric) -> [Float] {
    let (latent, columns) = (codebook.latent, shape.grid.columns)
    let asked = unsafe gradient.pixel(cell / columns, cell % columns)
    let mean = Quantizer(codebook: codebook).estimate(of: layer.cells.words(of: cell, in: words))
    var (goal, code) = ([Float](repeating: 0, count: latent), mean)
    for i in 0..<latent { code[i] *= -1 }  // (n - 1) S / n - S = -S / n
    for layer in shape.depth - 1...shape.depth {
      guard let position = slots[layer - 1][cell] else { continue }
      for i in 0..<latent { unsafe code[i] += codebook.codes.floats[Int(words[position]) * latent + i] }
    }
    for i in 0..<latent { unsafe goal[i] = (visits[cell] - 1) * asked[i] }
    unsafe goal.withUnsafeMutableBufferPointer { goal in
      unsafe code.withUnsafeBufferPointer { code in
        guard let code = code.baseAddress else { return }
        unsafe metric.addImage(of: code, to: goal)
      }
    }
    return goal
  }

  /// The word that reduces the error most, after what a change costs; the last one where none is
  /// better.
  private func best(
    of choices: [Int32], _ goal: ArraySlice<Float>, in metric: QuadraticMetric, standing: Int32,
    price: Float, cell: Int
  ) -> Int32 {
    let cost = price * visits[cell] * visits[cell] / 2
    var best: (word: Int32, score: Float)?
    for word in choices.reversed() {
      let code = unsafe codebook.codes.floats + Int(word) * codebook.latent
      var score = unsafe -metric.halfSquare(of: code)
      for (i, component) in goal.enumerated() { score += unsafe component * code[i] }
      if word != standing { score -= cost }
      if best.map({ score > $0.score }) ?? true { best = (word, score) }
    }
    return best?.word ?? standing
  }

  /// Where the words of some cells should go, times the metric, [cell, latent].
  private func goals(
    of cells: [Int], words: [Int32], in metric: QuadraticMetric
  ) -> [Float] {
    let (latent, columns) = (codebook.latent, shape.grid.columns)
    return unsafe [Float](unsafeUninitializedCapacity: cells.count * latent) { goals, count in
      count = cells.count * latent
      for (index, (cell, word)) in zip(cells, words).enumerated() {
        let goal = unsafe UnsafeMutableBufferPointer(
          rebasing: goals[index * latent..<(index + 1) * latent])
        let asked = unsafe gradient.pixel(cell / columns, cell % columns)
        for i in 0..<latent { unsafe goal[i] = step * visits[cell] * asked[i] }
        unsafe metric.addImage(of: codebook.codes.floats + Int(word) * latent, to: goal)
      }
    }
  }

  private func subtract() {
    for row in 0..<targets.height {
      for column in 0..<targets.width {
        let error = unsafe gradient.errors.pixel(row, column)
        let target = unsafe targets.pixel(row, column)
        let linear = unsafe planes.patches.pixel(row, column)
        for i in 0..<targets.channels { unsafe error[i] = target[i] - linear[i] }
      }
    }
  }
}
