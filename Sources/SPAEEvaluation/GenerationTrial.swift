package import SPAEEngine
package import SPAELanguage
import SPAEPyramid

/// One label after the other is asked for, and the picture that is made is classified.
package struct GenerationTrial {
  package enum Source: String, CaseIterable {
    case model = "language model"
    /// The same candidates, drawn at random, and made into a picture in the same way.
    case candidates = "candidates at random"
    /// Words of the whole vocabulary, made into a picture in the same way from the same examples.
    case random = "random words"
    /// Above the layers that were chosen by the model's words.
    case covered = "random words, the model's layers below"
    case copy = "nearest example, copied"
    case held = "another picture of the label"
  }

  /// Of one episode: shares of its labels.
  package struct Result {
    package var words: [Source: Double] = [:]
    package var pictures: [Source: Double] = [:]
    /// Of what the model wrote: the share of the upper words, of all words and of the upper words
    /// of the picture encoded again that one example has at the same positions, the greatest of
    /// all examples.
    package var upper: [Double] = []
    package var all: [Double] = []
    package var encoded: [Double] = []
    package var repairs = RepairCount()
  }

  package let labels: [LabelledPyramids.Label]
  package let depth: Int
  package let model: Model
  package let vectors: WordVectors
  package let languageModel: any LanguageModel
  package let seed: UInt64

  package init(
    labels: [LabelledPyramids.Label], depth: Int, model: Model, vectors: WordVectors,
    languageModel: any LanguageModel, seed: UInt64
  ) {
    self.labels = labels
    self.depth = depth
    self.model = model
    self.vectors = vectors
    self.languageModel = languageModel
    self.seed = seed
  }

  /// Lets the model draw each label of an episode.
  package func result(of episode: Episode) throws -> Result {
    let judge = judge(of: episode)
    var result = Result()
    let share = 1 / Double(episode.labels.count)
    for way in episode.labels.indices {
      let (pyramids, outcome) = try pyramids(of: way, in: episode)
      for (source, pyramid) in pyramids {
        let again = try model.encode(try model.decode(pyramid))
        for (keyPath, classified) in [(\Result.words, pyramid), (\Result.pictures, again)] {
          let isRight = judge.label(of: vectors.point(of: classified, layers: 1...depth)) == way
          result[keyPath: keyPath][source, default: 0] += isRight ? share : 0
        }
        guard source == .model else { continue }
        let examples = context(of: episode).map(\.pyramid)
        let count = pyramid.shape.wordCount(toDepth: depth)
        result.upper.append(equalShare(pyramid, examples, count))
        result.all.append(equalShare(pyramid, examples, pyramid.words.count))
        result.encoded.append(equalShare(again, examples, count))
      }
      result.repairs += outcome.repairs
    }
    return result
  }

  /// Knows the pictures of the labels that are neither in the context nor held out.
  private func judge(of episode: Episode) -> NearestCentroid {
    NearestCentroid(
      examples: episode.labels.indices.map { way in
        let known = Set(episode.examples[way] + episode.queries[way])
        let own = labels[episode.labels[way]].pyramids
        return own.indices.filter { !known.contains($0) }
          .map { vectors.point(of: own[$0], layers: 1...depth) }
      })
  }

  /// The examples of all labels.
  private func context(of episode: Episode) -> [(way: Int, pyramid: Pyramid)] {
    episode.labels.indices.flatMap { way in
      episode.examples[way].map { (way, labels[episode.labels[way]].pyramids[$0]) }
    }
  }

  private func pyramids(
    of way: Int, in episode: Episode
  ) throws -> ([(Source, Pyramid)], WordDrawing.Outcome) {
    var generator = SeededGenerator(seed: seed &+ UInt64(way))
    let context = context(of: episode)
    let (pictures, shape) = (context.map(\.pyramid), context[0].pyramid.shape)
    let examples = context.map { way, pyramid in
      WordDrawing.Example(label: labels[episode.labels[way]].name, words: pyramid.words)
    }
    let count = shape.wordCount(toDepth: depth)
    let drawing = WordDrawing(
      examples: generator.draw(examples.count, below: examples.count).map { examples[$0] },
      count: count, vocabulary: model.vocabulary)
    let outcome = try drawing.outcome(of: labels[episode.labels[way]].name, by: languageModel)
    let random = (0..<count).map { _ in Int32(generator.draw(below: model.vocabulary.count)) }
    let own = context.filter { $0.way == way }.map(\.pyramid)
    let drawn = try [
      (Source.model, outcome.words), (.candidates, drawing.random(seed: generator.next()).words),
      (.random, random),
    ].map { source, words in
      let written = WrittenLabel(
        of: words, examples: examples, shape: shape, depth: depth, vectors: vectors)
      return (
        source, try model.assemble(words, from: pictures, score: written.margin(of:)).pyramid
      )
    }
    let covered = Pyramid(shape: shape, words: random + drawn[0].1.words[count...])
    let held = labels[episode.labels[way]].pyramids[episode.queries[way][0]]
    return (
      drawn + [
        (.covered, covered ?? drawn[0].1), (.copy, nearest(to: outcome.words, among: own)),
        (.held, held),
      ], outcome
    )
  }

  /// The pyramid whose upper words are nearest, by the means of their embeddings.
  private func nearest(to words: [Int32], among pyramids: [Pyramid]) -> Pyramid {
    let wanted = normalized(vectors.mean(of: words))
    let similarity = pyramids.map {
      product(wanted, normalized(vectors.mean(of: $0.words.prefix(words.count))))
    }
    return pyramids[greatest(similarity)]
  }

  /// The greatest share of the first words that one example has at the same positions.
  private func equalShare(_ pyramid: Pyramid, _ examples: [Pyramid], _ count: Int) -> Double {
    let equal = examples.map { zip($0.words, pyramid.words).prefix(count).count { $0 == $1 } }
    return Double(equal.max() ?? 0) / Double(count)
  }
}
