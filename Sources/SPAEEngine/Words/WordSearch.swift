import SPAEPixels
import SPAEPyramid

/// The search for a picture's words: each layer is quantized in the latent, and then refined by the
/// error of the picture that the words so far give.
struct WordSearch {
  let quantizer: Quantizer
  var refinement: Refinement

  init(codebook: Codebook, decoder: Decoder, rules: ModelConfiguration.Search) {
    quantizer = Quantizer(codebook: codebook)
    refinement = Refinement(codebook: codebook, decoder: decoder, search: rules)
  }

  /// Every word of a picture whose latent is z, [cell, latent].
  ///
  /// `candidates` holds the words that each position of the guided layers may choose from. `progress`
  /// is told the share of the words that are found, after each layer.
  func words(
    for z: [Float], of picture: PixelImage, shape: PyramidShape, candidates: [Int: [Candidates]],
    in space: Refinement.Workspace, decodedIn decoded: Decoder.Workspace, with context: Context,
    progress: ((Double) -> Void)? = nil
  ) -> [Int32] {
    var (sum, words) = (Quantizer.Sum(z: z, shape: shape), [Int32]())
    words.reserveCapacity(shape.wordCount)
    for layer in 1...shape.depth {
      let cells = shape.cells(ofLayer: layer).map(shape.latentIndex(of:))
      words += quantizer.nearest(at: cells, to: sum, among: candidates[layer], with: context)
      words = refinement.words(
        words, ofLayer: layer, of: picture, candidates: candidates[layer], in: space,
        decodedIn: decoded, with: context)
      quantizer.add(words.suffix(cells.count), at: cells, to: &sum)
      progress?(Double(words.count) / Double(shape.wordCount))
    }
    return words
  }
}
