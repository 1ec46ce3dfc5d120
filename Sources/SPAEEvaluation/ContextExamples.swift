import Foundation
package import SPAEFiles
package import SPAELanguage
package import SPAEPyramid
package import SPAESystem

/// Examples of a label, and of others to tell it from, as they stand in a context.
package struct ContextExamples {
  package let label: String
  /// The label's own.
  package let own: [Pyramid]
  package let ownPaths: [String]
  /// All of them in the order of the context.
  package let examples: [ProgressiveGeneration.Example]

  /// Draws `shots` pictures of a label and of as many `others`, and encodes them.
  package init(
    _ folders: LabelFolders, label: Int, shots: Int, others: Int, seed: UInt64,
    by encoder: PictureEncoder
  ) throws(Failure) {
    var generator = SeededGenerator(seed: seed)
    let count = folders.labels.count
    let rest = generator.draw(count, below: count).filter { $0 != label }.prefix(others)
    var drawn: [(label: String, path: String)] = []
    for number in [label] + rest {
      let own = folders.labels[number]
      guard own.paths.count >= shots else {
        throw Failure(
          "\(own.folder): \(own.paths.count) pictures, and --shots asks for \(shots);"
            + " add some, or ask for fewer")
      }
      drawn += generator.draw(shots, below: own.paths.count).map { (own.name, own.paths[$0]) }
    }
    var pyramids: [Pyramid] = []
    for each in drawn { pyramids.append(try encoder.pyramid(of: each.path)) }
    try requireOneShape(pyramids, of: drawn.map(\.path))
    self.label = folders.labels[label].name
    (own, ownPaths) = (Array(pyramids.prefix(shots)), drawn.prefix(shots).map(\.path))
    examples = generator.draw(drawn.count, below: drawn.count).map {
      .init(condition: .label(drawn[$0].label), words: pyramids[$0].words)
    }
  }
}

/// Which pyramid is nearest to some upper words, by the means of their embeddings.
package func nearest(to words: ArraySlice<Int32>, among pyramids: [Pyramid], vectors: WordVectors)
  -> Int
{
  let wanted = vectors.mean(of: words)
  let similarity = pyramids.map { cosine(wanted, vectors.mean(of: $0.words.prefix(words.count))) }
  return similarity.indices.max { similarity[$0] < similarity[$1] } ?? 0
}

/// The cosine of the angle between two vectors.
private func cosine(_ a: [Float], _ b: [Float]) -> Float {
  func product(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
  let lengths = (product(a, a) * product(b, b)).squareRoot()
  return lengths > 0 ? product(a, b) / lengths : 0
}
