import SPAEPixels
import SPAEPyramid

/// What a rewriting may change, and what each position may become.
struct Rewriting {
  /// The words before, of all layers.
  let words: [Int32]
  /// The flat indices of the words that may change.
  let free: Set<Int>
  /// The words that each position of some layers may choose from; all words elsewhere.
  let candidates: [Int: [Candidates]]
  /// How much the error of each pixel of a decoded picture counts, [row, column]; nil for all alike.
  let weights: [Float]?
}

extension WordSearch {
  /// Words that bring the decoded picture near another one; nil if cancelled.
  ///
  /// Each layer is quantized in latent space and refined, as for a new picture; but only free words
  /// change. What the others contribute to the streaming average is subtracted from the latent, so
  /// that the free words of a cell make up for those that it holds.
  func rewritten(
    _ rewriting: Rewriting, towards picture: PixelImage, latent z: [Float], shape: PyramidShape,
    in space: Refinement.Workspace, decodedIn decoded: Decoder.Workspace, with context: Context,
    isCancelled: () -> Bool
  ) -> [Int32]? {
    var (sum, words) = (Quantizer.Sum(z: z, shape: shape), [Int32]())
    words.reserveCapacity(shape.wordCount)
    for layer in 1...shape.depth {
      if isCancelled() { return nil }
      let first = shape.wordCount(toDepth: layer - 1)
      let cells = shape.cells(ofLayer: layer).map(shape.latentIndex(of:))
      let free = cells.indices.filter { rewriting.free.contains(first + $0) }
      words += rewriting.words[first..<first + cells.count]
      if !free.isEmpty {
        let candidates = rewriting.candidates[layer]
        let new = quantizer.nearest(
          at: free.map { cells[$0] }, to: sum,
          among: candidates.map { all in free.map { all[$0] } },
          with: context)
        for (position, word) in zip(free, new) { words[first + position] = word }
        words = refinement.words(
          words, ofLayer: layer, of: picture, candidates: candidates, free: Set(free), in: space,
          decodedIn: decoded, with: context)
      }
      quantizer.add(words[first...], at: cells, to: &sum)
    }
    return refinedAgain(
      words, rewriting, towards: picture, shape: shape, in: space, decodedIn: decoded,
      with: context)
  }

  /// The words with those of the last layer but one refined too, once the last one's are known.
  private func refinedAgain(
    _ words: [Int32], _ rewriting: Rewriting, towards picture: PixelImage, shape: PyramidShape,
    in space: Refinement.Workspace, decodedIn decoded: Decoder.Workspace, with context: Context
  ) -> [Int32] {
    let free = free(of: shape.depth - 1, in: rewriting, shape)
    guard !free.isEmpty else { return words }
    let refined = refinement.words(
      swapped(words, shape), ofLayer: shape.depth, of: picture, candidates: nil, free: free,
      in: space, decodedIn: decoded, with: context)
    return swapped(refined, shape)
  }

  /// The positions of a layer that may change.
  private func free(of layer: Int, in rewriting: Rewriting, _ shape: PyramidShape) -> Set<Int> {
    let first = shape.wordCount(toDepth: layer - 1)
    let count = shape.wordCount(toDepth: layer) - first
    return Set((0..<count).filter { rewriting.free.contains(first + $0) })
  }

  /// The words with those of the last two layers in each other's place: both visit every cell, so
  /// the picture is the same, and the one can be refined once the other is known.
  private func swapped(_ words: [Int32], _ shape: PyramidShape) -> [Int32] {
    let first = shape.wordCount(toDepth: shape.depth - 2)
    let last = shape.wordCount(toDepth: shape.depth - 1)
    return Array(words[..<first] + words[last...] + words[first..<last])
  }
}
