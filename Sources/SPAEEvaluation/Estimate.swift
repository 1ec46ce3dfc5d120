import Glibc

/// A mean over independent trials with the ends of its 95 % interval.
///
/// The interval is 1.96 standard errors to each side, within 0 and 1: the trials are episodes, each
/// of them a share of right answers, and many.
package struct Estimate: Hashable, Sendable, Codable {
  package let mean: Double
  package let low: Double
  package let high: Double
  /// The number of trials.
  package let trials: Int

  /// Takes shares from 0 to 1; of none at all everything is 0.
  package init(of shares: [Double]) {
    let count = Double(max(1, shares.count))
    let mean = shares.reduce(0, +) / count
    let squares = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = shares.count > 1 ? 1.96 * sqrt(squares / (count - 1) / count) : 0
    (self.mean, trials) = (mean, shares.count)
    low = max(0, mean - error)
    high = min(1, mean + error)
  }
}
