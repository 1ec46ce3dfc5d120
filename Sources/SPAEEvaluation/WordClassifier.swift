import Foundation
package import SPAELanguage
package import SPAEPyramid
package import SPAESystem

/// Who tells labels apart by words.
package enum WordReader {
  case centroid(WordVectors, background: [Pyramid]?)
  case languageModel(any LanguageModel, Vocabulary)
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

  package init(reader: WordReader, labels: [LabelledPyramids.Label], layers: ClosedRange<Int>) {
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
    case .languageModel(let model, let vocabulary):
      let examples = Self.rounds(labels, layers, vocabulary)
      let induction = Prompt.induction(labels: labels.map(\.name))
      answer = { pyramid in
        try Prompt(
          induction: induction, examples: examples,
          input: pyramid.text(of: layers, vocabulary: vocabulary)
        ).probabilities(of: labels.map(\.name), by: model)
      }
    }
  }

  /// Every label with its probability, the likeliest first.
  package func shares(of pyramid: Pyramid) throws(Failure) -> [Share] {
    do {
      return zip(names, try answer(pyramid)).map { Share(label: $0, probability: $1) }
        .sorted { $0.probability > $1.probability }
    } catch LanguageError.contextTooLong(let tokens, let limit, let fitting) {
      let error = LanguageError.contextTooLong(tokens: tokens, limit: limit, fitting: fitting)
      let shots = (fitting ?? 0) / names.count
      throw Failure(shots > 0 ? "\(error): --shots \(shots)" : "\(error)")
    } catch {
      throw (error as? Failure) ?? Failure("\(error)")
    }
  }

  /// The first example of each label, then the second of each.
  private static func rounds(
    _ labels: [LabelledPyramids.Label], _ layers: ClosedRange<Int>, _ vocabulary: Vocabulary
  ) -> [Prompt.Pair] {
    let most = labels.map(\.pyramids.count).max() ?? 0
    return (0..<most).flatMap { shot in
      labels.filter { shot < $0.pyramids.count }.map {
        Prompt.Pair(
          input: $0.pyramids[shot].text(of: layers, vocabulary: vocabulary), output: $0.name)
      }
    }
  }
}

extension Pyramid {
  /// The words of some layers in their order, as a text.
  fileprivate func text(of layers: ClosedRange<Int>, vocabulary: Vocabulary) -> String {
    let first = shape.wordCount(toDepth: layers.lowerBound - 1)
    return words[first..<shape.wordCount(toDepth: layers.upperBound)]
      .map { vocabulary[$0] }.joined(separator: " ")
  }
}
