package import SPAEEngine
package import SPAEPyramid

extension WordVectors {
  /// The vectors of a model's words by which pictures are told apart: without the direction of
  /// common words, and a word counts half of one of the layer above.
  package init(_ codebook: Codebook) {
    self = WordVectors(
      values: codebook.embeddings, width: codebook.embeddingWidth, layerWeight: 0.5
    ).withoutFirstDirection()
  }

  /// The vectors of a model's words as they are, all words alike.
  package init(plain codebook: Codebook) {
    self.init(values: codebook.embeddings, width: codebook.embeddingWidth)
  }

  /// The weighted mean of the vectors of the words of some layers of a pyramid, [width].
  package func point(of pyramid: Pyramid, layers: ClosedRange<Int>) -> [Float] {
    point(of: pyramid.words, shape: pyramid.shape, layers: layers)
  }

  /// The same of the first words of a pyramid of some shape, as many as the layers have or more.
  func point(of pyramid: [Int32], shape: PyramidShape, layers: ClosedRange<Int>) -> [Float] {
    var weight: Float = 1
    return mean(
      of: layers.map { layer in
        defer { weight *= layerWeight }
        let words = shape.wordCount(toDepth: layer - 1)..<shape.wordCount(toDepth: layer)
        return (Array(pyramid[words]), weight)
      })
  }
}
