public import SPAEPyramid

/// Proposes words for cells of a picture: the words around them, scored by a language model.
///
/// Nothing is written freely: the candidates of a cell are the words around it and above it and a
/// few that are near these in meaning, and the model only says how well each goes on. One request a
/// cell, of about 150 tokens.
public struct WordFilling {
  /// The most words that are scored for one cell.
  public static let candidates = 40
  /// The most proposals.
  public static let proposals = 6

  private let model: any LanguageModel
  private let vocabulary: Vocabulary
  /// The words nearest in meaning to a word, so many of them.
  private let neighbours: (_ of: Int32, _ count: Int) -> [Int32]

  public init(
    model: any LanguageModel, vocabulary: Vocabulary,
    neighbours: @escaping (_ of: Int32, _ count: Int) -> [Int32]
  ) {
    self.model = model
    self.vocabulary = vocabulary
    self.neighbours = neighbours
  }

  /// Ways to fill cells of one layer, the likeliest first: [proposal][cell].
  ///
  /// The cells beside known ones come first, and what they get is known to the rest. `progress`
  /// hears how many are done, and ends the work by answering false: then there is no proposal.
  public func proposals(
    for cells: [CellAddress], of pyramid: Pyramid, progress: (Int) -> Bool
  ) throws(LanguageError) -> [[Int32]] {
    var (filled, hidden) = (pyramid, Set(cells))
    var ranked: [CellAddress: [Int32]] = [:]
    while let cell = next(of: hidden, in: pyramid.shape) {
      guard progress(ranked.count) else { return [] }
      let words = try ranking(of: cell, in: filled, hidden: hidden)
      ranked[cell] = cells.count > 1 ? words : words.filter { $0 != pyramid[cell] }
      hidden.remove(cell)
      if let best = words.first { filled[cell] = best }
    }
    return turned(cells.map { ranked[$0] ?? [] }, from: cells.map { pyramid[$0] })
  }

  /// The hidden cell that knows the most of its neighbours.
  private func next(of hidden: Set<CellAddress>, in shape: PyramidShape) -> CellAddress? {
    let sorted = hidden.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    return sorted.max { shape.known(around: $0, hidden) < shape.known(around: $1, hidden) }
  }

  /// The candidates of a cell, the likeliest first.
  private func ranking(
    of cell: CellAddress, in pyramid: Pyramid, hidden: Set<CellAddress>
  ) throws(LanguageError) -> [Int32] {
    let prompt = FillPrompt(for: cell, of: pyramid, hidden: hidden)
    let around = prompt.surroundings
    var words: [Int32] = []
    for word in around + around.prefix(8).flatMap({ neighbours($0, 3) })
    where !words.contains(word) { words.append(word) }
    words = Array(words.prefix(Self.candidates))
    let scores = try model.logProbabilities(
      of: words.map { " \(vocabulary[$0])" }, after: prompt.text(vocabulary))
    return zip(words, scores).enumerated()
      .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element.0)
  }

  /// From the rankings of cells to proposals: each cell's likeliest word, each one's second, ...
  private func turned(_ ranked: [[Int32]], from old: [Int32]) -> [[Int32]] {
    guard ranked.contains(where: { !$0.isEmpty }) else { return [] }
    let proposals = (0..<Self.proposals).map { place in
      zip(ranked, old).map { words, old in
        words.isEmpty ? old : words[min(place, words.count - 1)]
      }
    }
    var unlike: [[Int32]] = []
    for words in proposals where words != old && !unlike.contains(words) { unlike.append(words) }
    return unlike
  }
}

extension PyramidShape {
  /// How many of the eight cells around a cell are not hidden.
  fileprivate func known(around cell: CellAddress, _ hidden: Set<CellAddress>) -> Int {
    let side = side(ofLayer: cell.layer)
    let rows = max(0, cell.row - 1)...min(side - 1, cell.row + 1)
    let columns = max(0, cell.column - 1)...min(side - 1, cell.column + 1)
    return rows.reduce(0) { count, row in
      count
        + columns.count { column in
          !hidden.contains(CellAddress(layer: cell.layer, row: row, column: column))
        }
    }
  }
}
