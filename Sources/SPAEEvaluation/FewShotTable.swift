import Foundation

/// One figure: how well a reader of words tells labels apart, in a setting.
package struct FewShotFigure: Encodable {
  package let ways: Int
  package let words: Int
  package let setting: FewShotSetting
  package let reader: String
  /// Shares from 0 to 1.
  let accuracy: Estimate
}

extension FewShotFigure {
  /// A figure for each cell of some results, in their order.
  package static func figures(of results: [FewShotResult]) -> [FewShotFigure] {
    var shares: [FewShotCell: [Double]] = [:]
    var order: [FewShotCell] = []
    for result in results {
      if shares[result.cell] == nil { order.append(result.cell) }
      shares[result.cell, default: []].append(result.share)
    }
    return order.map { cell in
      FewShotFigure(
        ways: cell.row.ways, words: cell.row.words, setting: cell.setting,
        reader: cell.row.name, accuracy: Estimate(of: shares[cell] ?? []))
    }
  }
}

/// The figures of one number of labels and of words, a reader a line and a setting a column.
package struct FewShotTable {
  package let ways: Int
  package let words: Int
  package let figures: [FewShotFigure]

  package init(ways: Int, words: Int, figures: [FewShotFigure]) {
    self.ways = ways
    self.words = words
    self.figures = figures
  }

  private static let settings = FewShotSetting.protocolOrder
  private static let width = 44

  package var lines: [String] {
    ["\(ways) labels, \(words) words: % right ± half of the 95 % interval"]
      + heading + [row("chance", Self.settings.map { _ in plain(100 / Double(ways)) }, mean: nil)]
      + readers.map(line) + published + [""]
  }

  private var heading: [String] {
    [
      row("  task induction", Self.settings.map { $0.induction ? "yes" : "no" }, mean: nil),
      row("  examples a label", Self.settings.map { "\($0.shots)" }, mean: nil),
      row("  repeats", Self.settings.map { "\($0.repeats)" }, mean: "mean"),
    ]
  }

  /// In the order they were measured.
  private var readers: [String] {
    figures.map(\.reader).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func line(_ reader: String) -> String {
    let own = Self.settings.map { setting in
      figures.first { $0.reader == reader && $0.setting == setting }?.accuracy
    }
    let known = own.compactMap { $0 }
    let mean = known.reduce(0) { $0 + $1.mean } / Double(max(1, known.count))
    return row(
      reader, own.map { $0.map(text) ?? "-" },
      mean: known.count == own.count ? plain(100 * mean) : nil)
  }

  private var published: [String] {
    PublishedFewShot.all.compactMap { each in
      each.figures(ways: ways).map { values in
        row(
          "\(each.name) (published)", values.map(plain),
          mean: plain(values.reduce(0, +) / Double(values.count)))
      }
    }
  }

  private func row(_ name: String, _ cells: [String], mean: String?) -> String {
    let columns = (cells + [mean ?? ""]).map { cell in
      String(repeating: " ", count: max(1, 11 - cell.count)) + cell
    }
    let space = String(repeating: " ", count: max(1, Self.width - name.count))
    let line = name + space + columns.joined()
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  private func text(_ estimate: Estimate) -> String {
    plain(100 * estimate.mean) + " ±" + plain(50 * (estimate.high - estimate.low))
  }

  private func plain(_ value: Double) -> String { String(format: "%.1f", value) }
}

extension FewShotFigure {
  package static let tabHeading = [
    "ways", "words", "induction", "shots", "repeats", "reader", "mean", "low", "high", "episodes",
  ].joined(separator: "\t")

  /// The figure as a line of tab-separated values.
  package var tabLine: String {
    ([ways, words].map(String.init) + [setting.induction ? "yes" : "no"]
      + [setting.shots, setting.repeats].map(String.init) + [reader]
      + [accuracy.mean, accuracy.low, accuracy.high].map { String(format: "%.4f", $0) }
      + ["\(accuracy.trials)"]).joined(separator: "\t")
  }
}
