package import SPAEPyramid

extension Model {
  /// How well each word fits a position by the classifier, as a share of what the best word of the
  /// vocabulary reaches there, 0 to 1, [V].
  ///
  /// It is the cosine of the word's text vector with what the classifier says of the position's region
  /// and of the whole picture, in the shares by which candidates are found. Without a classifier, and
  /// below the layers that it tells apart, there is nothing to say: no numbers. Costs about as much as
  /// `neighbours`.
  package func fits(
    at cell: CellAddress, of shape: PyramidShape, in evidence: PictureEvidence
  ) -> [Float] {
    guard let semantics = evidence.semantics, let share = configuration.guided?.wholeShare,
      cell.layer <= SemanticMap.layer, semantics.grid == SemanticMap.size(for: shape)
    else { return [] }
    let region = semantics.regions(of: shape.size(ofLayer: cell.layer))[shape.position(of: cell)]
    let text = zip(semantics.whole, region).map { share * $0 + (1 - share) * $1 }
    let cosines = codebook.similarity(toText: text)
    guard let best = cosines.max(), best > 0 else { return [] }
    return cosines.map { max(0, $0) / best }
  }
}
