/// Finds for each of some cells the word that with another one comes nearest to the cell's goal.
///
/// Searches by turns ask for the same words again: each is looked for once.
struct WordPartners {
  private let codebook: Codebook
  private let metric: QuadraticMetric
  private let goals: [Float]  // [cell, latent]
  private var known: [[Int32: Int32]]  // [cell], the partner of each word

  init(_ codebook: Codebook, _ metric: QuadraticMetric, goals: [Float]) {
    (self.codebook, self.metric, self.goals) = (codebook, metric, goals)
    known = Array(repeating: [:], count: goals.count / codebook.latent)
  }

  /// The partner of a word for each cell; `image` gives a word's code times the metric, [latent].
  mutating func partners(
    of words: [Int32], image: (Int32) -> [Float], with context: Context
  ) -> [Int32] {
    let missing = words.indices.filter { known[$0][words[$0]] == nil }
    if !missing.isEmpty {
      let latent = codebook.latent
      let rests = missing.flatMap { cell in
        zip(goals[cell * latent..<(cell + 1) * latent], image(words[cell])).map { $0 - $1 }
      }
      let found = codebook.nearest(to: rests, in: metric, with: context)
      for (cell, partner) in zip(missing, found) { known[cell][words[cell]] = partner }
    }
    return words.indices.map { known[$0][words[$0], default: words[$0]] }
  }
}
