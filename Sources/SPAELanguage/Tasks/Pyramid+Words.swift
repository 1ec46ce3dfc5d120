package import SPAEPyramid

extension Pyramid {
  /// The words of some layers, each once, that which covers most of the picture first.
  ///
  /// A word counts by the cells of the latent grid that it stands for; of equals the upper one, then
  /// the earlier one, comes first.
  package func wordsByArea(ofLayers layers: ClosedRange<Int>) -> [Int32] {
    var areas: [Int32: Int] = [:]
    var order: [Int32] = []
    for layer in layers {
      for cell in shape.cells(ofLayer: layer) {
        let (word, part) = (self[cell], shape.latentCells(of: cell))
        let area = part.rows.count * part.columns.count
        if areas[word] == nil { order.append(word) }
        areas[word, default: 0] += area
      }
    }
    let ranked = order.enumerated().sorted { a, b in
      let (first, second) = (areas[a.element] ?? 0, areas[b.element] ?? 0)
      return first == second ? a.offset < b.offset : first > second
    }
    return ranked.map(\.element)
  }
}
