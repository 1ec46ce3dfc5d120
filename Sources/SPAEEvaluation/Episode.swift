package import SPAELanguage

/// A label's pictures as words: what few-shot tasks are drawn from.
package struct LabelledWords: Hashable, Sendable {
  package let label: String
  /// The first words of each picture's pyramid, [picture][word].
  package let pictures: [[Int32]]

  package init(label: String, pictures: [[Int32]]) {
    (self.label, self.pictures) = (label, pictures)
  }
}

/// One few-shot task: some labels, examples of each, and other pictures to tell.
package struct Episode: Hashable, Sendable {
  /// The labels' places in the set, [way].
  package let labels: [Int]
  /// The examples' places among their label's pictures, [way][shot].
  package let examples: [[Int]]
  /// The same of the pictures to tell, none of which is an example, [way][query].
  package let queries: [[Int]]
  /// The pictures that were drawn again, because their list of words stood among the examples.
  package let drawnAgain: Int

  package init(labels: [Int], examples: [[Int]], queries: [[Int]], drawnAgain: Int = 0) {
    (self.labels, self.examples) = (labels, examples)
    (self.queries, self.drawnAgain) = (queries, drawnAgain)
  }
}

/// How few-shot tasks are drawn.
package struct EpisodeDraw: Hashable, Sendable {
  package var ways: Int
  package var shots: Int
  /// Pictures of each label to tell.
  package var queries: Int
  package var seed: UInt64
  /// Whether a picture whose words equal an example's may be asked for: a language model would only
  /// have to copy.
  package var allowsEqualWords: Bool

  package init(
    ways: Int, shots: Int, queries: Int, seed: UInt64 = 1, allowsEqualWords: Bool = false
  ) {
    (self.ways, self.shots, self.queries) = (ways, shots, queries)
    (self.seed, self.allowsEqualWords) = (seed, allowsEqualWords)
  }

  /// Draws episodes from a set; the same seed draws the same ones.
  package func episodes(
    _ count: Int, from set: [LabelledWords]
  ) throws(LanguageError) -> [Episode] {
    guard set.count >= ways else { throw .tooFewLabels(found: set.count, wanted: ways) }
    for each in set where each.pictures.count < shots + queries {
      throw .tooFewExamples(
        label: each.label, found: each.pictures.count, wanted: shots + queries)
    }
    var generator = SeededGenerator(seed: seed)
    var episodes: [Episode] = []
    for _ in 0..<count { episodes.append(try episode(from: set, by: &generator)) }
    return episodes
  }

  private func episode(
    from set: [LabelledWords], by generator: inout SeededGenerator
  ) throws(LanguageError) -> Episode {
    let labels = generator.draw(ways, below: set.count)
    let orders = labels.map { label in
      let count = set[label].pictures.count
      return generator.draw(count, below: count)
    }
    let examples = orders.map { Array($0.prefix(shots)) }
    let known = Set(
      zip(labels, examples).flatMap { label, own in own.map { set[label].pictures[$0] } })
    var drawnAgain = 0
    var queries: [[Int]] = []
    for (label, order) in zip(labels, orders) {
      var own: [Int] = []
      for picture in order.dropFirst(shots) where own.count < self.queries {
        if allowsEqualWords || !known.contains(set[label].pictures[picture]) {
          own.append(picture)
        } else {
          drawnAgain += 1
        }
      }
      guard own.count == self.queries else {
        throw .tooFewExamples(
          label: set[label].label, found: shots + own.count, wanted: shots + self.queries)
      }
      queries.append(own)
    }
    return Episode(labels: labels, examples: examples, queries: queries, drawnAgain: drawnAgain)
  }
}

extension Episode {
  /// The share of pictures that the nearest centroid tells right; points are [label][picture][width].
  package func centroidShare(_ points: [[[Float]]], background: [Float]? = nil) -> Double {
    let classifier = NearestCentroid(
      examples: zip(labels, examples).map { label, own in own.map { points[label][$0] } },
      background: background)
    var right = 0
    for (way, label) in labels.enumerated() {
      right += queries[way].count { classifier.label(of: points[label][$0]) == way }
    }
    return Double(right) / Double(max(1, queries.reduce(0) { $0 + $1.count }))
  }
}
