import SPAEEngine
import SPAEHistory
import SPAEPyramid

extension FilmReel {
  /// The revision of a history that this file holds, if the history is this film's from before the
  /// file was renamed; nil where it is another film's.
  ///
  /// A film that was written with edits holds what they made: taken back, they must lead to the first
  /// words that the history knows. The revision of the most edits that does so is the one.
  func revisionHeld(of history: DocumentHistory) throws -> Revision.ID? {
    let (tree, first) = (try history.tree(), history.pyramid)
    let ways = tree.revisions.map { revision in
      (id: revision.id, edits: tree.way(to: revision.id).compactMap { edit(tree[$0]) })
    }
    let likely = [tree.saved, tree.head]
    let ordered = ways.sorted { a, b in
      if a.edits.count != b.edits.count { return a.edits.count > b.edits.count }
      return likely.contains(a.id) && !likely.contains(b.id)
    }
    return try ordered.first { try holds($0.edits, from: first) }?.id
  }

  private func edit(_ revision: Revision?) -> FilmEdit? {
    revision.flatMap { FilmEdit($0.verb, shape: header.shape, vocabulary: model.vocabulary) }
  }

  /// Whether the film has what edits made of words that began with a frame's.
  private func holds(_ edits: [FilmEdit], from first: Pyramid) throws -> Bool {
    let back = edits.reversed().map(\.inverse)
    for (index, edit) in back.enumerated() {
      let later = Array(back[..<index])
      for (frame, runs) in Dictionary(grouping: edit.runs, by: \.frames.lowerBound) {
        reach(frame)
        guard let words = try words(ofFrame: frame, after: later),
          runs.allSatisfy({ words[$0.cell] == $0.old })
        else { return false }
      }
    }
    return try words(ofFrame: 0, after: back) == first
  }
}
