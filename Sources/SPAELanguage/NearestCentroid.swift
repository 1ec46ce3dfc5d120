import Glibc

/// Tells labels apart by the mean of their examples' words: no language model runs.
///
/// A picture's point is the mean of its words' own embeddings. From every point the ground is taken
/// off, the mean point of pictures at large or of the labels' own, and the rest is brought to length
/// 1; a label's centroid is the mean of its examples, again of length 1. The nearest by cosine is the
/// answer.
///
/// The probability is the softmax of the cosines over a temperature. That is fitted to the examples
/// themselves, each told by the centroids without it (leave one out), together with the belief that
/// it is near `usualTemperature`, within a factor of `exp(spread)`: many examples outvote the
/// belief, and of one example a label nothing can be left out, so that the belief stands.
public struct NearestCentroid: Sendable {
  /// Fits one example of 21 words a label. With the labels' own mean taken off, which spreads the
  /// cosines of few labels by n / (n - 1), it is as many times higher: that makes 0.30 of two labels
  /// and 0.19 of five, where 0.31 and 0.17 are the likeliest on mini-ImageNet's validation classes.
  public static let usualTemperature: Float = 0.15
  private static let spread: Float = 0.5

  private let ground: [Float]  // [width]
  private let centroids: [[Float]]  // [label, width]
  public let temperature: Float

  /// Takes the points of each label's examples, one a label at least; without a ground that of the
  /// labels' own means.
  public init(examples: [[[Float]]], ground: [Float]? = nil) {
    let spreading = ground == nil && examples.count > 1
    let ground = ground ?? mean(of: examples.map { mean(of: $0) })
    let points = examples.map { $0.map { Self.direction($0, from: ground) } }
    self.ground = ground
    centroids = points.map { normalized(mean(of: $0)) }
    let labels = Float(examples.count)
    let usual = Self.usualTemperature * (spreading ? labels / (labels - 1) : 1)
    temperature = Self.temperature(points, centroids, usual: usual)
  }

  /// The cosine of a point with each label's centroid, [label].
  public func cosines(of point: [Float]) -> [Float] {
    let own = Self.direction(point, from: ground)
    return centroids.map { product($0, own) }
  }

  /// The label nearest to a point; of equal ones the first.
  public func label(of point: [Float]) -> Int { greatest(cosines(of: point)) }

  /// The probability of each label, [label]; they add up to 1.
  public func probabilities(for point: [Float]) -> [Double] {
    softmax(cosines(of: point).map { Double($0 / temperature) })
  }

  private static func direction(_ point: [Float], from ground: [Float]) -> [Float] {
    normalized(zip(point, ground).map { $0 - $1 })
  }

  // MARK: The temperature

  private static func temperature(
    _ points: [[[Float]]], _ centroids: [[Float]], usual: Float
  ) -> Float {
    let cosines = leftOutCosines(points, centroids)
    let choices = (0...40).map { usual * expf((Float($0) - 20) / 10) }
    let scores = choices.map { choice in
      let belief = Double(logf(choice / usual) / spread)
      return cosines.reduce(-belief * belief / 2) { total, each in
        total + log(max(softmax(each.values.map { Double($0 / choice) })[each.label], 1e-30))
      }
    }
    return choices[greatest(scores)]
  }

  /// Every example's cosines with the centroids that do not know it.
  private static func leftOutCosines(
    _ points: [[[Float]]], _ centroids: [[Float]]
  ) -> [(label: Int, values: [Float])] {
    var found: [(label: Int, values: [Float])] = []
    for (label, own) in points.enumerated() where own.count > 1 {
      let total = mean(of: own).map { $0 * Float(own.count) }
      for point in own {
        var values = centroids.map { product($0, point) }
        values[label] = product(normalized(zip(total, point).map { $0 - $1 }), point)
        found.append((label, values))
      }
    }
    return found
  }
}

/// The place of the greatest value, the first of equal ones.
func greatest<Value: Comparable>(_ values: [Value]) -> Int {
  values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
}

/// Shares that add up to 1, as the exponentials of the values.
func softmax(_ values: [Double]) -> [Double] {
  let highest = values.max() ?? 0
  let shares = values.map { exp($0 - highest) }
  let whole = shares.reduce(0, +)
  return shares.map { $0 / whole }
}
