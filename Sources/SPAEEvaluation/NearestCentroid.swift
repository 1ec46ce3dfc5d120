import Glibc
import SPAELanguage

/// Tells labels apart by the mean of their examples' words: no language model runs.
///
/// A picture's point is the weighted mean of its words' vectors (`WordVectors`), from which the mean
/// of the vocabulary is off already. A background may be subtracted too: the mean point of pictures at large. The rest is
/// brought to length 1; a label's centroid is the mean of its examples, again of length 1. The
/// nearest by cosine is the answer.
///
/// The probability is the softmax of the cosines over a temperature. That is fitted to the examples
/// themselves, each classified by the centroids without it (leave one out), together with the belief that
/// it is near `usualTemperature`, within a factor of `exp(spread)`: many examples outvote the
/// belief, and of one example a label nothing can be left out, so that the belief stands.
package struct NearestCentroid: Sendable {
  /// The likeliest of one example of 21 words a label, on mini-ImageNet's validation classes: 0.099
  /// of two labels, 0.093 of five and of sixteen.
  package static let usualTemperature: Float = 0.095
  private static let spread: Float = 0.5

  private let background: [Float]  // [width]
  private let centroids: [[Float]]  // [label, width]
  package let temperature: Float

  /// Takes the points of each label's examples, one a label at least.
  package init(examples: [[[Float]]], background: [Float]? = nil) {
    let width = examples.first?.first?.count ?? 0
    let background = background ?? [Float](repeating: 0, count: width)
    let points = examples.map { $0.map { Self.direction($0, from: background) } }
    self.background = background
    centroids = points.map { normalized(mean(of: $0)) }
    temperature = Self.temperature(points, centroids)
  }

  /// The cosine of a point with each label's centroid, [label].
  package func cosines(of point: [Float]) -> [Float] {
    let own = Self.direction(point, from: background)
    return centroids.map { product($0, own) }
  }

  /// The label nearest to a point; of equal ones the first.
  package func label(of point: [Float]) -> Int { greatest(cosines(of: point)) }

  /// The probability of each label, [label]; they add up to 1.
  package func probabilities(for point: [Float]) -> [Double] {
    softmax(cosines(of: point).map { Double($0 / temperature) })
  }

  private static func direction(_ point: [Float], from background: [Float]) -> [Float] {
    normalized(zip(point, background).map { $0 - $1 })
  }

  // MARK: The temperature

  private static func temperature(_ points: [[[Float]]], _ centroids: [[Float]]) -> Float {
    let cosines = leftOutCosines(points, centroids)
    let choices = (0...40).map { usualTemperature * expf((Float($0) - 20) / 10) }
    let scores = choices.map { choice in
      let belief = Double(logf(choice / usualTemperature) / spread)
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
