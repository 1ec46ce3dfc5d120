import SPAEEngine
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
    package let former: PyramidDocument.ModelName
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

  /// Takes the models; `fit` is how pictures became squares, where that cannot be told.
  package init(models: ModelLibrary, fit: Fit? = nil) throws {
    self.models = models
    self.fit = fit
    target = try models.chosen()
  }

  /// Converts what a file holds.
  ///
  /// `source` is the picture's file, which is else looked for beside the pyramid, by its name.
  /// `history` gives the cells that a person changed, where the history knows the pyramid.
  package func converted(
    _ path: String, source: String?, history: (PyramidDocument) throws -> [CellAddress]?
  ) throws -> Outcome {
    let bytes: [UInt8]
    do { bytes = try ImageFile.bytes(path: path) } catch { throw Failure("\(path): \(error)") }
    guard let name = try Input.modelName(bytes: bytes, path: path) else {
      throw Failure("\(path): a picture, not a pyramid; spae encode makes the words from it")
    }
    if try target.goesByIdentity(name.hash) { return .current(name) }
    let former = try models.model(identity: name.hash)
    guard try former != nil || name.vocabulary == target.name().vocabulary else {
      throw models.missing(name, for: path)
    }
    let document = try Input.document(bytes: bytes, path: path, readWith: former ?? target)
    var notes: [String] = []
    let found = try Picture(
      of: document, path: path, source: source, former: former, fit: fit, notes: &notes)
    let (image, basis) = try basis(found, document, former, path)
    let edited = try found?.edited ?? history(document)
    return .converted(
      try conversion(
        of: document, from: image, basis, edited, (former ?? target).vocabulary, notes))
  }

  private func basis(
    _ picture: Picture?, _ document: PyramidDocument, _ former: Model?, _ path: String
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
    let fit = if case .picture(_, let fit) = basis { fit } else { Fit.crop }
    var pyramid = try target.encode(image, size: shape.grid * target.configuration.patch, fit: fit)
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
      document: result, former: document.model, basis: basis,
      edits: edited == nil ? nil : (carried, left), notes: notes)
  }
}

/// A pyramid's picture, as far as it can be told to be that.
private struct Picture {
  let path: String
  let image: PixelImage
  let fit: Fit
  /// The cells whose words are not those that the former model gives; nil where that says nothing.
  let edited: [CellAddress]?

  /// Words of another picture agree by chance: of 597 about one in a hundred.
  private static let leastAgreement = 0.5
  /// Two pictures that have nothing in common are less alike, in dB.
  private static let leastLikeness = 16.0
  /// A larger share of other words below the guided layers is the work of other options.
  private static let greatestChange = 0.05

  /// Finds the picture of a document; nil where there is none, and an error where `source` is not it.
  init?(
    of document: PyramidDocument, path: String, source: String?, former: Model?, fit wish: Fit?,
    notes: inout [String]
  ) throws {
    let name = document.source.name
    let beside = "\(FileName.folder(of: path))/\(name)"
    guard source != nil || (!name.contains("/") && FileSystem.exists(beside)) else { return nil }
    self.path = source ?? (FileName.folder(of: path) == "." ? name : beside)
    do throws(ImageError) { image = try ImageFile(path: self.path).image } catch {
      guard source != nil else { return nil }
      throw Failure("\(self.path): \(error)")
    }
    let known = try Self.known(image, as: document, former, wish)
    if let problem = known.problem {
      guard source == nil else { throw Failure("\(self.path): \(problem) of \(path)") }
      notes.append("\(self.path) is not used: \(problem)")
      return nil
    }
    (fit, edited) = (known.fit, known.edited)
    if former == nil {
      notes.append("\(self.path) is known to be its picture by its name and size alone")
    } else if edited == nil {
      notes.append("encoded with other options, such as --semantic-weight, or much edited")
    }
  }

  private struct Known {
    var fit: Fit
    var edited: [CellAddress]?
    /// Why it is not the picture.
    var problem: String?
  }

  /// Encodes a picture as the document was, and tells how that fits.
  private static func known(
    _ image: PixelImage, as document: PyramidDocument, _ former: Model?, _ wish: Fit?
  ) throws -> Known {
    let source = document.source
    guard (image.width, image.height) == (source.width, source.height) else {
      let size = "\(image.width)x\(image.height)"
      return Known(
        fit: .crop, problem: "its size is \(size), and \(source.width)x\(source.height) that")
    }
    let fits = image.width == image.height ? [.crop] : wish.map { [$0] } ?? Fit.allCases
    guard let former else { return Known(fit: fits.count == 1 ? fits[0] : .crop) }
    let pyramid = document.pyramid
    let side = pyramid.shape.grid * former.configuration.patch
    let edits = try fits.map { fit in
      (fit, Edit(from: try former.encode(image, size: side, fit: fit), to: pyramid).changes)
    }
    guard let (fit, changes) = edits.min(by: { $0.1.count < $1.1.count }) else {
      return Known(fit: .crop)
    }
    let count = pyramid.shape.wordCount
    let agreeing = count - changes.count
    if Double(agreeing) < leastAgreement * Double(count) {
      let likeness = try former.decode(pyramid).psnr(to: image.fitted(to: side, fit: fit))
      guard likeness >= leastLikeness else {
        return Known(fit: fit, problem: "\(agreeing) of \(count) words agree with those")
      }
    }
    let cells = changes.map { pyramid.shape.cell(at: $0.index) }
    let guided = former.configuration.guided?.candidates.count ?? 0
    let lower = pyramid.shape.depth > guided ? count - pyramid.shape.wordCount(toDepth: guided) : 0
    let isTold = Double(cells.count { $0.layer > guided }) <= greatestChange * Double(lower)
    return Known(fit: fit, edited: isTold ? cells : nil)
  }
}
