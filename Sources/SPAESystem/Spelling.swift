/// Finds what a person may have meant.
package enum Spelling {
  /// The name nearest to what was written; nil when none is near.
  package static func nearest(to written: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(written.lowercased().unicodeScalars.prefix(64))
    let candidates = names.map {
      (distance: distance(wanted, Array($0.lowercased().unicodeScalars)), name: $0)
    }
    let best = candidates.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return best.flatMap { $0.distance <= max(2, wanted.count / 2) ? $0.name : nil }
  }

  /// Levenshtein's distance: letters to add, take away or change.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let change = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
