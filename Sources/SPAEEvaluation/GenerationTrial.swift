package import SPAEEngine
package import SPAELanguage
import SPAEPyramid

/// One label after the other is asked for, and the answer is classified.
package struct GenerationTrial {
  package enum Source: String, CaseIterable {
    case model = "language model"
    case random = "random words"
    case copy = "nearest example, copied"
    case held = "another picture of the label"
  }

  /// Of one episode: shares of its labels.
  package struct Result {
    package var words: [Source: Double] = [:]
    package var pictures: [Source: Double] = [:]
    package var copied = 0.0
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

  /// Lets the model write each label of an episode.
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
      }
      result.copied += share * copiedShare(outcome.words, of: way, in: episode)
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

  private func examples(of way: Int, in episode: Episode) -> [Pyramid] {
    episode.examples[way].map { labels[episode.labels[way]].pyramids[$0] }
  }

  private func pyramids(
    of way: Int, in episode: Episode
  ) throws -> ([(Source, Pyramid)], ProgressiveGeneration.Outcome) {
    var generator = SeededGenerator(seed: seed &+ UInt64(way))
    let own = examples(of: way, in: episode)
    var context = episode.labels.indices.flatMap { way in
      examples(of: way, in: episode).map { pyramid in
        ProgressiveGeneration.Example(
          condition: .label(labels[episode.labels[way]].name), words: pyramid.words)
      }
    }
    context = generator.draw(context.count, below: context.count).map { context[$0] }
    let shape = own[0].shape
    var copy = own[0]
    let generation = ProgressiveGeneration(
      plan: GenerationPlan(shape: shape, depth: depth), vocabulary: model.vocabulary)
    let outcome = try generation.outcome(
      of: .label(labels[episode.labels[way]].name), examples: context, spare: own[0].words,
      by: languageModel,
      below: { upper in
        copy = own[nearest(to: upper, among: own, vectors: vectors)]
        return copy.words
      })
    let count = shape.wordCount(toDepth: depth)
    let random = (0..<count).map { _ in Int32(generator.draw(below: model.vocabulary.count)) }
    let held = labels[episode.labels[way]].pyramids[episode.queries[way][0]]
    let made = [outcome.words, random + copy.words[count...]].map {
      Pyramid(shape: shape, words: $0) ?? copy
    }
    return ([(.model, made[0]), (.random, made[1]), (.copy, copy), (.held, held)], outcome)
  }

  private func copiedShare(_ words: [Int32], of way: Int, in episode: Episode) -> Double {
    let own = examples(of: way, in: episode)
    let count = own[0].shape.wordCount(toDepth: depth)
    let copied = (0..<count).count { place in own.contains { $0.words[place] == words[place] } }
    return Double(copied) / Double(count)
  }
}
