package import SPAEPixels
package import SPAEPyramid

/// What made a word a candidate of its position, and how sure that was.
package struct WordOrigin: Hashable, Sendable {
  package enum Source: Hashable, Sendable {
    /// The frozen classifier; sure is its best class at the position.
    case classifier
    /// What the segmentation branch saw; sure is the mean share of the position's pixels.
    case segmentation(String)
    /// What the detection branch found; sure is the box, or the share of pixels that people fill.
    case detection(String)
    /// The name of the position's mean colour.
    case colour
    /// No candidate: a person typed it, or the picture was encoded with other options.
    case none
  }

  package var source: Source
  /// From 0 to 1; nil where nothing says.
  package var sureness: Float?

  package init(_ source: Source, sureness: Float? = nil) {
    (self.source, self.sureness) = (source, sureness)
  }
}

extension WordOrigin: CustomStringConvertible {
  /// Such as `segmentation "sky" .83`.
  package var description: String {
    let source =
      switch source {
      case .classifier: "classifier"
      case .segmentation(let name): "segmentation \"\(name)\""
      case .detection(let name): "detection \"\(name)\""
      case .colour: "colour name"
      case .none: "typed by hand"
      }
    guard let sureness else { return source }
    let hundredths = Int((min(max(sureness, 0), 1) * 100).rounded())
    guard hundredths < 100 else { return source + " 1.00" }
    return source + (hundredths < 10 ? " .0\(hundredths)" : " .\(hundredths)")
  }
}

/// The candidates of the guided layers of one picture, and what each branch says of it.
struct GuidedCandidates: Sendable {
  /// Of each guided layer, each position.
  var candidates: [Int: [Candidates]] = [:]
  /// The names of colours among them, of each layer from the first, each position.
  var colours: [[[Int32]]] = []
  /// What names a position of the layers that the branches tell apart.
  var named: [[EvidenceMap.Named?]]?
  /// The classifier's best probability, of the whole and of each cell of the map.
  var wholeBest: Float?
  var cellBest: [Float] = []
  /// The positions of each layer.
  var layers: [GridSize] = []
  /// What the semantic branch saw; nil where no layer is guided.
  var semantics: SemanticMap?

  /// What the classifier is sure of at a position: the best of the cells that it covers.
  func best(ofLayer layer: Int, _ position: Int) -> Float? {
    guard layers[layer - 1].count > 1, !cellBest.isEmpty else { return wholeBest }
    let map = layers[SemanticMap.layer - 1]
    return EvidenceMap.positions(of: layers[layer - 1], on: map)[position].cells
      .map { cellBest[$0] }.max()
  }
}

extension Model {
  /// Where the words of the guided layers of a pyramid come from, given the picture that was
  /// encoded: [layer - 1][position, row after row]. A model that guides no layer gives none.
  ///
  /// Costs what the frozen branches take, about half of an encode.
  package func origins(
    of pyramid: Pyramid, in image: PixelImage, fit: Fit = .crop, semanticWeight: Float = 1
  ) throws(EngineError) -> [[WordOrigin]] {
    let found = try candidates(
      in: image, size: pictureSize(of: pyramid.shape).shorter, fit: fit,
      semanticWeight: semanticWeight)
    return origins(of: pyramid, found)
  }

  func origins(of pyramid: Pyramid, _ candidates: GuidedCandidates) -> [[WordOrigin]] {
    candidates.candidates.keys.sorted().map { layer in
      pyramid.shape.cells(ofLayer: layer).enumerated().map { position, cell in
        origin(of: pyramid[cell], layer: layer, position, candidates)
      }
    }
  }

  private func origin(
    of word: Int32, layer: Int, _ position: Int, _ candidates: GuidedCandidates
  ) -> WordOrigin {
    guard candidates.candidates[layer]?[position].words.contains(word) == true else {
      return WordOrigin(.none)
    }
    if let named = candidates.named, layer <= named.count, let own = named[layer - 1][position] {
      return WordOrigin(source(own), sureness: own.sureness)
    }
    let colours = layer <= candidates.colours.count ? candidates.colours[layer - 1] : []
    if position < colours.count, colours[position].contains(word) { return WordOrigin(.colour) }
    return WordOrigin(.classifier, sureness: candidates.best(ofLayer: layer, position))
  }

  private func source(_ named: EvidenceMap.Named) -> WordOrigin.Source {
    switch named.branch {
    case .segmentation: .segmentation(stuffName(named))
    case .detection: .detection(configuration.detection?.classes[named.number].name ?? "")
    }
  }

  /// The name of a class of the segmentation, and of what it looks like: `sky, sunset`.
  private func stuffName(_ named: EvidenceMap.Named) -> String {
    let name = configuration.segmentation?.classes[named.number].name ?? ""
    guard let look = named.look, let looks = configuration.evidence?.looks else { return name }
    return "\(name), \(looks[look].name)"
  }
}
