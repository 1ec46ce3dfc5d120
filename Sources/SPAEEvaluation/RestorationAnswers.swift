import Foundation
package import SPAELanguage
package import SPAEPyramid

/// The words that several ways restore of one degraded picture.
package struct RestorationAnswers {
  package enum Source: String, CaseIterable, Sendable {
    case model = "language model"
    /// The same without a model.
    case votes = "without a model"
    case degraded = "degraded picture"
    case last = "last copy"
    case majority = "commonest words"
  }

  /// The words of the whole picture, of the layers that are restored.
  package let whole: [Int32]
  private var words: [Source: [Int32]] = [:]
  /// Positions at which the model was asked.
  package let asked: Int

  /// Restores the first layers in every way; without a model by the others.
  package init(
    _ restoration: WordRestoration, _ noisy: NoisyCopies, whole: Pyramid, degraded: Pyramid,
    depth: Int, by model: (any LanguageModel)?
  ) throws(LanguageError) {
    let count = whole.shape.wordCount(toDepth: depth)
    self.whole = Array(whole.words.prefix(count))
    words[.votes] = try restoration.outcome(depth: depth, by: nil).words
    words[.degraded] = Array(degraded.words.prefix(count))
    words[.last] = Array((noisy.copies.last ?? degraded.words).prefix(count))
    words[.majority] = Array(noisy.majority.prefix(count))
    let outcome = try model.map { model throws(LanguageError) in
      try restoration.outcome(depth: depth, by: model)
    }
    words[.model] = outcome?.words
    asked = outcome?.asked ?? 0
  }

  /// The words of one way.
  package subscript(source: Source) -> [Int32] { words[source] ?? whole }

  /// How many words are right.
  package func right(_ source: Source) -> Int { zip(self[source], whole).count { $0 == $1 } }
}

/// What ways of restoring got right, over pictures.
package struct RestorationTable {
  /// Whether a model was asked.
  private let isAsked: Bool
  private var answers: [RestorationAnswers] = []

  package init(isAsked: Bool) { self.isAsked = isAsked }

  package mutating func append(_ answers: RestorationAnswers) { self.answers.append(answers) }

  /// The table, a line a way.
  package var lines: [String] {
    let sources = RestorationAnswers.Source.allCases.filter { isAsked || $0 != .model }
    let all = answers.reduce(0) { $0 + $1.whole.count }
    let width = sources.map(\.rawValue.count).max() ?? 0
    var lines = sources.map { source in
      let right = answers.reduce(0) { $0 + $1.right(source) }
      let name = source.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
      return "  \(name)   \(right) of \(all) (\(percent(shares(source))) %)"
    }
    let ahead = shares(isAsked ? .model : .votes, less: .majority)
    if answers.count > 1 { lines.append("ahead of the commonest words by \(percent(ahead)) %") }
    if isAsked {
      let asked = answers.reduce(0) { $0 + $1.asked }
      lines.append("the model was asked at \(asked) of \(all) positions")
    }
    return lines
  }

  /// The share of right words of each picture, or how much greater it is than another way's.
  private func shares(
    _ source: RestorationAnswers.Source, less other: RestorationAnswers.Source? = nil
  ) -> [Double] {
    answers.map {
      Double($0.right(source) - (other.map($0.right) ?? 0)) / Double(max(1, $0.whole.count))
    }
  }

  /// "98.7 ±0.4", or the mean alone of one picture.
  private func percent(_ shares: [Double]) -> String {
    let mean = shares.reduce(0, +) / Double(max(1, shares.count))
    guard shares.count > 1 else { return String(format: "%.0f", 100 * mean) }
    let squares = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = 1.96 * (squares / Double(shares.count - 1) / Double(shares.count)).squareRoot()
    return String(format: "%.1f ±%.1f", 100 * mean, 100 * half)
  }
}
