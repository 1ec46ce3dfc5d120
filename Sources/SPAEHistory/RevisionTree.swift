/// All revisions of a document with their branches.
package struct RevisionTree: Hashable, Sendable {
  /// The revisions in their order.
  package let revisions: [Revision]
  package let head: Revision.ID
  /// The revision that the file holds.
  package let saved: Revision.ID

  private let positions: [Revision.ID: Int]
  private let childrenOf: [Revision.ID: [Revision.ID]]

  package init(revisions: [Revision], head: Revision.ID, saved: Revision.ID) {
    self.revisions = revisions
    self.head = head
    self.saved = saved
    positions = Dictionary(
      uniqueKeysWithValues: revisions.enumerated().map { ($1.id, $0) })
    childrenOf = revisions.reduce(into: [:]) { children, revision in
      if let parent = revision.parent { children[parent, default: []].append(revision.id) }
    }
  }

  package subscript(id: Revision.ID) -> Revision? { positions[id].map { revisions[$0] } }

  /// The revisions made from one, the oldest first.
  package func children(of id: Revision.ID) -> [Revision.ID] { childrenOf[id] ?? [] }

  /// The revisions from the first to this one.
  package func way(to id: Revision.ID) -> [Revision.ID] {
    var way: [Revision.ID] = []
    var next = positions[id] == nil ? nil : Optional(id)
    while let each = next {
      way.append(each)
      next = self[each]?.parent
    }
    return way.reversed()
  }
}

// MARK: Drawing

extension RevisionTree {
  /// A line of the drawn tree.
  package struct Line: Hashable, Sendable {
    /// What stands left of the revision: `│ ├─`.
    package let branches: String
    package let revision: Revision
  }

  /// The tree from the first revision down: the way to the head runs straight, branches leave it.
  ///
  ///     1
  ///     2
  ///     ├─3
  ///     │ 4
  ///     5
  package func lines() -> [Line] {
    let straight = Set(way(to: head))
    var lines: [Line] = []
    let roots = revisions.filter { $0.parent == nil || self[$0.parent ?? 0] == nil }
    var waiting = roots.reversed().map { (id: $0.id, margin: "", mark: "") }
    while let next = waiting.popLast() {
      guard let revision = self[next.id] else { continue }
      lines.append(Line(branches: next.margin + next.mark, revision: revision))
      let inner = next.margin + (next.mark.isEmpty ? "" : "│ ")
      let children = children(of: next.id)
      guard let main = children.first(where: straight.contains) ?? children.last else { continue }
      waiting.append((main, inner, ""))
      for child in children.reversed() where child != main { waiting.append((child, inner, "├─")) }
    }
    return lines
  }
}
