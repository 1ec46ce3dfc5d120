import SPAEExplorer
import SPAEPyramid

extension FilmReel {
  /// What makes the shown frame's words others, for as long as the film keeps them; at most to the
  /// end of the shot. `before` are the words that were edited.
  ///
  /// What is painted ahead and not kept yet does not count: it may come before the edit, or after it.
  func edit(from before: Pyramid, to pyramid: Pyramid, verb: String) throws -> FilmEdit {
    let (frame, edits) = (current, edits)
    reachEndOfShot(frame)
    let end = endOfShot(frame) ?? extent.frames
    let mayGoOn = endOfShot(frame) == nil && !hasEnded
    guard let shown = try words(ofFrame: frame, after: edits) else {
      return FilmEdit(verb: verb, runs: [])
    }
    var open = Edit(from: before, to: pyramid).changes
    for index in open.indices { open[index].old = shown.words[open[index].index] }
    var runs: [FilmEdit.Run] = []
    let close = { (change: Edit.Change, end: Int, isOpen: Bool) in
      runs.append(
        FilmEdit.Run(
          cell: shown.shape.cell(at: change.index), frames: frame..<end, old: change.old,
          new: change.new, isOpen: isOpen))
    }
    var next = frame + 1
    while !open.isEmpty, next < end, let words = try words(ofFrame: next, after: edits)?.words {
      open.removeAll { change in
        guard words[change.index] != change.old else { return false }
        close(change, next, false)
        return true
      }
      next += 1
    }
    for change in open { close(change, end, mayGoOn) }
    let shape = header.shape
    let edit = FilmEdit(
      verb: verb, runs: runs.sorted { shape.index(of: $0.cell) < shape.index(of: $1.cell) })
    return edit.isPainted ? edit.endingWithTyped(shape) : edit
  }

  /// Whether an edit that was made while the film was still being written holds in frames that came
  /// since, or may come: `below` are the edits before it, `known` how far it was followed already.
  func goesOn(_ edit: FilmEdit, over below: [FilmEdit], known: [FilmEdit.Run]) throws -> Bool {
    let typed = edit.isPainted ? edit.typed : edit.runs
    for run in typed where run.isOpen {
      let end = run.end(followedBy: known)
      reach(end)
      guard !extent.cuts.contains(end) else { continue }
      guard let words = try words(ofFrame: end, after: below) else { return !hasEnded }
      if words[run.cell] == run.old { return true }
    }
    return false
  }
}

extension FilmEdit.Run {
  /// Where it ends with the runs that go on from it.
  fileprivate func end(followedBy known: [FilmEdit.Run]) -> Int {
    let own = known.filter { $0.cell == cell }.sorted {
      $0.frames.lowerBound < $1.frames.lowerBound
    }
    return own.reduce(frames.upperBound) { end, run in
      run.frames.lowerBound <= end ? max(end, run.frames.upperBound) : end
    }
  }
}
