import SPAEPyramid

/// Which words each latent cell's estimate is the mean of, and which cells take it, at some depth.
struct LatentCells: Sendable {
  let shape: PyramidShape
  let depth: Int
  let upsampling: LatentUpsampling

  /// The cell that each word stands at, [word].
  private let cellOfWord: [Int]
  private let wordsOfCell: [[Int]]  // [cell], in the order of their layers
  private let dependents: [[LatentUpsampling.Part]]  // [cell]

  init(shape: PyramidShape, depth: Int, search: ModelConfiguration.Search) {
    (self.shape, self.depth) = (shape, depth)
    upsampling = LatentUpsampling(
      shape: shape, depth: depth, blendedStride: search.blendedStride)
    cellOfWord = (1...depth).flatMap { shape.cells(ofLayer: $0).map(shape.latentIndex(of:)) }
    var words = [[Int]](repeating: [], count: shape.grid.count)
    for (word, cell) in cellOfWord.enumerated() { words[cell].append(word) }
    wordsOfCell = words
    var dependents = [[LatentUpsampling.Part]](repeating: [], count: shape.grid.count)
    for (cell, sources) in upsampling.sources.enumerated() {
      for source in sources {
        dependents[source.cell].append(.init(cell: cell, weight: source.weight))
      }
    }
    self.dependents = dependents
  }

  /// The cells whose own words differ between two lists of words, each once.
  func changed(from old: [Int32], to new: [Int32]) -> Set<Int> {
    Set(cellOfWord.indices.lazy.filter { old[$0] != new[$0] }.map { cellOfWord[$0] })
  }

  /// A cell's own words.
  func words(of cell: Int, in words: [Int32]) -> some Collection<Int32> {
    wordsOfCell[cell].lazy.map { words[$0] }
  }

  /// The cells that depend on a cell's estimate, and with which weight.
  func dependents(of cell: Int) -> [LatentUpsampling.Part] { dependents[cell] }

  /// The cells that depend on the estimates of some cells, each once, in order.
  func dependents(ofAny cells: some Sequence<Int>) -> [Int] {
    var depends = [Bool](repeating: false, count: dependents.count)
    for cell in cells {
      for dependent in dependents[cell] { depends[dependent.cell] = true }
    }
    return depends.indices.filter { depends[$0] }
  }

  /// Those cells, for which the linear decoder's gradient is computed.
  func gradientCells(of cells: [Int]) -> ConditionalLinearDecoder.Cells {
    ConditionalLinearDecoder.Cells(
      dependents(ofAny: cells), cellClasses: upsampling.cellClass, width: shape.grid.columns)
  }

  /// The rectangle of the cells that depend on a cell's estimate, and of the cell itself.
  func area(of cell: Int) -> Rectangle {
    dependents[cell].reduce(rectangle(cell)) { $0.union(rectangle($1.cell)) }
  }

  private func rectangle(_ cell: Int) -> Rectangle {
    let (row, column) = (cell / shape.grid.columns, cell % shape.grid.columns)
    return Rectangle(rows: row..<row + 1, columns: column..<column + 1)
  }
}

/// A few rectangles of latent cells that hold all that has changed.
struct ChangedAreas: Sendable {
  /// How far, in cells, most of the network's work reaches out of a changed cell.
  private static let reach = 2

  private(set) var areas: [Rectangle] = []

  init() {}

  init(_ areas: some Sequence<Rectangle>) {
    for area in areas { insert(area) }
  }

  /// Adds a rectangle; two whose surroundings cost no less than those of both together become one.
  mutating func insert(_ area: Rectangle) {
    var area = area
    while let other = areas.firstIndex(where: { isWorthJoining(area, $0) }) {
      area = area.union(areas.remove(at: other))
    }
    areas.append(area)
  }

  mutating func insert(_ others: ChangedAreas) {
    for area in others.areas { insert(area) }
  }

  /// Makes one area of all cells where theirs cost no less together.
  mutating func join(within all: Rectangle) {
    let cost = areas.reduce(0) { $0 + $1.grown(by: Self.reach, within: all).area }
    if cost >= all.area, areas.count > 1 { areas = [all] }
  }

  mutating func removeLast() { areas.removeLast() }

  private func isWorthJoining(_ a: Rectangle, _ b: Rectangle) -> Bool {
    func cost(_ area: Rectangle) -> Int {
      (area.rows.count + 2 * Self.reach) * (area.columns.count + 2 * Self.reach)
    }
    return cost(a.union(b)) <= cost(a) + cost(b)
  }
}
