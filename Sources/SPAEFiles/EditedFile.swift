import Foundation
package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// A picture or a pyramid that is edited by words, and what comes of it.
package struct EditedFile {
  /// The file's words before any edit.
  package let before: PyramidDocument
  package private(set) var painter: Painter
  package let model: Model
  private let opened: OpenedPicture
  private let fit: Fit

  /// Reads a picture, which is encoded, or a pyramid.
  package init(path: String, size: Int, fit: Fit, models: ModelLibrary) throws {
    opened = try OpenedPicture(path: path, size: size, fit: fit, models: models)
    (before, model, self.fit) = (opened.document, opened.model, fit)
    painter = Painter(model: model, pyramid: opened.pyramid, evidence: try opened.evidence())
  }

  package var isPicture: Bool { opened.image != nil }

  /// What a person should know of how the picture was read.
  package var notices: [String] { opened.notices }

  /// Does an edit, or says what is there instead.
  package mutating func apply(_ edit: WordEdit, _ style: Painter.Style) throws {
    guard try painter.apply(edit.change, style) else {
      guard case .replace(let old, _) = edit.change else { return }
      throw Failure(missing(old, style))
    }
  }

  private func missing(_ word: Int32, _ style: Painter.Style) -> String {
    if let layer = style.layer {
      return "there is no '\(model.vocabulary[word])' in layer \(layer) of this picture"
    }
    let words = painter.upperWords.prefix(24).map { model.vocabulary[$0] }
    return "there is no '\(model.vocabulary[word])' in this picture; its upper words: "
      + words.joined(separator: ", ")
  }

  /// The pyramid as a document.
  package var document: PyramidDocument {
    var document = before
    document.pyramid = painter.pyramid
    return document
  }

  /// The picture that the words give, or the photograph with what they changed laid onto it.
  package func painted(wordsOnly: Bool) throws -> PixelImage {
    let after = try model.decode(painter.pyramid)
    guard let image = opened.image, !wordsOnly else { return after }
    return image.repainted(
      from: try model.decode(before.pyramid), to: after, fit: fit)
  }
}

extension Model {
  /// What helps somebody who wrote a word that the vocabulary lacks: words near the first that is
  /// spelled alike, in meaning and in colour.
  package func alternatives(near words: [String]) -> String {
    guard let number = words.first.flatMap({ vocabulary.number(of: $0) }) else { return "" }
    let meaning = codebook.neighbours(of: number, count: 3).map { vocabulary[$0.word] }
    let colour = codebook.words(byEffectFrom: number).prefix(3).map { vocabulary[$0] }
    return "; near '\(words[0])' in meaning are \(meaning.joined(separator: ", "))"
      + ", in colour \(colour.joined(separator: ", "))"
  }
}
