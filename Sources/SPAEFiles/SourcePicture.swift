package import SPAEEngine
package import SPAEPixels
package import SPAEPyramid
import SPAESystem

/// A pyramid's picture, as far as it can be known to be that.
package struct SourcePicture {
  package let path: String
  package let image: PixelImage
  package let fit: Fit
  /// The cells whose words are not those that the former model gives; nil where that says nothing.
  package let edited: [CellAddress]?
  /// Whether the words before any edit are this picture's, and those of the document no longer.
  package let isOfFirst: Bool

  /// Words of another picture agree by chance: of 597 about one in a hundred.
  private static let leastAgreement = 0.5
  /// Two pictures that have nothing in common are less alike, in dB.
  private static let leastSimilarity = 16.0
  /// A larger share of other words below the guided layers is the work of other options.
  private static let greatestChange = 0.05

  /// Finds the picture of a document; nil where there is none, and an error where `source` is not it.
  ///
  /// `former` is the document's model: with it the words tell whether this is their picture, and
  /// what of it was encoded. Without, `wish` says so. `first` are the words before any edit, where a
  /// history knows them: painted words are often too far from their picture. `notes` takes what a person
  /// should know.
  package init?(
    of document: PyramidDocument, first: Pyramid? = nil, path: String, source: String?,
    former: Model?, fit wish: Fit?, notes: inout [String]
  ) throws {
    let name = document.source.name
    let beside =
      name.contains("/")
      ? nil : FileSystem.path(labelled: name, in: FileName.folder(of: path))
    guard let picture = source ?? beside else { return nil }
    self.path = picture
    do throws(ImageError) { image = try ImageFile(path: self.path).image } catch {
      guard source != nil else {
        notes.append("\(self.path) beside it is no picture that can be read")
        return nil
      }
      throw Failure("\(self.path): \(error)")
    }
    let known = try Self.known(image, as: document, first, former, wish)
    if let problem = known.problem {
      guard source == nil else {
        throw Failure(
          "\(self.path): this is not the picture that the words came from: \(problem) of \(path);"
            + " name \(document.source.name) (\(document.source.width)x\(document.source.height))"
            + known.remedy)
      }
      notes.append("\(self.path) is not used: \(problem)\(known.remedy)")
      return nil
    }
    (fit, edited, isOfFirst) = (known.fit, known.edited, known.isOfFirst)
    if former == nil {
      notes.append("\(self.path) is known to be its picture by its name and size alone")
    } else if edited == nil {
      notes.append("encoded with other options, such as --semantic-weight, or much edited")
    }
  }

  /// The picture as the frozen branches are to see it, for words of a shape.
  package func view(by model: Model, for shape: PyramidShape) -> PixelImage {
    let framed = image.framed(fit)
    return framed.width * framed.height <= OpenedPicture.greatestView
      ? framed : model.view(of: image, fit: fit, shape: shape)
  }

  private struct Known {
    var fit: Fit
    var edited: [CellAddress]?
    var isOfFirst = false
    /// Why it is not the picture.
    var problem: String?
    /// What helps where it is the picture after all.
    var remedy = ""
  }

  /// Words say nothing of what they were before.
  static let historyRemedy =
    "; if these words were painted on another machine, its history tells: 'spae history export'"
    + " there, and 'spae history import' here"

  /// Encodes a picture as the document was, and tells how that fits.
  private static func known(
    _ image: PixelImage, as document: PyramidDocument, _ first: Pyramid?, _ former: Model?,
    _ wish: Fit?
  ) throws -> Known {
    let source = document.source
    guard (image.width, image.height) == (source.width, source.height) else {
      let size = "\(image.width)x\(image.height)"
      return Known(
        fit: .crop, problem: "its size is \(size), and \(source.width)x\(source.height) that")
    }
    let pyramid = document.pyramid
    let all = image.width == image.height ? [.crop] : wish.map { [$0] } ?? Fit.allCases
    let fits = all.filter { pyramid.shape == pyramid.shape.like(image, $0) }
    guard !fits.isEmpty else {
      return Known(
        fit: .crop,
        problem: "it does not become a grid of \(pyramid.shape.grid.text) cells, as that")
    }
    guard let former else { return Known(fit: fits.count == 1 ? fits[0] : .crop) }
    let size = former.pictureSize(of: pyramid.shape).shorter
    let encoded = try fits.map { fit in
      (fit: fit, words: try former.encode(image, size: size, fit: fit))
    }
    var known = try known(image, encoded, by: former, as: pyramid)
    guard let first, first != pyramid, first.shape == pyramid.shape else {
      known.remedy = historyRemedy
      return known
    }
    var before = try Self.known(image, encoded, by: former, as: first)
    before.isOfFirst = known.problem != nil
    guard before.problem == nil, before.isOfFirst || before.edited?.isEmpty == true else {
      return known
    }
    before.edited = Edit(from: first, to: pyramid).changes.map { pyramid.shape.cell(at: $0.index) }
    return before
  }

  /// Tells how words fit those that a picture gives.
  private static func known(
    _ image: PixelImage, _ encoded: [(fit: Fit, words: Pyramid)], by former: Model,
    as pyramid: Pyramid
  ) throws -> Known {
    let edits = encoded.map { ($0.fit, Edit(from: $0.words, to: pyramid).changes) }
    guard let (fit, changes) = edits.min(by: { $0.1.count < $1.1.count }) else {
      return Known(fit: .crop)
    }
    let count = pyramid.shape.wordCount
    let agreeing = count - changes.count
    if Double(agreeing) < leastAgreement * Double(count) {
      let similarity = try former.decode(pyramid).psnr(
        to: former.picture(image, for: pyramid.shape, fit: fit))
      guard similarity >= leastSimilarity else {
        return Known(fit: fit, problem: "\(agreeing) of \(count) words agree with those")
      }
    }
    let cells = changes.map { pyramid.shape.cell(at: $0.index) }
    return Known(fit: fit, edited: isByHand(cells, pyramid.shape, former) ? cells : nil)
  }

  /// The cells besides those known that have other words than the picture gives, with guidance or
  /// without; nil where these are too many for edits by hand.
  func edits(
    of pyramid: Pyramid, besides known: [CellAddress], by model: Model
  ) throws -> [CellAddress]? {
    let (shape, known) = (pyramid.shape, Set(known))
    for weight: Float in [1, 0] {
      let words = try model.encode(
        image, size: model.pictureSize(of: shape).shorter, fit: fit, semanticWeight: weight)
      let cells = Edit(from: words, to: pyramid).changes.map { shape.cell(at: $0.index) }
        .filter { !known.contains($0) }
      if Self.isByHand(cells, shape, model) { return cells }
    }
    return nil
  }

  /// Whether so few words differ below the guided layers that a person may have typed them.
  static func isByHand(_ cells: [CellAddress], _ shape: PyramidShape, _ model: Model) -> Bool {
    let guided = model.configuration.guided?.candidates.count ?? 0
    let lower = shape.depth > guided ? shape.wordCount - shape.wordCount(toDepth: guided) : 0
    return Double(cells.count { $0.layer > guided }) <= greatestChange * Double(lower)
  }
}

extension PyramidShape {
  /// The shape of a picture's pyramid by some fit, of the same size as this one.
  package func like(_ image: PixelImage, _ fit: Fit) -> PyramidShape? {
    fit == .whole
      ? PyramidShape(shorterSide: grid.shorter, width: image.width, height: image.height)
      : PyramidShape(grid: grid.shorter)
  }
}
