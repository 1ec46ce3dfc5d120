/// Finds for each of some cells the word that with another one comes nearest to the cell's goal.
///
/// The words of a pair are often asked for twice: each is looked for once.
struct WordPartners {
  private let codebook: Codebook
  private let metric: QuadraticMetric
  private let goals: [Float]  // [cell, latent]
  /// Of each cell the words that were asked for, each with its partner: a few, so they are in a list.
  private var known: [[(word: Int32, partner: Int32)]]  // [cell]

  init(_ codebook: Codebook, _ metric: QuadraticMetric, goals: [Float]) {
    (self.codebook, self.metric, self.goals) = (codebook, metric, goals)
    known = Array(repeating: [], count: goals.count / codebook.latent)
  }

  /// The partner of a word for each cell.
  mutating func partners(of words: [Int32], with context: Context) -> [Int32] {
    let missing = words.indices.filter { partner(of: words[$0], at: $0) == nil }
    if !missing.isEmpty {
      let found = codebook.nearest(to: rests(missing, words), in: metric, with: context)
      for (cell, partner) in zip(missing, found) { known[cell].append((words[cell], partner)) }
    }
    return words.indices.map { partner(of: words[$0], at: $0) ?? words[$0] }
  }

  private func partner(of word: Int32, at cell: Int) -> Int32? {
    known[cell].first { $0.word == word }?.partner
  }

  /// What the words of some cells leave of their goals, times the metric, [cell, latent].
  private func rests(_ cells: [Int], _ words: [Int32]) -> [Float] {
    let latent = codebook.latent
    var rests = [Float](repeating: 0, count: cells.count * latent)
    unsafe rests.withUnsafeMutableBufferPointer { rests in
      for (row, cell) in cells.enumerated() {
        let rest = unsafe UnsafeMutableBufferPointer(
          rebasing: rests[row * latent..<(row + 1) * latent])
        unsafe metric.addImage(
          of: codebook.codes.floats + Int(words[cell]) * latent, to: rest)
        for i in 0..<latent { unsafe rest[i] = goals[cell * latent + i] - rest[i] }
      }
    }
    return rests
  }
}
