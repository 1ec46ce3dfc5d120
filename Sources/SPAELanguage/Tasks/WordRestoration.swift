import Glibc
package import SPAEPyramid

/// Restores the words of a picture from noisy copies of them and the words of a degraded picture.
///
/// Each of these lists counts at a position by how often it is right. A word that two of them
/// have there stays; only where all differ is a frozen language model asked which of their words
/// goes with those that are known, the nearest of them last. So what is known is kept, and the
/// model chooses among candidates.
package struct WordRestoration: Sendable {
  /// A list of words.
  package struct Version: Hashable, Sendable {
    /// nil where it says nothing, [position].
    package var words: [Int32?]
    /// The share of its words that are right, or are taken to be.
    package var reliability: Double

    package init(words: [Int32?], reliability: Double) {
      (self.words, self.reliability) = (words, reliability)
    }
  }

  /// What came of it.
  package struct Outcome: Hashable, Sendable {
    /// Of the layers that were asked for, [position].
    package var words: [Int32]
    /// Positions at which the model was asked.
    package var asked = 0

    package init(words: [Int32], asked: Int = 0) { (self.words, self.asked) = (words, asked) }
  }

  package let shape: PyramidShape
  package let versions: [Version]
  package let vocabulary: Vocabulary

  /// How much the log-probability of a word counts beside how often the versions are right.
  ///
  /// On 60 words of pictures of the training classes of mini-ImageNet, 56 of them among their
  /// candidates, SmolLM2 is right in 47; in 44 with 1; in 41 where it reads the rows around
  /// instead of a list, and in 44 where lists of four other pictures stand before.
  private static let modelWeight = 2.0

  package init(shape: PyramidShape, versions: [Version], vocabulary: Vocabulary) {
    (self.shape, self.versions, self.vocabulary) = (shape, versions, vocabulary)
  }

  /// How much a version counts for its word: the logarithm of right to wrong.
  static func weight(_ reliability: Double) -> Double {
    let share = min(0.99, max(0.01, reliability))
    return log(share / (1 - share))
  }

  /// Restores the words of the first layers; without a model, by the versions alone.
  package func outcome(
    depth: Int, by model: (any LanguageModel)?
  ) throws(LanguageError) -> Outcome {
    let count = shape.wordCount(toDepth: depth)
    let votes = (0..<count).map(rankedVotes)
    var words = votes.map { $0.first?.word ?? 0 }
    var open = (0..<count).filter { (votes[$0].first?.count ?? 0) < 2 && votes[$0].count > 1 }
    guard let model else { return Outcome(words: words) }
    let asked = open
    while let position = open.first {
      words[position] = try choice(at: position, among: votes[position], words, open, model)
      open.removeFirst()
    }
    return Outcome(words: words, asked: asked.count)
  }

  // MARK: Votes

  /// A word that versions have at a position.
  private struct Vote {
    let word: Int32
    var count = 0
    var weight = 0.0
  }

  /// The words of a position: that of the most versions first, then the likeliest, then the latest.
  private func rankedVotes(at position: Int) -> [Vote] {
    var votes: [Vote] = []
    for version in versions.reversed() {
      guard let word = version.words[position] else { continue }
      let place = votes.firstIndex { $0.word == word } ?? votes.count
      if place == votes.count { votes.append(Vote(word: word)) }
      votes[place].count += 1
      votes[place].weight += Self.weight(version.reliability)
    }
    return votes.enumerated().sorted {
      ($1.element.count, $1.element.weight, $0.offset)
        < ($0.element.count, $0.element.weight, $1.offset)
    }.map(\.element)
  }

  // MARK: The model

  private func choice(
    at position: Int, among votes: [Vote], _ words: [Int32], _ open: [Int],
    _ model: any LanguageModel
  ) throws(LanguageError) -> Int32 {
    let prompt = prompt(at: position, known: words.indices.filter { !open.contains($0) }, words)
    do throws(LanguageError) {
      let texts = votes.map { vocabulary[$0.word] }
      let likely = try model.likeliest(of: texts, after: prompt)
      let sums = votes.indices.map {
        votes[$0].weight + Self.modelWeight * (likely.scores[texts[$0]] ?? likely.least)
      }
      return votes[greatest(sums)].word
    } catch {
      guard case .noLogProbabilities = error else { throw error }
      return try written(after: prompt, among: votes, model)
    }
  }

  /// The words that are known, those around the position last.
  private func prompt(at position: Int, known: [Int], _ words: [Int32]) -> String {
    let distances = known.map { distance(position, $0) }
    let order = known.indices.sorted { (distances[$1], $0) < (distances[$0], $1) }
    let list = order.map { " " + vocabulary[words[known[$0]]] }
    return "A photo shows:" + list.joined()
  }

  /// How far two positions are apart, in sides of the picture, and a little by their layers.
  private func distance(_ a: Int, _ b: Int) -> Double {
    let (one, other) = (shape.cell(at: a), shape.cell(at: b))
    func middle(_ at: Int, of count: Int) -> Double { (Double(at) + 0.5) / Double(count) }
    let (own, size) = (shape.size(ofLayer: one.layer), shape.size(ofLayer: other.layer))
    let down = middle(one.row, of: own.rows) - middle(other.row, of: size.rows)
    let across = middle(one.column, of: own.columns) - middle(other.column, of: size.columns)
    return abs(down) + abs(across) + 0.1 * Double(abs(one.layer - other.layer))
  }

  /// For servers that score nothing: the first word that the model writes, if it is a candidate.
  private func written(
    after prompt: String, among votes: [Vote], _ model: any LanguageModel
  ) throws(LanguageError) -> Int32 {
    let request = CompletionRequest(prompt: prompt, maximumTokens: 8, stop: ["\n"])
    let text = try answer(to: request, by: model).lowercased()
    let first = text.split { !$0.isLetter }.lazy.compactMap { vocabulary.number(of: $0) }.first
    return votes.first { $0.word == first }?.word ?? votes[0].word
  }
}
