import SPAEPyramid

/// How the linear decoder's picture of a cell changes with its code, where some pixels count more.
///
/// The metric of a kind of cells takes all pixels as alike. Where a cell holds pixels that stand still
/// beside pixels that move, its own patch is counted by the weight of each pixel.
struct WeightedMetrics {
  private let latent: Int
  private let pixels: Int  // of a patch
  private let channels: Int  // of a pixel
  private let effects: [Int: [Float]]  // of each class, [number of the own patch, latent]

  init(_ model: Model, cellClasses: [Int], stride: Int, with context: Context) {
    let configuration = model.configuration
    latent = configuration.latent
    pixels = configuration.patch * configuration.patch
    channels = configuration.patchNumbers / pixels
    effects = Dictionary(
      uniqueKeysWithValues: Set(cellClasses).map {
        ($0, model.decoder.linear.ownEffect(of: $0, stride: stride, configuration, with: context))
      })
  }

  /// The metric of a cell of a class whose pixels count so much, [pixel of the patch], in units of
  /// their mean; nil where all count alike.
  func metric(
    _ even: QuadraticMetric, ofClass cellClass: Int, weights: [Float], mean: Float
  ) -> QuadraticMetric? {
    guard let effect = effects[cellClass], weights.contains(where: { $0 != weights[0] }) else {
      return nil
    }
    let counted = (0..<channels * pixels).map { weights[$0 % pixels] / mean - 1 }
    var matrix = (0..<latent * latent).map { even[$0 / latent, $0 % latent] }
    unsafe matrix.withUnsafeMutableBytes { matrix in
      unsafe effect.withUnsafeBytes { effect in
        for first in 0..<latent {
          for block in stride(from: 0, to: latent, by: 16) {
            // The latent's width is a multiple of 16.
            let at = 4 * (first * latent + block)
            var sum = unsafe matrix.loadUnaligned(fromByteOffset: at, as: SIMD16<Float>.self)
            for (number, weight) in counted.enumerated() {
              let row = 4 * number * latent
              let own =
                unsafe weight
                * effect.loadUnaligned(fromByteOffset: row + 4 * first, as: Float.self)
              sum +=
                unsafe own
                * effect.loadUnaligned(fromByteOffset: row + 4 * block, as: SIMD16<Float>.self)
            }
            unsafe matrix.storeBytes(of: sum, toByteOffset: at, as: SIMD16<Float>.self)
          }
        }
      }
    }
    return QuadraticMetric(matrix, latent: latent)
  }
}

extension ConditionalLinearDecoder {
  /// What each component of a cell's estimate writes to its own patch, [number, latent].
  fileprivate func ownEffect(
    of cellClass: Int, stride: Int, _ configuration: ModelConfiguration, with context: Context
  ) -> [Float] {
    let (latent, numbers) = (configuration.latent, configuration.patchNumbers)
    let planes = Planes(configuration, grid: GridSize(rows: 1, columns: 1))
    planes.stride = stride
    var effect = [Float](repeating: 0, count: numbers * latent)
    for component in 0..<latent {
      let unit = (0..<latent).map { Float($0 == component ? 1 : 0) }
      set(CollectionOfOne(0), cellClasses: [cellClass], in: planes, with: context) { _ in unit[...]
      }
      refresh(planes.patches.bounds, in: planes, with: context)
      let patch = unsafe planes.patches.pixel(0, 0)
      for number in 0..<numbers {
        unsafe effect[number * latent + component] = patch[number] - mean[number]
      }
    }
    return effect
  }
}
