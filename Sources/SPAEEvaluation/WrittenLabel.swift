package import SPAELanguage
package import SPAEPyramid

/// Which label's examples some written words are most like, and how much a picture is like those.
///
/// Of several pictures made of the words, the one that is most like them says best what was written.
package struct WrittenLabel {
  private let vectors: WordVectors
  private let layers: ClosedRange<Int>
  private let centroids: NearestCentroid
  /// The number of the label that the words are most like.
  private let label: Int

  /// `examples` hold the words of whole pyramids of a shape, of which those of the layers down to
  /// `depth` stand beside the written ones.
  package init(
    of words: [Int32], examples: [WordDrawing.Example], shape: PyramidShape, depth: Int,
    vectors: WordVectors
  ) {
    let layers = 1...depth
    func point(_ words: [Int32]) -> [Float] {
      vectors.point(of: words, shape: shape, layers: layers)
    }
    let byLabel = Dictionary(grouping: examples, by: \.label).sorted { $0.key < $1.key }
    centroids = NearestCentroid(examples: byLabel.map { $0.value.map { point($0.words) } })
    label = centroids.label(of: point(words))
    (self.vectors, self.layers) = (vectors, layers)
  }

  /// How much nearer a picture is to the label's examples than to any others', as cosines; with one
  /// label how near it is.
  package func margin(of pyramid: Pyramid) -> Float {
    let cosines = centroids.cosines(of: vectors.point(of: pyramid, layers: layers))
    let others = cosines.indices.filter { $0 != label }.map { cosines[$0] }
    return cosines[label] - (others.max() ?? 0)
  }
}
