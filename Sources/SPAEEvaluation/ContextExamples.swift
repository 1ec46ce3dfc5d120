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

  /// Examples of a label where nobody asks for another number and the folder has so many.
  package static let usualShots = 3

  private typealias Drawn = (label: String, path: String, pyramid: Pyramid)

  /// Draws `shots` pictures of a label and of `others`, and encodes them; nil draws the usual
  /// number, or all that there are.
  ///
  /// A picture that cannot be read is named and another one stands in; refused is a label with too
  /// few that can be read.
  package init(
    _ folders: LabelFolders, label: Int, shots: Int?, others: Int, seed: UInt64,
    by encoder: PictureEncoder
  ) throws(Failure) {
    var generator = SeededGenerator(seed: seed)
    let count = folders.labels.count
    let rest = generator.draw(count, below: count).filter { $0 != label }.prefix(others)
    var drawn: [Drawn] = []
    for number in [label] + rest {
      drawn += try Self.drawn(shots, of: folders.labels[number], by: &generator, encoder)
    }
    (pyramids, paths) = (drawn.map(\.pyramid), drawn.map(\.path))
    try requireOneShape(pyramids, of: paths)
    self.label = folders.labels[label].name
    examples = generator.draw(drawn.count, below: drawn.count).map {
      .init(label: drawn[$0].label, words: drawn[$0].pyramid.words)
    }
  }

  private static func drawn(
    _ shots: Int?, of label: LabelFolders.Label, by generator: inout SeededGenerator,
    _ encoder: PictureEncoder
  ) throws(Failure) -> [Drawn] {
    let wanted = shots ?? usualShots
    let first = generator.draw(wanted, below: label.paths.count)
    let others = label.paths.indices.filter { !first.contains($0) }
    var drawn: [Drawn] = []
    for path in (first + others).map({ label.paths[$0] }) where drawn.count < wanted {
      do throws(Failure) {
        drawn.append((label.name, path, try encoder.pyramid(of: path)))
      } catch {
        for line in error.lines { print("spae: \(line); left out", toStandardError: true) }
      }
    }
    guard drawn.count >= shots ?? 1 else { throw tooFew(drawn.count, of: label, shots: shots) }
    if drawn.count < wanted {
      let are =
        drawn.count == 1
        ? "its only picture is the example" : "its \(drawn.count) pictures are the examples"
      print(
        "spae: \(label.folder): \(are); \(wanted) are usual",
        toStandardError: true)
    }
    return drawn
  }

  private static func tooFew(
    _ count: Int, of label: LabelFolders.Label, shots: Int?
  ) -> Failure {
    let found = "\(label.folder): \(count) picture\(count == 1 ? "" : "s") that can be read"
    guard let shots, count > 0 else { return Failure("\(found); put some in") }
    return Failure(
      "\(found), and --shots asks for \(shots); add some, or ask for fewer with --shots \(count)")
  }
}
