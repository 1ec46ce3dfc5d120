package import SPAEEngine
import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// Where the words of a pyramid's guided layers come from.
package struct ExplainedPyramid: Sendable {
  package let pyramid: Pyramid
  package let origins: [[WordOrigin]]  // [layer - 1][position, row after row]
  /// What a person should know of the picture.
  package let notes: [String]

  package init(pyramid: Pyramid, origins: [[WordOrigin]], notes: [String] = []) {
    (self.pyramid, self.origins, self.notes) = (pyramid, origins, notes)
  }

  /// Explains the words of a file by its picture: `source`, or the one beside it that has its name.
  ///
  /// The picture says what a branch made a candidate; what a person changed is a word that the model
  /// does not give for the picture, or that is no candidate. `first` are the words before any edit.
  package init(
    _ document: PyramidDocument, first: Pyramid?, of model: Model, path: String, source: String?
  ) throws {
    var notes: [String] = []
    let found = try SourcePicture(
      of: document, first: first, path: path, source: source, former: model, fit: nil,
      notes: &notes)
    guard let found else {
      let reason = notes.first ?? "\(document.source.name) is not beside it"
      throw Failure(
        "\(path): only its picture can say why these words were chosen, and \(reason);"
          + " --source names it")
    }
    var origins = try model.origins(of: document.pyramid, in: found.image, fit: found.fit)
    for cell in found.edited ?? [] where cell.layer <= origins.count {
      let position = document.pyramid.shape.position(of: cell)
      origins[cell.layer - 1][position] = WordOrigin(.none)
    }
    self.init(pyramid: document.pyramid, origins: origins, notes: notes)
  }

  /// The words of some layers, a line each: where they stand, the word, and its origin.
  package func lines(
    ofLayers layers: ClosedRange<Int>, vocabulary: Vocabulary
  ) -> [String] {
    let rows = layers.flatMap { layer in
      zip(pyramid.shape.cells(ofLayer: layer), origins[layer - 1]).map { cell, origin in
        ["\(layer) (\(cell.row + 1),\(cell.column + 1))", vocabulary[pyramid[cell]], "\(origin)"]
      }
    }
    return rows.aligned
  }
}
