package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// Moves pyramids of former models to the chosen one.
///
/// The words are made anew: from the picture where it is at hand, else from what the former model
/// decodes. Words of the guided layers that a person put in are put in again. What a person changed
/// is known where the former model can encode the picture once more, or from the history.
package struct PyramidConverter {
  /// A pyramid as it is in the chosen model, and how it came there.
  package struct Conversion {
    package enum Basis: Hashable {
      /// The picture of that file.
      case picture(String, Fit)
      /// The picture that the former model decodes.
      case decoded
    }

    package let document: PyramidDocument
    /// What the file held.
    package let before: PyramidDocument
    package let basis: Basis
    /// The cells whose words were put in again, and those whose words were not; nil where nobody
    /// can tell which words a person changed.
    package let edits: (carried: [CellAddress], left: [CellAddress])?
    /// What a person should know of how it went.
    package let notes: [String]
  }

  package enum Outcome {
    /// It is the chosen model's already, which it names so.
    case current(PyramidDocument.ModelName)
    case converted(Conversion)
  }

  private let models: ModelLibrary
  private let target: Model
  private let fit: Fit?

  /// Takes the models; `fit` is how pictures became squares, where the words do not say so.
  package init(models: ModelLibrary, fit: Fit? = nil) throws {
    self.models = models
    self.fit = fit
    target = try models.chosen()
  }

  /// Converts what a file holds.
  ///
  /// `bytes` are the content, where that was read already. `source` is the picture's file, which is
  /// else looked for beside the pyramid, by its name.
  /// `history` gives the cells that a person changed, where the history knows the pyramid, and `past` how
  /// its words came about.
  package func converted(
    _ path: String, bytes read: [UInt8]? = nil, source: String?,
    past: (PyramidDocument, Model) -> EditPast? = { _, _ in nil },
    history: (PyramidDocument) throws -> [CellAddress]?
  ) throws -> Outcome {
    let bytes: [UInt8]
    do { bytes = try read ?? ImageFile.bytes(path: path) } catch {
      throw Failure("\(path): \(error)")
    }
    guard let name = try Input.modelName(bytes: bytes, path: path) else {
      throw Input.refusalOfPicture(bytes: bytes, path: path)
    }
    if try target.goesByIdentity(name.hash) {
      _ = try Input.document(bytes: bytes, path: path, readWith: target)
      return .current(name)
    }
    let former = try models.model(identity: name.hash)
    guard try former != nil || name.vocabulary == target.name().vocabulary else {
      throw models.missing(name, for: path)
    }
    let document = try Input.document(bytes: bytes, path: path, readWith: former ?? target)
    var notes: [String] = []
    let past = former.flatMap { past(document, $0) }
    var found = try SourcePicture(
      of: document, first: past?.first, path: path, source: source, former: former, fit: fit,
      notes: &notes)
    if let found, let former, let past,
      let painted = try repainted(document, past, on: found, former, notes)
    {
      return .converted(painted)
    }
    var edited = try found?.edited ?? history(document)
    if let picture = found, let former,
      let reason = try reason(against: picture, document.pyramid, &edited, former)
    {
      notes.append(reason)
      found = nil
    }
    let (image, basis) = try basis(found, document, former, path)
    return .converted(
      try conversion(
        of: document, from: image, basis, edited, (former ?? target).vocabulary, notes))
  }

  /// The words that a picture has in the chosen model, painted again as they were; nil where the edits
  /// were others, or do nothing here.
  private func repainted(
    _ document: PyramidDocument, _ past: EditPast, on picture: SourcePicture, _ former: Model,
    _ notes: [String]
  ) throws -> Conversion? {
    let records = past.states.compactMap(\.record)
    guard !records.isEmpty, records.count == past.states.count,
      records.allSatisfy({ $0.manner == .painted })
    else { return nil }
    let shape = document.pyramid.shape
    var painter = try painter(on: picture, shape)
    for record in records {
      for change in record.changes {
        guard let change = change.translated(from: former.vocabulary, to: target.vocabulary),
          try painter.apply(change, Painter.Style(layer: record.layer))
        else { return nil }
      }
    }
    var result = document
    (result.model, result.pyramid) = (try target.name(), painter.pyramid)
    let edited = painter.outcome.edited.map { shape.cell(at: $0.index) }
    return Conversion(
      document: result, before: document, basis: .picture(picture.path, picture.fit),
      edits: (edited, []), notes: notes)
  }

  /// Why words are not made from their picture: it has nothing of what was painted.
  private func reason(
    against picture: SourcePicture, _ pyramid: Pyramid, _ edited: inout [CellAddress]?,
    _ former: Model
  ) throws -> String? {
    let isByHand = SourcePicture.isByHand(edited ?? [], pyramid.shape, former)
    guard picture.edited == nil else {
      return isByHand && !picture.isOfFirst
        ? nil : "\(picture.path) has none of what was painted, which cannot be done again"
    }
    // A history may begin with words that were painted elsewhere.
    if isByHand, let rest = try picture.edits(of: pyramid, besides: edited ?? [], by: former) {
      edited = edited ?? rest
      return nil
    }
    return "\(picture.path) is not used, as it lacks what may be painted"
      + SourcePicture.historyRemedy
  }

  private func painter(on picture: SourcePicture, _ shape: PyramidShape) throws -> Painter {
    let (image, fit) = (picture.image, picture.fit)
    let words = try target.encode(image, size: target.pictureSize(of: shape).shorter, fit: fit)
    return Painter(
      model: target, pyramid: words,
      evidence: target.withoutReuse { target.evidence(of: image, fit: fit, shape: shape) })
  }

  private func basis(
    _ picture: SourcePicture?, _ document: PyramidDocument, _ former: Model?, _ path: String
  ) throws -> (PixelImage, Conversion.Basis) {
    if let picture { return (picture.image, .picture(picture.path, picture.fit)) }
    guard let former else { throw models.missing(document.model, for: path) }
    return (try former.decode(document.pyramid), .decoded)
  }

  private func conversion(
    of document: PyramidDocument, from image: PixelImage, _ basis: Conversion.Basis,
    _ edited: [CellAddress]?, _ words: Vocabulary, _ notes: [String]
  ) throws -> Conversion {
    let shape = document.pyramid.shape
    let fit = if case .picture(_, let fit) = basis { fit } else { Fit.whole }
    let size = target.pictureSize(of: shape).shorter
    var pyramid = try target.encode(image, size: size, fit: fit)
    let guided = target.configuration.guided?.candidates.count ?? 0
    var (carried, left) = ([CellAddress](), [CellAddress]())
    for cell in edited ?? [] {
      let word = target.vocabulary.number(of: words[document.pyramid[cell]])
      guard cell.layer <= guided, let word else {
        left.append(cell)
        continue
      }
      pyramid[cell] = word
      carried.append(cell)
    }
    var result = document
    (result.model, result.pyramid) = (try target.name(), pyramid)
    return Conversion(
      document: result, before: document, basis: basis,
      edits: edited == nil ? nil : (carried, left), notes: notes)
  }
}

extension WordEdit.Change {
  /// The same in another vocabulary; nil where that lacks a word.
  fileprivate func translated(from old: Vocabulary, to new: Vocabulary) -> WordEdit.Change? {
    func number(_ word: Int32) -> Int32? { new.number(of: old[word]) }
    switch self {
    case .replace(let before, let after):
      guard let before = number(before), let after = number(after) else { return nil }
      return .replace(old: before, new: after)
    case .put(let cells, let word): return number(word).map { .put(cells, word: $0) }
    }
  }
}
