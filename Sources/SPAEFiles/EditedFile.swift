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
  private let photograph: Photograph?
  /// How the words came about, as far as a history tells.
  package let past: EditPast?
  /// Why edits of a pyramid see only what its words show, and the remedy; nil where they see its picture.
  package let blindness: String?

  /// The picture that words came from, and those that it has without any edit.
  private struct Photograph {
    let image: PixelImage
    let fit: Fit
    let words: Pyramid
  }

  /// Reads a picture, which is encoded, or a pyramid; `source` is the picture that a pyramid's words
  /// came from, and an error where it is another; without it edits see the one beside the pyramid that
  /// has its source's name, if it is that. `past` tells how a pyramid's words came about: edits know
  /// what those before them have put. Of a film one frame is edited, counted from 1, but not
  /// where the outcome would be written over the film.
  package init(
    path: String, size: Int, fit: Fit, models: ModelLibrary, source: String? = nil,
    isInPlace: Bool = false, frame: Int = 1,
    past: (PyramidDocument, Model) -> EditPast? = { _, _ in nil }
  ) throws {
    opened = try OpenedPicture(
      path: path, size: size, fit: fit, models: models, films: isInPlace ? .refused : .frame(frame))
    (before, model) = (opened.document, opened.model)
    let past = opened.image == nil ? past(before, model) : nil
    self.past = past
    var first = before
    first.pyramid = past?.first ?? before.pyramid
    photograph = try Self.photograph(of: opened, first, path, fit, source)
    let evidence: PictureEvidence
    if let photograph {
      blindness = nil
      evidence = model.evidence(
        of: photograph.image, fit: photograph.fit, shape: photograph.words.shape)
    } else {
      (evidence, blindness) = try Self.evidence(of: first, path, model)
    }
    painter =
      if let past { Painter(model: model, past: past, evidence: evidence) } else {
        Painter(model: model, pyramid: opened.pyramid, evidence: evidence)
      }
  }

  /// What the frozen branches say of the picture that words came from, if it is beside them, or else of
  /// what the words show; then with the reason and the remedy.
  private static func evidence(
    of document: PyramidDocument, _ path: String, _ model: Model
  ) throws -> (PictureEvidence, blindness: String?) {
    var notes: [String] = []
    let found = try SourcePicture(
      of: document, path: path, source: nil, former: model, fit: nil, notes: &notes)
    let shape = document.pyramid.shape
    if let found {
      return (
        model.withoutReuse { model.evidence(of: found.image, fit: found.fit, shape: shape) }, nil
      )
    }
    let reason = notes.first ?? "\(document.source.name) is not beside it"
    let picture = try model.decode(document.pyramid)
    return (
      model.withoutReuse { model.evidence(of: picture, fit: .whole, shape: shape) },
      "painted by what the words show: \(reason); --source names their picture"
    )
  }

  private static func photograph(
    of opened: OpenedPicture, _ document: PyramidDocument, _ path: String, _ fit: Fit,
    _ source: String?
  ) throws -> Photograph? {
    if let image = opened.image {
      guard source == nil else {
        throw Failure("\(path): a picture is its own source; --source belongs to a pyramid")
      }
      return Photograph(image: image, fit: fit, words: opened.pyramid)
    }
    let model = opened.model
    var notes: [String] = []
    guard let source,
      let known = try SourcePicture(
        of: document, path: path, source: source, former: model, fit: nil, notes: &notes)
    else { return nil }
    let size = model.pictureSize(of: document.pyramid.shape).shorter
    let words = try model.encode(known.image, size: size, fit: known.fit)
    return Photograph(image: known.image, fit: known.fit, words: words)
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

  /// Does an edit; false where the picture has nothing of what it would replace.
  package mutating func apply(
    _ change: WordEdit.Change, _ style: Painter.Style
  ) throws -> Bool {
    try painter.apply(change, style)
  }

  /// Does an edit by bringing its word from another picture; `parts` gives what there is of a word.
  ///
  /// Gives the path of the picture that it came from; nil where the edit changes only the word.
  package mutating func bring(
    _ edit: WordEdit, _ style: Painter.Style,
    from parts: (Int32) throws -> [(path: String, part: PicturePart)]
  ) throws -> String? {
    guard painter.block(of: edit.change, style) != nil else {
      guard case .replace(let old, _) = edit.change else {
        throw Failure(
          "the cells are no rectangle, and a picture is brought into one; name a block such as"
            + " 3:1-2,1-4, or write an edit for each")
      }
      throw Failure(missing(old, style))
    }
    let found = try parts(edit.change.word)
    let part = try painter.bring(edit.change, from: found.map(\.part), style).part
    return part.map { found[$0].path }
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

  /// The picture that the words give, or the photograph with what they changed laid onto it: where
  /// edits filled something, within its outlines. What was brought hides the photograph.
  package func painted(wordsOnly: Bool) throws -> PixelImage {
    let after = try model.decode(painter.pyramid)
    guard let photograph, !wordsOnly else { return after }
    let picture = try repainted(photograph, to: after)
    guard let shares = painter.broughtShares else { return picture }
    return picture.laid(after, within: shares, fit: photograph.fit)
  }

  private func repainted(_ photograph: Photograph, to after: PixelImage) throws -> PixelImage {
    let words = try model.decode(photograph.words)
    guard photograph.words == past?.first ?? before.pyramid, let area = try painter.area() else {
      return photograph.image.repainted(from: words, to: after, fit: photograph.fit)
    }
    return photograph.image.repainted(
      from: words, to: area.completed(after, from: words), fit: photograph.fit, within: area.mask)
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
