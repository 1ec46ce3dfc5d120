import Foundation
package import SPAEFiles
package import SPAELanguage
package import SPAEPyramid
package import SPAESystem

/// Examples of a label, and of others to tell it from, as they stand in a context.
package struct ContextExamples {
  package let label: String
  /// All of them, the label's own first.
  package let pyramids: [Pyramid]
  package let paths: [String]
  /// The same in the order of the context.
  package let examples: [WordDrawing.Example]

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
          "\(own.folder): \(own.paths.count) picture\(own.paths.count == 1 ? "" : "s"), and --shots"
            + " asks for \(shots); add some, or ask for fewer with --shots \(own.paths.count)")
      }
      drawn += generator.draw(shots, below: own.paths.count).map { (own.name, own.paths[$0]) }
    }
    var pyramids: [Pyramid] = []
    for each in drawn { pyramids.append(try encoder.pyramid(of: each.path)) }
    try requireOneShape(pyramids, of: drawn.map(\.path))
    self.label = folders.labels[label].name
    (self.pyramids, paths) = (pyramids, drawn.map(\.path))
    examples = generator.draw(drawn.count, below: drawn.count).map {
      .init(label: drawn[$0].label, words: pyramids[$0].words)
    }
  }
}
