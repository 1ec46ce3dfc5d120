package import SPAELanguage
package import SPAEPyramid

/// The figures of the nearest centroid, with its control and its ceiling.
package struct CentroidFigures {
  package let names: [String]
  package let words: [[Pyramid]]  // [label][picture]
  package let oracleWords: [[Pyramid]]
  package let background: [Pyramid]?
  package let vectors: WordVectors
  /// The embeddings as they are, all words alike.
  package let plainVectors: WordVectors
  package let episodes: Int
  package let seed: UInt64

  package init(
    names: [String], words: [[Pyramid]], oracleWords: [[Pyramid]], background: [Pyramid]?,
    vectors: WordVectors, plainVectors: WordVectors, episodes: Int, seed: UInt64
  ) {
    self.names = names
    self.words = words
    self.oracleWords = oracleWords
    self.background = background
    self.vectors = vectors
    self.plainVectors = plainVectors
    self.episodes = episodes
    self.seed = seed
  }

  /// Pictures of each label to tell, where there are as many.
  private static let questions = 15

  package func figures(ways: Int, depth: Int) throws(LanguageError) -> [FewShotFigure] {
    let swapped = vectors.shuffled(seed: 1)
    var figures: [FewShotFigure] = []
    for (reader, pyramids, vectors) in [
      ("nearest centroid", words, vectors),
      ("nearest centroid, plain embeddings", words, plainVectors),
      ("nearest centroid, embeddings swapped", words, swapped),
      ("nearest centroid, best fitting words", oracleWords, vectors),
    ] {
      let points = pyramids.map { $0.map { vectors.point(of: $0, layers: 1...depth) } }
      let background = background.map {
        mean(of: $0.map { vectors.point(of: $0, layers: 1...depth) })
      }
      for shots in [1, 3, 5] {
        figures.append(
          FewShotFigure(
            ways: ways, words: words[0][0].shape.wordCount(toDepth: depth),
            setting: FewShotSetting(shots: shots), reader: reader,
            accuracy: try accuracy(points, background, ways: ways, shots: shots)))
      }
    }
    return figures
  }

  private func accuracy(
    _ points: [[[Float]]], _ background: [Float]?, ways: Int, shots: Int
  ) throws(LanguageError) -> Estimate {
    let fewest = points.map(\.count).min() ?? 0
    let draw = EpisodeDraw(
      ways: ways, shots: shots, queries: max(1, min(Self.questions, fewest - shots)), seed: seed,
      allowsEqualWords: true)
    // Which words they are is of no account here.
    let set = zip(names, points).map { name, own in
      LabelledWords(label: name, pictures: own.map { _ in [] })
    }
    return Estimate(
      of: try draw.episodes(episodes, from: set).map {
        $0.centroidShare(points, background: background)
      })
  }
}
