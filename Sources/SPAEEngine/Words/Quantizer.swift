import SPAEPyramid

/// Streaming average quantization (SPAE, section 3.2).
///
/// At a cell's n-th visit the target is n z minus the words so far, so that the mean of the n words
/// comes near z. In the guided layers the word is the nearest of its position's candidates, and the
/// later words of the cell correct the mean.
struct Quantizer {
  let codebook: Codebook

  /// The sums of the cells' codes so far, and how many each cell has.
  struct Sum {
    fileprivate let z: [Float]  // [cell, latent]
    fileprivate var total: [Float]  // [cell, latent]
    fileprivate var visits: [Float]  // [cell]
    /// The squared error of a cell without words, in the mean.
    fileprivate let energy: Float

    init(z: [Float], shape: PyramidShape) {
      let cells = shape.grid.count
      self.z = z
      total = [Float](repeating: 0, count: z.count)
      visits = [Float](repeating: 0, count: cells)
      energy = Float(z.reduce(0) { $0 + Double($1 * $1) } / Double(cells))
    }
  }

  /// The word nearest to each target of a layer, among its candidates if there are any.
  func nearest(
    at cells: [Int], to sum: Sum, among candidates: [Candidates]?, with context: Context
  ) -> [Int32] {
    let latent = codebook.latent
    let targets = cells.flatMap { cell in
      (cell * latent..<(cell + 1) * latent).map {
        (sum.visits[cell] + 1) * sum.z[$0] - sum.total[$0]
      }
    }
    return choose(targets, from: candidates, error: sum.energy, with: context)
  }

  /// Adds a layer's words to those of its cells.
  func add(_ words: some Sequence<Int32>, at cells: [Int], to sum: inout Sum) {
    let latent = codebook.latent
    for (cell, word) in zip(cells, words) {
      sum.visits[cell] += 1
      for i in 0..<latent {
        sum.total[cell * latent + i] += unsafe codebook.codes.floats[Int(word) * latent + i]
      }
    }
  }

  private func choose(
    _ targets: [Float], from candidates: [Candidates]?, error: Float, with context: Context
  ) -> [Int32] {
    guard let candidates else { return codebook.nearest(to: targets, with: context) }
    let latent = codebook.latent
    return candidates.enumerated().map { position, candidates in
      codebook.nearest(
        to: targets[position * latent..<(position + 1) * latent], among: candidates, error: error)
    }
  }

  /// The mean of some words' codes, [latent], added up in their order.
  func estimate(of words: some Collection<Int32>) -> [Float] {
    let latent = codebook.latent
    return unsafe [Float](unsafeUninitializedCapacity: latent) { total, count in
      unsafe total.initialize(repeating: 0)
      for word in words {
        let code = unsafe codebook.codes.floats + Int(word) * latent
        for i in 0..<latent { unsafe total[i] += code[i] }
      }
      let visits = words.count
      if visits > 1 { for i in 0..<latent { unsafe total[i] /= Float(visits) } }
      count = latent
    }
  }

  /// Sets a cell's upsampled estimate at the depth of `cells`, [latent].
  func estimate(
    at cell: Int, in cells: LatentCells, of words: [Int32], into target: UnsafeMutablePointer<Float>
  ) {
    unsafe cells.upsampling.blend(at: cell, latent: codebook.latent, into: target) { source, body in
      let estimate = estimate(of: cells.words(of: source, in: words))
      unsafe estimate.withUnsafeBufferPointer { unsafe $0.baseAddress.map { unsafe body($0) } }
    }
  }

  /// The mean of each cell's words in layers `first` ... depth, [cell, latent]; zero where it has
  /// none.
  func estimates(
    of words: [Int32], shape: PyramidShape, from first: Int = 1, depth: Int
  ) -> [Float] {
    let (latent, cells) = (codebook.latent, shape.grid.count)
    var visits = [Float](repeating: 0, count: cells)
    var next = shape.wordCount(toDepth: first - 1)
    return unsafe [Float](unsafeUninitializedCapacity: cells * latent) { total, count in
      count = cells * latent
      unsafe total.initialize(repeating: 0)
      guard let total = total.baseAddress else { return }
      for layer in first...depth {
        for address in shape.cells(ofLayer: layer) {
          let cell = shape.latentIndex(of: address)
          let code = unsafe codebook.codes.floats + Int(words[next]) * latent
          let own = unsafe total + cell * latent
          for i in 0..<latent { unsafe own[i] += code[i] }
          visits[cell] += 1
          next += 1
        }
      }
      for cell in 0..<cells where visits[cell] > 1 {
        let (own, visits) = unsafe (total + cell * latent, visits[cell])
        for i in 0..<latent { unsafe own[i] /= visits }
      }
    }
  }
}
