package import SPAEPyramid

/// The words around a cell as a text that goes on with the cell's own word.
///
/// A model reads from left to right, so what lies below and to the right of the cell is told before
/// what lies above and to the left. For the cell in the middle:
/// ```
///  litter tab zoo
///  pill tab cab
///  zoo tiger lion
///  lion
/// ```
/// that is the row below, the row above, the rest of its own row with the words of the layers above
/// it, and the row up to the cell.
package struct FillPrompt: Hashable, Sendable {
  /// Rows that are told on either side, and words of a row on either side.
  static let reach = (rows: 2, columns: 4)

  /// Where a word stands that follows from nothing: words that are likely anywhere are not likelier
  /// for that in one place.
  package static let neutral = "\n the"

  private let pyramid: Pyramid
  /// The cells whose words are not known: no line tells them.
  private let hidden: Set<CellAddress>
  private let cell: CellAddress

  /// Makes the prompt for one of the hidden cells.
  package init(for cell: CellAddress, of pyramid: Pyramid, hidden: Set<CellAddress>) {
    self.pyramid = pyramid
    self.hidden = hidden.union([cell])
    self.cell = cell
  }

  /// The prompt as it is sent; what follows is a space and a word.
  package func text(_ vocabulary: Vocabulary) -> String {
    let reach = Self.reach
    let rows = [1...reach.rows, -reach.rows ... -1].flatMap { rows in
      rows.map { row in known(row, -reach.columns...reach.columns) }
    }
    let inner = isAlone ? [children] : rows
    let right = known(0, 1...reach.columns) + ancestors
    let lines = inner.filter { !$0.isEmpty } + [right, known(0, -reach.columns ... -1)]
    return lines.map { line in line.map { " \(vocabulary[pyramid[$0]])" }.joined() }
      .joined(separator: "\n")
  }

  /// The words that may well stand in the cell too: those around it with how often they do, the most
  /// frequent first, then those above it.
  package var surroundings: [(word: Int32, count: Int)] {
    var counts: [(word: Int32, count: Int)] = []
    for word in around.map({ pyramid[$0] }) {
      if let place = counts.firstIndex(where: { $0.word == word }) {
        counts[place].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    // Of words that are as frequent, one that shares an edge with the cell comes first.
    let sorted = counts.enumerated()
      .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    let above = ancestors.map { pyramid[$0] }.filter { word in
      !counts.contains { $0.word == word }
    }
    return sorted + above.map { ($0, 0) }
  }

  // MARK: Places

  private var shape: PyramidShape { pyramid.shape }

  /// Whether nothing is known of the layer, so that the words within the cell have to tell.
  private var isAlone: Bool {
    // The last two layers have the same cells: the last says nothing of what lies within.
    cell.layer + 1 < shape.depth
      && shape.cells(ofLayer: cell.layer).allSatisfy(hidden.contains)
  }

  private func known(_ down: Int, _ columns: ClosedRange<Int>) -> [CellAddress] {
    columns.map {
      CellAddress(layer: cell.layer, row: cell.row + down, column: cell.column + $0)
    }.filter { shape.contains($0) && !hidden.contains($0) }
  }

  /// The eight cells around the cell, those that share an edge first; or the cells within.
  private var around: [CellAddress] {
    if isAlone { return children }
    let (row, edges) = (known(0, -1...1), known(-1, 0...0) + known(1, 0...0))
    let corners = [-1, 1].flatMap { known($0, -1 ... -1) + known($0, 1...1) }
    return row + edges + corners
  }

  /// The cells that contain the cell, the nearest first.
  private var ancestors: [CellAddress] {
    (1..<cell.layer).reversed().map { shape.cell(inLayer: $0, at: cell) }
  }

  /// The cells of the next layer within the cell.
  private var children: [CellAddress] {
    shape.cells(ofLayer: cell.layer + 1).filter { shape.holds(cell, $0) }
  }
}
