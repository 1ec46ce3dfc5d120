import SPAEPyramid

/// Streaming average quantization (SPAE, section 3.2).
///
/// At a cell's n-th visit the target is n z minus the words so far, so that the mean of the n words
/// comes near z. Where a place's fitting words are known (the first layers), the word is the nearest
/// of those; the later words of the cell repair the mean.
struct Quantizer {
  let codebook: Codebook

  /// Chooses every word for z, [cell, latent]; `pools` holds the guided layers' words by place.
  ///
  /// A layer may be chosen again before the next one is: `again` takes a layer and the words down
  /// to it, and gives those of the layer.
  func words(
    for z: [Float], shape: PyramidShape, pools: [Int: [Pool]], with context: Context,
    again: (Int, [Int32]) -> ArraySlice<Int32>
  ) -> [Int32] {
    let latent = codebook.latent
    // What a cell has to say: the error of no word at all.
    let said = z.reduce(0) { $0 + Double($1 * $1) } / Double(shape.grid * shape.grid)
    var total = [Float](repeating: 0, count: z.count)
    var visits = [Float](repeating: 0, count: shape.grid * shape.grid)
    var words: [Int32] = []
    words.reserveCapacity(shape.wordCount)
    for layer in 1...shape.depth {
      let cells = shape.cells(ofLayer: layer).map(shape.latentIndex(of:))
      let targets = cells.flatMap { cell in
        (cell * latent..<(cell + 1) * latent).map { (visits[cell] + 1) * z[$0] - total[$0] }
      }
      let nearest = choose(targets, from: pools[layer], error: Float(said), with: context)
      let chosen = again(layer, words + nearest)
      for (cell, word) in zip(cells, chosen) {
        visits[cell] += 1
        for i in 0..<latent {
          total[cell * latent + i] += unsafe codebook.codes.floats[Int(word) * latent + i]
        }
      }
      words += chosen
    }
    return words
  }

  private func choose(
    _ targets: [Float], from pools: [Pool]?, error: Float, with context: Context
  ) -> [Int32] {
    guard let pools else { return codebook.nearest(to: targets, with: context) }
    let latent = codebook.latent
    return pools.enumerated().map { place, pool in
      codebook.nearest(
        to: targets[place * latent..<(place + 1) * latent], among: pool, error: error)
    }
  }

  /// The mean of some words' codes, [latent], added up in their order.
  func estimate(of words: some Collection<Int32>) -> [Float] {
    var total = [Float](repeating: 0, count: codebook.latent)
    for word in words {
      for i in total.indices {
        total[i] += unsafe codebook.codes.floats[Int(word) * codebook.latent + i]
      }
    }
    if words.count > 1 { for i in total.indices { total[i] /= Float(words.count) } }
    return total
  }

  /// What a cell takes of the estimates of all, at the depth of `cells`, [latent].
  func estimate(takenBy cell: Int, in cells: LatentCells, of words: [Int32]) -> ArraySlice<Float> {
    cells.fill.blend(at: cell, latent: codebook.latent) {
      estimate(of: cells.words(of: $0, in: words))[...]
    }
  }

  /// The mean of each cell's words in layers 1 ... depth, [cell, latent]; zero where it has none.
  func estimates(of words: [Int32], shape: PyramidShape, depth: Int) -> [Float] {
    let latent = codebook.latent
    var total = [Float](repeating: 0, count: shape.grid * shape.grid * latent)
    var visits = [Float](repeating: 0, count: shape.grid * shape.grid)
    var next = 0
    for layer in 1...depth {
      for cell in shape.cells(ofLayer: layer).map(shape.latentIndex(of:)) {
        let word = Int(words[next])
        next += 1
        visits[cell] += 1
        for i in 0..<latent {
          total[cell * latent + i] += unsafe codebook.codes.floats[word * latent + i]
        }
      }
    }
    for index in total.indices where visits[index / latent] > 1 {
      total[index] /= visits[index / latent]
    }
    return total
  }
}
