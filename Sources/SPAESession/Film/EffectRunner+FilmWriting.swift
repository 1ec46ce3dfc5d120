import SPAEExplorer
import SPAEFiles
import SPAEHistory
import SPAEPyramid

extension EffectRunner {
  /// Waits for a clip that is being written: whoever leaves the explorer has it whole.
  func finishClip() { film?.finishClip() }

  /// Writes the film as it is now; where frames of it are still to be painted, once they are.
  func save(_ path: String?, _ replacing: Bool, _ film: FilmSession) throws -> [Message] {
    if keepWaiting() != nil { try takeUpState(film) }
    // What another program wrote meanwhile belongs to it.
    while film.reel.scan(atMost: 500) {}
    try files.checkEnd(of: film.reel, path, replacing: replacing)
    let plan = try plan(of: film.reel)
    if plan.isDone { return try save(path, at: plan.state, replacing, film) }
    // The film's own file may be another when its turn comes.
    let reel = FilmReel(film.reel)
    film.write { [self] isGivenUp in
      var request: FilmRequest?
      let complaints = answered {
        if try film.painter.painted(plan, of: reel, isCancelled: isGivenUp) != nil {
          request = .save(path: path, state: plan.state, replacing: replacing)
        }
        return []
      }
      return [.film(.due(request))] + complaints
    }
    return [.film(.waits(writes(path ?? film.reel.path, film)))]
  }

  private func writes(_ path: String, _ film: FilmSession) -> String {
    let progress = film.painter.progress.map { ": \($0)" } ?? ""
    return "writes \(path) as it is now when the frames ahead are painted\(progress)"
  }

  /// Writes a state that is painted.
  func save(
    _ path: String?, at state: Int, _ replacing: Bool, _ film: FilmSession
  ) throws -> [Message] {
    let (revision, edits) = try painted(state, film)
    let end = film.painter.end(of: try plan(of: film.reel, at: state))
    let path = try files.save(film.reel, edits, upTo: end, to: path, replacing: replacing)
    let isOwn = path == film.reel.path
    if isOwn { film.painter.cancel() }
    let complaint = isOwn ? markSaved(path, revision) : []
    tellWaiting(after: "saved \(path); ")
    if isOwn { try film.reel.reopen() }
    if complaint.isEmpty { try takeUpState(film) } else { takeUpWritten(edits, film) }
    let moment = try film.reel.moment(ofFrame: film.reel.current)
    return try committed(film) + [.saved(path: path, words: moment?.saved ?? history.pyramid)]
      + complaint
  }

  /// The edits of a state that is painted, and the revision that has them all. Where the history cannot
  /// be read any more they are those that are shown.
  private func painted(
    _ state: Int, _ film: FilmSession
  ) throws -> (revision: Int, edits: [FilmEdit]) {
    do {
      // What a growing film was followed through since comes before what was kept.
      let newest = try plan(of: film.reel, at: state).isOpen ? keptAhead(of: state, film) : nil
      let ahead = try newest ?? history.paintedAhead(of: state)?.id ?? keptAhead(of: state, film)
      return (ahead ?? state, try edits(of: film.reel, at: ahead ?? state))
    } catch let error as HistoryError {
      guard let plan = film.plan, plan.state == state else { throw error }
      return (state, plan.edits + [film.painter.ahead(of: plan)].compactMap(\.self))
    }
  }

  /// Shows what leads from the words that were written to those of now, without the history.
  private func takeUpWritten(_ written: [FilmEdit], _ film: FilmSession) {
    guard let plan = film.plan else { return }
    let now = plan.edits + [film.painter.ahead(of: plan)].compactMap(\.self)
    let edits = now == written ? [] : written.reversed().map(\.inverse) + now
    let left = PaintPlan(
      state: plan.state, number: plan.number, base: [], pending: [], edits: edits)
    takeUp(left, film)
  }

  /// Writes the film's pictures as it is now in the background; what is told of it comes when they are
  /// there.
  func writeClip(
    _ wanted: String, _ depth: Int, _ scale: Int, _ replacing: Bool, _ film: FilmSession
  ) throws -> [Message] {
    let path = try files.clipPath(wanted, replacing: replacing)
    let (plan, reel) = (try plan(of: film.reel), FilmReel(film.reel))
    film.write { [self] _ in
      answered {
        let ahead =
          try plan.isDone ? nil : film.painter.painted(plan, of: reel, isCancelled: { false })
        try reel.write(
          plan.edits + [ahead].compactMap(\.self), to: path, depth: depth, scale: scale,
          replacing: replacing)
        return [.saved(path: path, words: nil)]
      }
    }
    return [.film(.writing(plan.isDone ? "\(path) is being written" : writes(path, film)))]
  }
}
