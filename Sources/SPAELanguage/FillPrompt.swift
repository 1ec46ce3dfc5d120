public import SPAEPyramid

/// Asks for the word of one cell by the words around it.
///
/// Each line holds the word of the layer above, the words over, under, right and left of a cell, and
/// its own after a sign; the examples are the cells of the same picture that are nearest, so that
/// the model needs to know nothing of pictures. The cell itself stands last, without its word:
/// ```
///  lion tab litter lion = litter
///  tiger cab litter litter zoo =
/// ```
public struct FillPrompt: Hashable, Sendable {
  /// The most cells that are told as examples.
  public static let examples = 15

  private let pyramid: Pyramid
  /// The cells whose words are not known: no line tells them.
  private let hidden: Set<CellAddress>
  private let cell: CellAddress

  /// Makes the prompt for one of the hidden cells.
  public init(for cell: CellAddress, of pyramid: Pyramid, hidden: Set<CellAddress>) {
    self.pyramid = pyramid
    self.hidden = hidden.union([cell])
    self.cell = cell
  }

  /// The prompt as it is sent; what follows is a space and a word.
  public func text(_ vocabulary: Vocabulary) -> String {
    let examples = examples.map { line($0, vocabulary) + " \(vocabulary[pyramid[$0]])\n" }
    return examples.joined() + line(cell, vocabulary)
  }

  /// The words around the cell, the most frequent first: what may well stand there itself.
  public var surroundings: [Int32] {
    var counts: [(word: Int32, count: Int)] = []
    for word in (near + children(of: cell) + ancestors).map({ pyramid[$0] }) {
      if let place = counts.firstIndex(where: { $0.word == word }) {
        counts[place].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    // The order of words that are as frequent is that of the places: nearer ones first.
    return counts.enumerated()
      .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .map(\.element.word)
  }

  // MARK: Places

  private var shape: PyramidShape { pyramid.shape }

  /// Whether nothing is known of the layer, so that the words below have to tell.
  private var isAlone: Bool {
    // The last two layers have the same cells: the last says nothing of what lies within.
    cell.layer + 1 < shape.depth
      && shape.cells(ofLayer: cell.layer).allSatisfy(hidden.contains)
  }

  /// The cells told as examples, the nearest last.
  private var examples: [CellAddress] {
    let layer = isAlone ? cell.layer + 1 : cell.layer
    let ratio = shape.side(ofLayer: layer) / shape.side(ofLayer: cell.layer)
    let centre = CellAddress(layer: layer, row: cell.row * ratio, column: cell.column * ratio)
    let known = shape.cells(ofLayer: layer).filter { !hidden.contains($0) }
    let sorted = known.enumerated().sorted {
      ($0.element.distance(to: centre), $0.offset) < ($1.element.distance(to: centre), $1.offset)
    }
    return sorted.prefix(Self.examples).map(\.element).reversed()
  }

  private func line(_ cell: CellAddress, _ vocabulary: Vocabulary) -> String {
    let places = isAlone ? children(of: cell) : ancestor(of: cell) + beside(cell)
    return places.map { " \(vocabulary[pyramid[$0]])" }.joined() + " ="
  }

  /// Over, under, right and left of a cell: those within the layer that are known.
  private func beside(_ cell: CellAddress) -> [CellAddress] {
    [(-1, 0), (1, 0), (0, 1), (0, -1)].compactMap { known(cell, $0.0, $0.1) }
  }

  private func known(_ cell: CellAddress, _ down: Int, _ right: Int) -> CellAddress? {
    let side = shape.side(ofLayer: cell.layer)
    let place = CellAddress(
      layer: cell.layer, row: cell.row + down, column: cell.column + right)
    guard (0..<side).contains(place.row), (0..<side).contains(place.column),
      !hidden.contains(place)
    else { return nil }
    return place
  }

  /// The eight cells around the cell, those that share an edge first.
  private var near: [CellAddress] {
    let corners = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    return beside(cell) + corners.compactMap { known(cell, $0.0, $0.1) }
  }

  private func ancestor(of cell: CellAddress) -> [CellAddress] {
    guard cell.layer > 1 else { return [] }
    let ratio = shape.side(ofLayer: cell.layer) / shape.side(ofLayer: cell.layer - 1)
    let above = CellAddress(
      layer: cell.layer - 1, row: cell.row / ratio, column: cell.column / ratio)
    return hidden.contains(above) ? [] : [above]
  }

  private var ancestors: [CellAddress] {
    ancestor(of: cell).flatMap { [$0] + ancestor(of: $0) }
  }

  /// The cells of the next layer within a cell, where they are needed.
  private func children(of cell: CellAddress) -> [CellAddress] {
    guard isAlone else { return [] }
    let ratio = shape.side(ofLayer: cell.layer + 1) / shape.side(ofLayer: cell.layer)
    return shape.cells(ofLayer: cell.layer + 1).filter {
      $0.row / ratio == cell.row && $0.column / ratio == cell.column
    }
  }
}

extension CellAddress {
  /// Steps between two cells of a layer, as a king goes.
  fileprivate func distance(to other: CellAddress) -> Int {
    max(abs(row - other.row), abs(column - other.column))
  }
}
