import Foundation
package import SPAELanguage
package import SPAEPyramid
package import SPAESystem

/// Who tells labels apart by words.
package enum WordReader {
  case centroid(WordVectors, background: [Pyramid]?)
  case languageModel(any LanguageModel, Vocabulary, ReadingMethod, seed: UInt64)
}

/// Tells which label's examples a pyramid's words are like.
package struct WordClassifier {
  /// A label with its probability.
  package struct Share: Encodable {
    package let label: String
    package let probability: Double
  }

  private let names: [String]
  private let layers: ClosedRange<Int>
  private let answer: (Pyramid) throws -> [Double]

  package init(
    reader: WordReader, labels: [LabelledPyramids.Label], layers: ClosedRange<Int>
  ) throws(Failure) {
    (names, self.layers) = (labels.map(\.name), layers)
    switch reader {
    case .centroid(let vectors, let background):
      let background = background.map { mean(of: $0.map { vectors.point(of: $0, layers: layers) }) }
      let classifier = NearestCentroid(
        examples: labels.map { $0.pyramids.map { vectors.point(of: $0, layers: layers) } },
        background: background)
      answer = { pyramid in
        classifier.probabilities(for: vectors.point(of: pyramid, layers: layers))
      }
    case .languageModel(let model, let vocabulary, let method, let seed):
      let prompts = LabelPrompts(
        labels: names, examples: Self.rounds(labels, layers, vocabulary))
      do throws(LanguageError) {
        let reader = try LabelReader(
          prompts, method: method, vocabulary: vocabulary.words, seed: seed, model: model)
        answer = { try reader.probabilities(of: $0.words(of: layers, vocabulary)) }
      } catch {
        throw Self.failure(error, labels: labels.count)
      }
    }
  }

  /// Every label with its probability, the likeliest first.
  package func shares(of pyramid: Pyramid) throws(Failure) -> [Share] {
    do {
      return zip(names, try answer(pyramid)).map { Share(label: $0, probability: $1) }
        .sorted { $0.probability > $1.probability }
    } catch {
      throw Self.failure(error, labels: names.count)
    }
  }

  /// Says how many examples of each label would fit where they are too many.
  private static func failure(_ error: any Error, labels: Int) -> Failure {
    if case LanguageError.contextTooLong(_, _, let fitting) = error,
      let shots = fitting.map({ $0 / labels }), shots > 0
    {
      return Failure("\(error): --shots \(shots)")
    }
    return (error as? Failure) ?? Failure("\(error)")
  }

  /// The first example of each label, then the second of each.
  private static func rounds(
    _ labels: [LabelledPyramids.Label], _ layers: ClosedRange<Int>, _ vocabulary: Vocabulary
  ) -> [LabelPrompts.Example] {
    let most = labels.map(\.pyramids.count).max() ?? 0
    return (0..<most).flatMap { shot in
      labels.enumerated().filter { shot < $0.element.pyramids.count }.map { number, label in
        LabelPrompts.Example(
          words: label.pyramids[shot].words(of: layers, vocabulary), label: number)
      }
    }
  }
}

extension Pyramid {
  /// The words of some layers in their order.
  fileprivate func words(of layers: ClosedRange<Int>, _ vocabulary: Vocabulary) -> [String] {
    let first = shape.wordCount(toDepth: layers.lowerBound - 1)
    return words[first..<shape.wordCount(toDepth: layers.upperBound)].map { vocabulary[$0] }
  }
}
