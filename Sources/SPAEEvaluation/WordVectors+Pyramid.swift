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
    let shape = pyramid.shape
    var weight: Float = 1
    return mean(
      of: layers.map { layer in
        defer { weight *= layerWeight }
        let words = shape.wordCount(toDepth: layer - 1)..<shape.wordCount(toDepth: layer)
        return (Array(pyramid.words[words]), weight)
      })
  }
}
