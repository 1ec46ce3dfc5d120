public import SPAEPixels
import SPAEPyramid

/// What the frozen branches say of a picture: which words fit where, and what has which outlines.
///
/// It takes about as long as encoding the picture; many edits of one picture share it.
public struct PictureEvidence: Sendable {
  let semantics: SemanticMap?
  /// Nil for a model without a segmentation branch.
  public let outlines: Outlines?

  /// What each position of the upper layers is, by the segmentation branch or the detection branch.
  let named: [[EvidenceMap.Named?]]?

  /// The same for edits that follow no outlines.
  package var withoutOutlines: PictureEvidence {
    PictureEvidence(semantics: semantics, outlines: nil, named: named)
  }
}

extension Model {
  /// A picture no larger than the frozen branches see it: a square, for many calls of `evidence`.
  package func view(of image: PixelImage, fit: Fit) -> PixelImage {
    let sizes = [configuration.semantic?.input, configuration.segmentation?.input]
    return image.fitted(to: sizes.compactMap { $0 }.max() ?? 256, fit: fit)
  }

  /// Looks at a picture of any size, fitted to a square as for `encode`.
  public func evidence(of image: PixelImage, fit: Fit = .crop) -> PictureEvidence {
    context.withSpinningThreads { context in
      let semantics = semantics(of: image, fit: fit, with: context)
      let named = named(in: image, fit: fit, beside: semantics, with: context)
      return PictureEvidence(
        semantics: semantics,
        outlines: evidence?.outlines(of: image, fit: fit, with: context), named: named)
    }
  }
}
