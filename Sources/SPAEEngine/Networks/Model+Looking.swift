import SPAEPixels
import SPAEPyramid

// What the frozen branches see in a picture, and its latent beside them.
extension Model {
  /// So many cells go through the encoder on one thread while another one runs two of the branches:
  /// all three take about as long as the classifier and the encoder.
  private static let cellsOfOneThread = 400

  /// What the frozen branches see in a framed picture: the classifier, and what names each position of
  /// the upper layers, if the model can tell.
  func looked(
    at image: PixelImage, shape: PyramidShape, with context: Context
  ) -> (semantics: SemanticMap?, named: [[EvidenceMap.Named?]]?) {
    let (semantics, sight) = pair(context) {
      self.semantics(of: image, shape: shape, with: $0)
    } _: {
      self.sight(of: image, shape: shape, with: $0)
    }
    return (semantics, named(by: sight, beside: semantics, shape: shape))
  }

  /// The same, and the picture's latent. `picture` is the image at the size of its pyramid's.
  func look(
    at image: PixelImage, as picture: PixelImage, shape: PyramidShape, with context: Context
  ) -> (semantics: SemanticMap?, named: [[EvidenceMap.Named?]]?, z: [Float]) {
    guard shape.grid.count <= Self.cellsOfOneThread else {
      let (semantics, named) = looked(at: image, shape: shape, with: context)
      return (
        semantics, named, latent(of: picture, shape: shape, semantics: semantics, with: context)
      )
    }
    let ((semantics, z), sight) = pair(context) { context in
      let semantics = self.semantics(of: image, shape: shape, with: context)
      return (
        semantics, self.latent(of: picture, shape: shape, semantics: semantics, with: context)
      )
    } _: {
      self.sight(of: image, shape: shape, with: $0)
    }
    return (semantics, named(by: sight, beside: semantics, shape: shape), z)
  }

  /// Runs two pieces of work as `Context.pair` does, unless the model has no branches for the second
  /// one, or that would keep the buffers of both.
  private func pair<First: Sendable, Second: Sendable>(
    _ context: Context, _ first: @Sendable (Context) -> First,
    _ second: @Sendable (Context) -> Second
  ) -> (First, Second) {
    evidence != nil && reuse.isOn
      ? context.pair(first, second) : (first(context), second(context))
  }

  private func sight(
    of image: PixelImage, shape: PyramidShape, with context: Context
  ) -> EvidenceMap.Seen? {
    semanticBranch == nil ? nil : evidence?.sight(of: image, shape: shape, with: context)
  }

  private func named(
    by sight: EvidenceMap.Seen?, beside semantics: SemanticMap?, shape: PyramidShape
  ) -> [[EvidenceMap.Named?]]? {
    guard let sight, let semantics else { return nil }
    return evidence?.named(by: sight, beside: semantics, shape: shape)
  }
}
