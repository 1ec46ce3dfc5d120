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

  /// Words of another picture agree by chance: of 597 about one in a hundred.
  private static let leastAgreement = 0.5
  /// Two pictures that have nothing in common are less alike, in dB.
  private static let leastSimilarity = 16.0
  /// A larger share of other words below the guided layers is the work of other options.
  private static let greatestChange = 0.05

  /// Finds the picture of a document; nil where there is none, and an error where `source` is not it.
  ///
  /// `former` is the document's model: with it the words tell whether this is their picture, and
  /// what of it was encoded. Without, `wish` says so. `notes` takes what a person should know.
  package init?(
    of document: PyramidDocument, path: String, source: String?, former: Model?, fit wish: Fit?,
    notes: inout [String]
  ) throws {
    let name = document.source.name
    let beside = "\(FileName.folder(of: path))/\(name)"
    guard source != nil || (!name.contains("/") && FileSystem.exists(beside)) else { return nil }
    self.path = source ?? (FileName.folder(of: path) == "." ? name : beside)
    do throws(ImageError) { image = try ImageFile(path: self.path).image } catch {
      guard source != nil else {
        notes.append("\(self.path) beside it is no picture that can be read")
        return nil
      }
      throw Failure("\(self.path): \(error)")
    }
    let known = try Self.known(image, as: document, former, wish)
    if let problem = known.problem {
      guard source == nil else {
        throw Failure(
          "\(self.path): this is not the picture that the words came from: \(problem) of \(path);"
            + " name \(document.source.name) (\(document.source.width)x\(document.source.height))")
      }
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

  /// The picture as the frozen branches are to see it, for words of a shape.
  package func view(by model: Model, for shape: PyramidShape) -> PixelImage {
    let framed = image.framed(fit)
    return framed.width * framed.height <= OpenedPicture.greatestView
      ? framed : model.view(of: image, fit: fit, shape: shape)
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
    let edits = try fits.map { fit in
      (fit, Edit(from: try former.encode(image, size: size, fit: fit), to: pyramid).changes)
    }
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
    let guided = former.configuration.guided?.candidates.count ?? 0
    let lower = pyramid.shape.depth > guided ? count - pyramid.shape.wordCount(toDepth: guided) : 0
    let isTold = Double(cells.count { $0.layer > guided }) <= greatestChange * Double(lower)
    return Known(fit: fit, edited: isTold ? cells : nil)
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
