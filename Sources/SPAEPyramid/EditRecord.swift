/// The edits that made a state of a history, as its verb tells them: `grass -> snow; 2:1,2 = sunset`.
///
/// A name before them says how they were done: `exact: ...` changed the words alone, `bring: ...` brought
/// something, `layer 2: ...` and `layer 2 exact: ...` were limited to a layer. All others painted. A wish
/// that they granted comes first: `revise: in winter: exact: grass -> snow`.
package struct EditRecord: Hashable, Sendable {
  package enum Manner: Hashable, Sendable {
    case painted, exact, brought
  }

  package var changes: [WordEdit.Change]
  package var manner = Manner.painted
  package var layer: Int?

  /// Reads a verb; nil where it tells of no edits, or not of all.
  package init?(verb: String, shape: PyramidShape, vocabulary: Vocabulary) {
    var parts = verb.split(separator: "; ").map(String.init)
    guard let first = parts.first else { return nil }
    if let colon = first.ranges(of: ": ").last {
      (manner, layer) = Self.style(named: String(first[..<colon.lowerBound]))
      parts[0] = String(first[colon.upperBound...])
    }
    changes = []
    for part in parts {
      guard
        let edit = try? WordEdit(line: part, number: 1, shape: shape, vocabulary: vocabulary)
      else { return nil }
      changes.append(edit.change)
    }
  }

  private static func style(named name: String) -> (Manner, layer: Int?) {
    // A wish may be called as a style is.
    let parts = name.split(separator: ": ")
    if parts.first == "revise", parts.count < 3 { return (.painted, nil) }
    let fields = parts.last?.split(separator: " ") ?? []
    let layer = fields.count > 1 && fields[0] == "layer" ? Int(fields[1]) : nil
    if fields == ["bring"] { return (.brought, nil) }
    return (
      fields == ["exact"] || layer != nil && fields.last == "exact" ? .exact : .painted, layer
    )
  }

  /// The verb of edits that grant a wish.
  package static func verb(granting wish: String, _ edits: [String], _ manner: Manner) -> String {
    let wish = wish.replacing("; ", with: ", ").replacing(": ", with: " ")
    return "revise: \(wish): " + verb(edits, manner)
  }

  /// The verb of edits that were written like this.
  package static func verb(_ edits: [String], _ manner: Manner, layer: Int? = nil) -> String {
    let limit = layer.map { "layer \($0)" }
    let name =
      switch manner {
      case .painted: limit
      case .exact: [limit, "exact"].compactMap(\.self).joined(separator: " ")
      case .brought: "bring"
      }
    return (name.map { $0 + ": " } ?? "") + edits.joined(separator: "; ")
  }
}

/// How words came about: those before any edit, and what edits led to.
package struct EditPast: Sendable {
  package struct State: Sendable {
    package let verb: String
    /// Nil where the verb tells of no edits.
    package let record: EditRecord?
    package let pyramid: Pyramid
  }

  package let first: Pyramid
  package let states: [State]

  /// Takes states from the first on; nil where there are none.
  package init?(_ states: [(verb: String, pyramid: Pyramid)], vocabulary: Vocabulary) {
    guard let first = states.first else { return nil }
    self.first = first.pyramid
    self.states = states.dropFirst().map { state in
      State(
        verb: state.verb,
        record: EditRecord(
          verb: state.verb, shape: state.pyramid.shape, vocabulary: vocabulary),
        pyramid: state.pyramid)
    }
  }
}

extension WordEdit.Change {
  /// As it is written: `grass -> snow`, or `3:1-2,1-4 = sunset`.
  package func text(_ vocabulary: Vocabulary) -> String {
    switch self {
    case .replace(let old, let new): return "\(vocabulary[old]) -> \(vocabulary[new])"
    case .put(let cells, let word):
      let layer = cells.first?.layer ?? 1
      return "\(layer):\(Self.text(of: cells)) = \(vocabulary[word])"
    }
  }

  private static func text(of cells: [CellAddress]) -> String {
    let (rows, columns) = (Set(cells.map(\.row)).sorted(), Set(cells.map(\.column)).sorted())
    func range(_ all: [Int]) -> String? {
      guard let first = all.first, let last = all.last, last - first == all.count - 1 else {
        return nil
      }
      return first == last ? "\(first + 1)" : "\(first + 1)-\(last + 1)"
    }
    if Set(cells).count == rows.count * columns.count, let rows = range(rows),
      let columns = range(columns)
    {
      return "\(rows),\(columns)"
    }
    return cells.map { "\($0.row + 1),\($0.column + 1)" }.joined(separator: " ")
  }
}
