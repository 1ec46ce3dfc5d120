import SPAEPyramid

/// The words of a pyramid that may name its main thing.
struct SubjectWords {
  /// With how well each fits what the classifier sees in the whole picture, the best first: of two that
  /// fit alike the one that stands there more often.
  let sorted: [(word: Int32, fit: Float)]

  init(
    _ model: Model, _ pyramid: Pyramid, _ found: GuidedCandidates, _ origins: [[WordOrigin]],
    _ layers: ClosedRange<Int>
  ) {
    guard let text = found.semantics?.whole else {
      sorted = []
      return
    }
    var counts: [Int32: Float] = [:]
    for layer in layers where layer <= origins.count {
      for (cell, origin) in zip(pyramid.shape.cells(ofLayer: layer), origins[layer - 1]) {
        switch origin.source {
        case .classifier, .none: counts[pyramid[cell], default: 0] += 1
        case .segmentation, .detection, .colour: continue
        }
      }
    }
    let fits = counts.keys.map { ($0, model.codebook.fit(of: $0, to: text[...])) }
    func weight(_ word: (Int32, Float)) -> Float {
      word.1 * (word.1 > 0 ? counts[word.0, default: 1].squareRoot() : 1)
    }
    sorted = fits.sorted { (weight($1), $0.0) < (weight($0), $1.0) }.map { ($0.0, $0.1) }
  }
}

extension Codebook {
  /// How well a word fits a text vector, [text], as the candidates of the upper layers are scored.
  func fit(of word: Int32, to text: ArraySlice<Float>) -> Float {
    let own = self.text.floats(Int(word) * textWidth..<(Int(word) + 1) * textWidth)
    return zip(own, text).reduce(-bias[Int(word)]) { $0 + $1.0 * $1.1 }
  }
}
