import SPAEExplorer
import SPAEPyramid
import Synchronization

// The edits that a film is shown with.

extension FilmReel {
  /// What leads from the words of the file to those that are shown.
  var edits: [FilmEdit] { turn.withLock { $0.edits } }

  /// Puts other edits in the place of those that hold; `ahead` is what shows besides. True where the
  /// film may have other words by that.
  @discardableResult
  func take(_ edits: [FilmEdit], ahead: [FilmEdit.Run] = []) -> Bool {
    turn.withLock { state in
      let before = state.all.flatMap(\.runs)
      (state.edits, state.ahead) = (edits, ahead)
      return state.noteChange(from: before)
    }
  }

  /// What is known of a frame, with the edits that hold now.
  func restated(_ moment: FilmMoment) -> FilmMoment {
    var moment = moment
    (moment.edited, moment.isDirty) = turn.withLock { ($0.edited, !$0.edits.isEmpty) }
    return moment
  }

  /// What is painted ahead and not in the history yet.
  var ahead: [FilmEdit.Run] { turn.withLock { $0.ahead } }

  /// Makes what is painted ahead show.
  func show(ahead runs: [FilmEdit.Run]) {
    turn.withLock { state in
      let before = state.ahead
      state.ahead = runs
      state.noteChange(from: before, to: runs)
    }
  }

  /// How many words of edits the film no longer has as they were: it was changed outside.
  func misfits(of edits: [FilmEdit]) throws -> Int {
    reach(edits.flatMap(\.runs).map(\.frames.lowerBound).max() ?? 0)
    return try turn.withLock { _ in
      var count = 0
      for (index, edit) in edits.enumerated() {
        for (frame, runs) in Dictionary(grouping: edit.runs, by: \.frames.lowerBound) {
          let words = try words(ofFrame: frame, Array(edits[..<index]))?.shown
          count += runs.filter { words?[$0.cell] != $0.old }.count
        }
      }
      return count
    }
  }
}

extension FilmReel.State {
  /// Tells of runs that became others; false where none did.
  fileprivate mutating func noteChange(from old: [FilmEdit.Run]) -> Bool {
    noteChange(from: old, to: all.flatMap(\.runs))
  }

  @discardableResult
  fileprivate mutating func noteChange(
    from old: [FilmEdit.Run], to new: [FilmEdit.Run]
  ) -> Bool {
    guard old != new else { return false }
    version += 1
    hearChange(FilmEdit.Run.firstDifference(old, new))
    return true
  }

  /// The edits with what is painted ahead.
  var all: [FilmEdit] {
    ahead.isEmpty ? edits : edits + [FilmEdit(verb: FilmEdit.ahead, runs: ahead)]
  }

  /// The frames in which edits hold, in ascending order.
  var edited: [Range<Int>] {
    var merged: [Range<Int>] = []
    let runs = Set(all.flatMap(\.runs).map(\.frames))
    for frames in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, frames.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, frames.upperBound)
      } else {
        merged.append(frames)
      }
    }
    return merged
  }
}

// MARK: Making edits

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
