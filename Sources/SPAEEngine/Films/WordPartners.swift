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

  /// The partners of some words for each cell, and the words nearest to some other targets,
  /// [number, latent]. All are looked for at once: the codes are read but once.
  mutating func partners(
    of lists: [[Int32]], besides targets: [Float] = [], with context: Context
  ) -> (partners: [[Int32]], nearest: [Int32]) {
    var missing: [(cell: Int, index: Int)] = []
    for words in lists {
      for (cell, word) in words.enumerated() where partner(of: word, at: cell) == nil {
        missing.append((cell, known[cell].count))
        known[cell].append((word, word))
      }
    }
    let asked = missing.map { (cell: $0.cell, word: known[$0.cell][$0.index].word) }
    let found = codebook.nearest(to: rests(asked) + targets, in: metric, with: context)
    for (own, partner) in zip(missing, found) { known[own.cell][own.index].partner = partner }
    let partners = lists.map { words in
      words.indices.map { partner(of: words[$0], at: $0) ?? words[$0] }
    }
    return (partners, Array(found.dropFirst(missing.count)))
  }

  private func partner(of word: Int32, at cell: Int) -> Int32? {
    known[cell].first { $0.word == word }?.partner
  }

  /// What a word leaves of its cell's goal, times the metric, [word, latent].
  private func rests(_ words: [(cell: Int, word: Int32)]) -> [Float] {
    let latent = codebook.latent
    var rests = [Float](repeating: 0, count: words.count * latent)
    unsafe rests.withUnsafeMutableBufferPointer { rests in
      for (row, (cell, word)) in words.enumerated() {
        let rest = unsafe UnsafeMutableBufferPointer(
          rebasing: rests[row * latent..<(row + 1) * latent])
        unsafe metric.addImage(of: codebook.codes.floats + Int(word) * latent, to: rest)
        for i in 0..<latent { unsafe rest[i] = goals[cell * latent + i] - rest[i] }
      }
    }
    return rests
  }
}
