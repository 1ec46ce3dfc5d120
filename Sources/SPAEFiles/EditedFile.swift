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
  private let picture: ImageFile?
  private let fit: Fit

  /// Reads a picture, which is encoded, or a pyramid.
  package init(path: String, size: Int, fit: Fit, models: ModelLibrary) throws {
    self.fit = fit
    let evidence: PictureEvidence
    switch try Input(path: path, models: models) {
    case .pyramid(let document, let own):
      (before, picture, model) = (document, nil, own)
      evidence = model.evidence(
        of: try model.decode(document.pyramid), fit: .whole, shape: document.pyramid.shape)
    case .picture(let file):
      picture = file
      model = try models.chosen()
      before = PyramidDocument(
        model: try model.name(),
        source: .init(
          name: FileName.label(of: path), width: file.image.width, height: file.image.height),
        pyramid: try model.encode(file.image, size: size, fit: fit))
      evidence = model.evidence(of: file.image, fit: fit, shape: before.pyramid.shape)
    }
    painter = Painter(model: model, pyramid: before.pyramid, evidence: evidence)
  }

  package var isPicture: Bool { picture != nil }

  /// What a person should know of how the picture was read.
  package var notices: [String] {
    picture?.notices(size: model.pictureSize(of: before.pyramid.shape).shorter, fit: fit) ?? []
  }

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
    guard let picture, !wordsOnly else { return after }
    return picture.image.repainted(
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
