import Glibc

/// How a frozen language model tells labels apart, from examples of each in its context.
package enum ReadingMethod: Hashable, Sendable {
  /// The log-probability of each label after the question's words.
  case logProbability
  /// The same, less what the model gives the label after lists of words that say nothing
  /// (contextual calibration; Zhao et al., 2021).
  case calibrated(Calibration)
  /// The probability of the question's words after each label (noisy channel; Min et al., 2022).
  case channel
  /// What the model writes, where the server lets it write nothing but a label.
  case restricted(Calibration)
  /// What the model writes; anything but a label is wrong.
  case written

  /// The lists of words that say nothing: how many, and how their scores are averaged.
  package struct Calibration: Hashable, Sendable {
    /// The space in which scores are averaged.
    package enum Space: String, CaseIterable, Sendable {
      case log, probability
    }

    /// The number of lists; 0 takes nothing off.
    package var lists: Int
    package var space: Space

    package init(lists: Int = 6, space: Space = .log) {
      (self.lists, self.space) = (lists, space)
    }
  }

  /// The names that a person gives.
  package enum Name: String, CaseIterable, Sendable {
    case logProbability = "log-probability"
    case calibrated, channel, restricted, written
  }

  package init(_ name: Name, _ calibration: Calibration) {
    self =
      switch name {
      case .logProbability: .logProbability
      case .calibrated: .calibrated(calibration)
      case .channel: .channel
      case .restricted: .restricted(calibration)
      case .written: .written
      }
  }

  /// The method with what it was given, as a results file and a table name it.
  package var text: String {
    switch self {
    case .logProbability: Name.logProbability.rawValue
    case .calibrated(let calibration): "\(Name.calibrated.rawValue), \(calibration.text)"
    case .channel: Name.channel.rawValue
    case .restricted(let calibration):
      Name.restricted.rawValue + (calibration.lists == 0 ? "" : ", \(calibration.text)")
    case .written: Name.written.rawValue
    }
  }

  /// Whether lists of random words are part of it.
  package var isCalibrated: Bool {
    switch self {
    case .calibrated, .restricted: true
    case .logProbability, .channel, .written: false
    }
  }

  /// The lists that it needs.
  var calibration: Calibration {
    switch self {
    case .calibrated(let calibration), .restricted(let calibration): calibration
    case .logProbability, .channel, .written: Calibration(lists: 0)
    }
  }
}

extension ReadingMethod.Calibration {
  fileprivate var text: String {
    "\(lists) \(lists == 1 ? "list" : "lists"), mean \(space.rawValue)"
  }

  /// What is taken off each label's log-probability: the mean over the lists of each label's share,
  /// [list][label] to [label].
  func baseline(_ scores: [[Double]], labels: Int) -> [Double] {
    guard !scores.isEmpty else { return [Double](repeating: 0, count: labels) }
    let shares = scores.map(logShares)
    let count = Double(scores.count)
    return (0..<labels).map { label in
      switch space {
      case .log: shares.reduce(0) { $0 + $1[label] } / count
      case .probability: logOfSum(shares.map { $0[label] }) - log(count)
      }
    }
  }
}
