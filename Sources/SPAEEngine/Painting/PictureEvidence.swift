public import SPAEPixels
public import SPAEPyramid

/// What the frozen branches say of a picture: which words fit where, and what has which outlines.
///
/// It takes about as long as encoding the picture; many edits of one picture share it.
public struct PictureEvidence: Sendable {
  let semantics: SemanticMap?
  /// Nil for a model without a segmentation branch.
  package let outlines: Outlines?

  /// What each position of the upper layers is, by the segmentation branch or the detection branch.
  let named: [[EvidenceMap.Named?]]?

  /// The same for edits that follow no outlines.
  package var withoutOutlines: PictureEvidence {
    PictureEvidence(semantics: semantics, outlines: nil, named: named)
  }
}

extension Model {
  /// A framed picture no larger than the frozen branches see it, for many calls of `evidence`.
  package func view(of image: PixelImage, fit: Fit, shape: PyramidShape) -> PixelImage {
    let sizes = [configuration.semantic?.input, configuration.segmentation?.input]
    let size = BranchView.size(of: sizes.compactMap { $0 }.max() ?? 256, for: shape)
    return image.framed(fit).resampled(to: size)
  }

  /// Looks at a picture of any size that becomes, framed as for `encode`, a pyramid of a shape: by
  /// itself that of a square.
  public func evidence(
    of image: PixelImage, fit: Fit = .crop, shape: PyramidShape = .square
  ) -> PictureEvidence {
    seen(in: image.framed(fit), shape: shape, isOutlined: true)
  }

  /// The same of a framed picture without its outlines, which takes less long.
  func fittingWords(in image: PixelImage, shape: PyramidShape) -> PictureEvidence {
    seen(in: image, shape: shape, isOutlined: false)
  }

  private func seen(
    in image: PixelImage, shape: PyramidShape, isOutlined: Bool
  ) -> PictureEvidence {
    context.withSpinningThreads { context in
      guard isOutlined else {
        let (semantics, named) = looked(at: image, shape: shape, with: context)
        return PictureEvidence(semantics: semantics, outlines: nil, named: named)
      }
      let semantics = semantics(of: image, shape: shape, with: context)
      var (named, outlines): ([[EvidenceMap.Named?]]?, Outlines?)
      if let evidence, let semantics {
        (named, outlines) = evidence.namedAndOutlined(
          in: image, shape: shape, beside: semantics, with: context)
      } else {
        outlines = evidence?.outlines(of: image, shape: shape, with: context)
      }
      return PictureEvidence(semantics: semantics, outlines: outlines, named: named)
    }
  }
}
