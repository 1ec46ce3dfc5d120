import Foundation

/// Few-shot results as tables in Markdown, one for each number of labels and of words.
package struct ResultsTable {
  private let shares: [FewShotCell.Row: [FewShotSetting: [Int: Double]]]
  private let order: [FewShotCell.Row]

  package init(_ results: [FewShotResult]) {
    var shares: [FewShotCell.Row: [FewShotSetting: [Int: Double]]] = [:]
    var order: [FewShotCell.Row] = []
    for result in results {
      if shares[result.cell.row] == nil { order.append(result.cell.row) }
      shares[result.cell.row, default: [:]][result.cell.setting, default: [:]][result.episode] =
        result.share
    }
    (self.shares, self.order) = (shares, order)
  }

  private static let settings = FewShotSetting.protocolOrder

  package var lines: [String] {
    Set(order.map(\.ways)).sorted().flatMap { ways in
      Set(order.filter { $0.ways == ways }.map(\.words)).sorted().flatMap { words in
        table(ways: ways, words: words, order.filter { $0.ways == ways && $0.words == words })
      }
    }
  }

  private func table(ways: Int, words: Int, _ rows: [FewShotCell.Row]) -> [String] {
    let headings = Self.settings.map { setting in
      (setting.induction ? "" : "no induction, ") + "\(setting.shots)"
        + (setting.repeats > 0 ? ", \(setting.repeats) repeats" : "")
    }
    return [
      "\(ways) labels, \(words) words: % right, ± half of the 95 % interval", "",
      line(["reader"] + headings + ["mean", "episodes"]),
      line([String](repeating: "---", count: headings.count + 3)),
      line(
        ["chance"] + headings.map { _ in plain(1 / Double(ways)) } + [plain(1 / Double(ways)), ""]),
    ] + rows.map { line(cells($0, beside: rows)) } + published(ways) + [""]
  }

  private func cells(_ row: FewShotCell.Row, beside rows: [FewShotCell.Row]) -> [String] {
    let own = Self.settings.map { shares[row]?[$0] ?? [:] }
    let counts = own.map(\.count)
    let (fewest, most) = (counts.min() ?? 0, counts.max() ?? 0)
    return [name(row, beside: rows)] + own.map { text(Array($0.values)) }
      + [text(means(own)), fewest == most ? "\(most)" : "\(fewest)-\(most)"]
  }

  /// The mean of an episode's settings, for the episodes that have all.
  private func means(_ settings: [[Int: Double]]) -> [Double] {
    let whole = settings.dropFirst().reduce(Set(settings.first?.keys.map { $0 } ?? [])) {
      $0.intersection($1.keys)
    }
    return whole.map { episode in
      settings.reduce(0) { $0 + ($1[episode] ?? 0) } / Double(settings.count)
    }
  }

  /// Rows that differ in what the name leaves out are told apart by that.
  private func name(_ row: FewShotCell.Row, beside rows: [FewShotCell.Row]) -> String {
    let same = rows.filter { $0.name == row.name }
    let apart =
      same.count == 1
      ? "" : " (\(row.questions) a label, seed \(row.seed), lists \(row.lists))"
    return row.name + apart
  }

  private func published(_ ways: Int) -> [String] {
    PublishedFewShot.all.compactMap { each in
      each.figures(ways: ways).map { figures in
        let mean = figures.reduce(0, +) / Double(figures.count)
        return line(
          ["\(each.name), published"] + (figures + [mean]).map { plain($0 / 100) } + [""])
      }
    }
  }

  private func text(_ shares: [Double]) -> String {
    guard !shares.isEmpty else { return "-" }
    let estimate = Estimate(of: shares)
    guard shares.count > 1 else { return plain(estimate.mean) }
    return plain(estimate.mean) + " ±" + plain((estimate.high - estimate.low) / 2)
  }

  private func plain(_ share: Double) -> String { String(format: "%.1f", 100 * share) }

  private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
