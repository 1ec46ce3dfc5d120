import SPAEPyramid

/// How the picture changes with the words of one layer, by the decoder's linear path.
///
/// The squared change of all pixels is a quadratic form of the change of a place's estimate, whose
/// matrix is that of the normal equations: what a word writes to the cells that take of it and around
/// them, times itself. Places that fill cells alike are of a kind and share one. What would be
/// written beyond the picture's edge counts too.
struct NormalMatrices: Sendable {
  /// The kind of each place of the layer.
  let kinds: [Int]

  /// The metric of each kind, in which the nearest word leaves the least error.
  let metrics: [Metric]

  /// Two cells this far apart, or less, write to a patch in common.
  fileprivate static let reach = 2

  init(
    ofLayer layer: Int, cells: LatentCells, path: LabelledLinearPath,
    configuration: ModelConfiguration, with context: Context
  ) {
    let latent = configuration.latent
    let places = cells.shape.cells(ofLayer: layer).map(cells.shape.latentIndex(of:))
    let filled = places.map { Self.pairs(of: cells.takers(of: $0), in: cells) }
    var kindOf: [[Pair: Double]: Int] = [:]
    kinds = filled.map { pairs in
      if let kind = kindOf[pairs] { return kind }
      kindOf[pairs] = kindOf.count
      return kindOf.count - 1
    }
    let pairs = Set(kindOf.keys.joined().map(\.key))
    let products = Dictionary(
      uniqueKeysWithValues: Set(pairs.map(\.first)).map { label in
        (
          label,
          path.products(
            of: label, in: pairs.filter { $0.first == label }, configuration, context: context)
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
      return Metric(Self.ridged(matrix, latent), latent: latent)
    }
  }

  /// The ridge keeps the words where a path of zeros has no say.
  private static func ridged(_ matrix: [Float], _ latent: Int) -> [Float] {
    let diagonal = (0..<latent).map { $0 * (latent + 1) }
    let ridge = 1e-6 * diagonal.reduce(0) { $0 + matrix[$1] } / Float(latent) + 1e-9
    var matrix = matrix
    for i in diagonal { matrix[i] += ridge }
    return matrix
  }

  /// The labels of two cells that take of one word, and the way from the first to the second.
  fileprivate struct Pair: Hashable, Comparable {
    let first: Int
    let second: Int
    let way: Int  // row by row among those within reach

    static func < (a: Pair, b: Pair) -> Bool {
      (a.first, a.second, a.way) < (b.first, b.second, b.way)
    }
  }

  /// How many pairs there are of each sort among some cells, each as much as both take.
  private static func pairs(
    of takers: [PyramidFill.Part], in cells: LatentCells
  ) -> [Pair: Double] {
    let (grid, labels) = (cells.shape.grid, cells.fill.label)
    let shares = Dictionary(uniqueKeysWithValues: takers.map { ($0.cell, Double($0.share)) })
    var counts: [Pair: Double] = [:]
    for taker in takers {
      let (row, column) = (taker.cell / grid, taker.cell % grid)
      for down in -reach...reach where (0..<grid).contains(row + down) {
        for right in -reach...reach where (0..<grid).contains(column + right) {
          let other = taker.cell + down * grid + right
          guard let share = shares[other] else { continue }
          let way = (down + reach) * (2 * reach + 1) + right + reach
          let pair = Pair(first: labels[taker.cell], second: labels[other], way: way)
          counts[pair, default: 0] += Double(taker.share) * share
        }
      }
    }
    return counts
  }
}

extension LabelledLinearPath {
  /// What a cell of a label writes, times what another writes, for each pair of such cells.
  ///
  /// [latent of the first cell, latent of the second].
  fileprivate func products(
    of label: Int, in pairs: Set<NormalMatrices.Pair>, _ configuration: ModelConfiguration,
    context: Context
  ) -> [NormalMatrices.Pair: [Float]] {
    let (reach, latent) = (NormalMatrices.reach, configuration.latent)
    let side = 2 * reach + 1
    let planes = Planes(configuration, grid: side)
    let gradient = Gradient(configuration, grid: side)
    planes.stride = label / PyramidFill.labelsOfStride
    let middle = reach * side + reach
    let labels = [Int](repeating: label, count: side * side)
    let ofLabel = Dictionary(grouping: pairs, by: \.second)
    var found: [NormalMatrices.Pair: [Float]] = [:]
    for pair in pairs { found[pair] = [Float](repeating: 0, count: latent * latent) }
    for component in 0..<latent {
      var unit = [Float](repeating: 0, count: latent)
      unit[component] = 1
      set(CollectionOfOne(middle), labels: labels, in: planes, with: context) { _ in unit[...] }
      refresh(planes.patches.bounds, in: planes, with: context)
      note(planes.patches, without: mean, row: reach, column: reach, in: gradient.errors)
      for (other, pairs) in ofLabel {
        transpose(
          gradient, cells: pairs.map(\.way),
          labels: .init(repeating: other, count: side * side), stride: planes.stride,
          with: context)
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
