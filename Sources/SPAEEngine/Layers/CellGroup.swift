import CKernels

/// A few cells of a grid that have one class, anywhere, which a convolution computes side by side.
package struct CellGroup: Sendable {
  /// Two tiles of the widest kernels: a group is also what one thread takes at a time.
  private static let most = 16

  /// What all its cells have in common.
  package let label: Int
  private(set) var addresses: [spae_cell]

  /// The row and the column of each cell.
  package var cells: [(row: Int, column: Int)] { addresses.map { (Int($0.row), Int($0.column)) } }

  private init(label: Int, first: spae_cell) {
    self.label = label
    addresses = [first]
    addresses.reserveCapacity(Self.most)
  }

  /// Groups that hold some cells of a grid, each once, by the class of each among those of all cells.
  package static func groups(
    of cells: some Sequence<Int>, cellClasses: [Int]?, width: Int
  ) -> [CellGroup] {
    var groups: [CellGroup] = []
    var last = [Int](repeating: -1, count: LatentUpsampling.classes)  // of each class
    for cell in cells {
      let label = cellClasses?[cell] ?? 0
      let address = spae_cell(row: UInt32(cell / width), column: UInt32(cell % width))
      if last[label] >= 0, groups[last[label]].addresses.count < most {
        groups[last[label]].addresses.append(address)
      } else {
        last[label] = groups.count
        groups.append(CellGroup(label: label, first: address))
      }
    }
    return groups
  }
}
