/// Pixels of one row at equal distances, which a convolution computes side by side.
///
/// Half of a chessboard, or the cells of one class, are few such combs but many single pixels.
package struct Comb: Equatable, Sendable {
  package let row: Int
  package let column: Int
  package private(set) var step = 1
  package private(set) var count = 1
  /// What all its pixels have in common.
  package let label: Int

  private var last: Int { column + step * (count - 1) }

  private init(row: Int, column: Int, label: Int) {
    (self.row, self.column, self.label) = (row, column, label)
  }

  /// Takes a pixel further right, if it stands where the next one of the comb has to.
  private mutating func take(_ column: Int) -> Bool {
    if count == 1 { step = column - last } else if column != last + step { return false }
    count += 1
    return true
  }

  /// Combs that hold some cells of a grid, in order and each once, by the class of each among those
  /// of all cells.
  package static func combs(
    of cells: some Collection<Int>, cellClasses: [Int]?, width: Int
  ) -> [Comb] {
    var combs: [Comb] = []
    var open = 0  // the first comb of this row
    for cell in cells {
      let (row, column) = (cell / width, cell % width)
      let label = cellClasses?[cell] ?? 0
      if combs.last?.row != row { open = combs.count }
      let isTaken = (open..<combs.count).contains { index in
        combs[index].label == label && combs[index].take(column)
      }
      if !isTaken { combs.append(Comb(row: row, column: column, label: label)) }
    }
    return combs
  }
}
