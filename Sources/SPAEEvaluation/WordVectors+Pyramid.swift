package import SPAEEngine
package import SPAEPyramid

extension WordVectors {
  /// The vectors of a model's words.
  package init(_ codebook: Codebook) {
    self.init(values: codebook.embeddings, width: codebook.embeddingWidth)
  }

  /// The mean vector of the words of some layers of a pyramid.
  package func point(of pyramid: Pyramid, layers: ClosedRange<Int>) -> [Float] {
    let shape = pyramid.shape
    let first = shape.wordCount(toDepth: layers.lowerBound - 1)
    return mean(of: pyramid.words[first..<shape.wordCount(toDepth: layers.upperBound)])
  }
}
