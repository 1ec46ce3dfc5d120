import Foundation
package import SPAEFiles
package import SPAELanguage
package import SPAEPyramid
package import SPAESystem

/// Who tells labels apart by words.
package enum WordReader {
  case centroid(WordVectors, background: [Pyramid]?)
  case languageModel(any LanguageModel, PictureLists, ReadingMethod, seed: UInt64)
}

/// What a language model reads of a picture.
package struct PictureLists {
  let entries: ListEntries
  let list: (_ pyramid: Pyramid, _ path: String) throws(Failure) -> [Int32]

  /// The words of some layers in their order.
  package static func words(
    of layers: ClosedRange<Int>, _ vocabulary: Vocabulary
  ) -> PictureLists {
    PictureLists(entries: ListEntries(vocabulary)) { pyramid, _ in
      let shape = pyramid.shape
      let first = shape.wordCount(toDepth: layers.lowerBound - 1)
      return Array(pyramid.words[first..<shape.wordCount(toDepth: layers.upperBound)])
    }
  }

  /// The classes that the frozen classifier finds likeliest.
  package static func classes(
    first count: Int, named names: [String], by encoder: PictureEncoder
  ) -> PictureLists {
    PictureLists(entries: ListEntries(names: names, separator: ", ")) { _, path throws(Failure) in
      Array(try encoder.classes(of: path).prefix(count))
    }
  }

  func texts(of pyramid: Pyramid, at path: String) throws(Failure) -> [String] {
    try list(pyramid, path).map { entries.names[Int($0)] }
  }
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
  private let answer: (_ pyramid: Pyramid, _ path: String) throws -> [Double]

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
      answer = { pyramid, _ in
        classifier.probabilities(for: vectors.point(of: pyramid, layers: layers))
      }
    case .languageModel(let model, let lists, let method, let seed):
      let prompts = LabelPrompts(
        labels: names, examples: try Self.rounds(labels, lists),
        separator: lists.entries.separator)
      do throws(LanguageError) {
        let reader = try LabelReader(
          prompts, method: method, vocabulary: lists.entries.names, seed: seed, model: model)
        answer = { try reader.probabilities(of: try lists.texts(of: $0, at: $1)) }
      } catch {
        throw Self.failure(error, labels: labels.count)
      }
    }
  }

  /// Every label with its probability, the likeliest first.
  package func shares(of pyramid: Pyramid, at path: String) throws(Failure) -> [Share] {
    do {
      return zip(names, try answer(pyramid, path)).map { Share(label: $0, probability: $1) }
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
    _ labels: [LabelledPyramids.Label], _ lists: PictureLists
  ) throws(Failure) -> [LabelPrompts.Example] {
    let most = labels.map(\.pyramids.count).max() ?? 0
    var examples: [LabelPrompts.Example] = []
    for shot in 0..<most {
      for (number, label) in labels.enumerated() where shot < label.pyramids.count {
        let words = try lists.texts(of: label.pyramids[shot], at: label.paths[shot])
        examples.append(LabelPrompts.Example(words: words, label: number))
      }
    }
    return examples
  }
}
