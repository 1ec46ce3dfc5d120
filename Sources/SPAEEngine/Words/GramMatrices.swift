import SPAEPyramid

/// How the linear decoder's picture changes with the words of one layer.
///
/// The squared change of all pixels is a quadratic form of the change of a position's estimate. Its
/// matrix is the Gram matrix A'A of the linear map A from the estimate to the patches around the cells
/// that depend on it. Positions whose dependents have equal classes and weights are of one kind and
/// share a matrix. Pixels beyond the picture's edge are counted too.
struct GramMatrices: Sendable {
  /// The kind of each position of the layer.
  let kinds: [Int]

  /// The metric of each kind, in which the nearest word leaves the least error.
  let metrics: [QuadraticMetric]

  /// Two cells this far apart, or less, write to a patch in common.
  fileprivate static let reach = 2

  init(
    ofLayer layer: Int, cells: LatentCells, linearDecoder: ConditionalLinearDecoder,
    configuration: ModelConfiguration, with context: Context
  ) {
    let latent = configuration.latent
    let positions = cells.shape.cells(ofLayer: layer).map(cells.shape.latentIndex(of:))
    let filled = positions.map { Self.pairs(of: cells.dependents(of: $0), in: cells) }
    var kindOf: [[Pair: Double]: Int] = [:]
    kinds = filled.map { pairs in
      if let kind = kindOf[pairs] { return kind }
      kindOf[pairs] = kindOf.count
      return kindOf.count - 1
    }
    let pairs = Set(kindOf.keys.joined().map(\.key))
    let products = Dictionary(
      uniqueKeysWithValues: Set(pairs.map(\.first)).map { cellClass in
        (
          cellClass,
          linearDecoder.products(
            of: cellClass, in: pairs.filter { $0.first == cellClass }, configuration,
            context: context)
        )
      })
    let ordered = kindOf.sorted { $0.value < $1.value }.map(\.key)
    metrics = ordered.map { pairs in
      var matrix = [Float](repeating: 0, count: latent * latent)
      // In the same order every time, for the sum's last bits.
      for (pair, count) in pairs.sorted(by: { $0.key < $1.key }) {
        guard let product = products[pair.first]?[pair] else { continue }
        for i in matrix.indices { matrix[i] += Float(count) * product[i] }
      }
      return QuadraticMetric(Self.ridged(matrix, latent), latent: latent)
    }
  }

  /// The ridge keeps the words where a linear decoder of zeros predicts no change.
  private static func ridged(_ matrix: [Float], _ latent: Int) -> [Float] {
    let diagonal = (0..<latent).map { $0 * (latent + 1) }
    let ridge = 1e-6 * diagonal.reduce(0) { $0 + matrix[$1] } / Float(latent) + 1e-9
    var matrix = matrix
    for i in diagonal { matrix[i] += ridge }
    return matrix
  }

  /// The classes of two cells that depend on one word, and the way from the first to the second.
  fileprivate struct Pair: Hashable, Comparable {
    let first: Int
    let second: Int
    let way: Int  // row by row among those within reach

    static func < (a: Pair, b: Pair) -> Bool {
      (a.first, a.second, a.way) < (b.first, b.second, b.way)
    }
  }

  /// The number of pairs of each sort among some cells, each times the weights of both.
  private static func pairs(
    of dependents: [LatentUpsampling.Part], in cells: LatentCells
  ) -> [Pair: Double] {
    let (grid, cellClasses) = (cells.shape.grid, cells.upsampling.cellClass)
    let weights = Dictionary(uniqueKeysWithValues: dependents.map { ($0.cell, Double($0.weight)) })
    var counts: [Pair: Double] = [:]
    for dependent in dependents {
      let (row, column) = (dependent.cell / grid.columns, dependent.cell % grid.columns)
      for down in -reach...reach where (0..<grid.rows).contains(row + down) {
        for right in -reach...reach where (0..<grid.columns).contains(column + right) {
          let other = dependent.cell + down * grid.columns + right
          guard let weight = weights[other] else { continue }
          let way = (down + reach) * (2 * reach + 1) + right + reach
          let pair = Pair(first: cellClasses[dependent.cell], second: cellClasses[other], way: way)
          counts[pair, default: 0] += Double(dependent.weight) * weight
        }
      }
    }
    return counts
  }
}

extension ConditionalLinearDecoder {
  /// The product of what a cell of a class writes with what another writes, for each pair of them.
  ///
  /// [latent of the first cell, latent of the second].
  fileprivate func products(
    of cellClass: Int, in pairs: Set<GramMatrices.Pair>, _ configuration: ModelConfiguration,
    context: Context
  ) -> [GramMatrices.Pair: [Float]] {
    let (reach, latent) = (GramMatrices.reach, configuration.latent)
    let side = 2 * reach + 1
    let grid = GridSize(rows: side, columns: side)
    let planes = Planes(configuration, grid: grid)
    let gradient = Gradient(configuration, grid: grid)
    planes.stride = cellClass / LatentUpsampling.classesOfStride
    let middle = reach * side + reach
    let cellClasses = [Int](repeating: cellClass, count: side * side)
    let ofClass = Dictionary(grouping: pairs, by: \.second)
    var found: [GramMatrices.Pair: [Float]] = [:]
    for pair in pairs { found[pair] = [Float](repeating: 0, count: latent * latent) }
    for component in 0..<latent {
      unsafe set([middle], cellClasses: cellClasses, in: planes, with: context) { _, target in
        for i in 0..<latent { unsafe target[i] = i == component ? 1 : 0 }
      }
      refresh(planes.patches.bounds, in: planes, with: context)
      note(planes.patches, without: mean, row: reach, column: reach, in: gradient.errors)
      for (other, pairs) in ofClass {
        let cells = Cells(
          Set(pairs.map(\.way)).sorted(),
          cellClasses: .init(repeating: other, count: side * side), width: side)
        transpose(gradient, cells: cells, stride: planes.stride, with: context)
        for pair in pairs {
          let pixel = unsafe gradient.pixel(pair.way / side, pair.way % side)
          for i in 0..<latent { unsafe found[pair]?[component * latent + i] = pixel[i] }
        }
      }
    }
    return found
  }

  /// Copies patches, one of them less the mean that its cell wrote.
  private func note(
    _ patches: Plane, without mean: [Float], row: Int, column: Int, in target: Plane
  ) {
    for row in 0..<target.height {
      for column in 0..<target.width {
        unsafe target.pixel(row, column).update(
          from: patches.pixel(row, column), count: target.channels)
      }
    }
    let own = unsafe target.pixel(row, column)
    for (i, value) in mean.enumerated() { unsafe own[i] -= value }
  }
}
