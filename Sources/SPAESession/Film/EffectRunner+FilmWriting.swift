import SPAEExplorer
import SPAEFiles
import SPAEHistory
import SPAEPyramid

extension EffectRunner {
  /// Waits for a clip that is being written: whoever leaves the explorer has it whole.
  func finishClip() { film?.finishClip() }

  /// Writes the film as it is now; where frames of it are still to be painted, once they are.
  func save(_ path: String?, _ replacing: Bool, _ film: FilmSession) throws -> [Message] {
    let plan = try plan(of: film.reel)
    if plan.isDone { return try save(path, at: plan.state, replacing, film) }
    film.write { [self] isGivenUp in
      answered {
        guard try film.painter.painted(plan, isCancelled: isGivenUp) != nil else { return [] }
        return [.film(.due(.save(path: path, state: plan.state, replacing: replacing)))]
      }
    }
    return [writes(path ?? film.reel.path, film)]
  }

  private func writes(_ path: String, _ film: FilmSession) -> Message {
    let progress = film.painter.progress.map { ": \($0)" } ?? ""
    return .film(
      .writing("writes \(path) as it is now when the frames ahead are painted\(progress)"))
  }

  /// Writes a state that is painted.
  func save(
    _ path: String?, at state: Int, _ replacing: Bool, _ film: FilmSession
  ) throws -> [Message] {
    let ahead = try history.paintedAhead(of: state)?.id ?? keptAhead(of: state, film)
    let saved = ahead ?? state
    let path = try files.save(
      film.reel, try edits(of: film.reel, at: saved), to: path, replacing: replacing)
    if path == film.reel.path {
      try changing { try history.markSaved(saved) }
      try film.reel.reopen()
    }
    try takeUpState(film)
    let moment = try film.reel.moment(ofFrame: film.reel.current)
    return try committed(film) + [.saved(path: path, words: moment?.saved ?? history.pyramid)]
  }

  /// Writes the film's pictures as it is now in the background; what is told of it comes when they are
  /// there.
  func writeClip(
    _ wanted: String, _ depth: Int, _ scale: Int, _ replacing: Bool, _ film: FilmSession
  ) throws -> [Message] {
    let path = try files.clipPath(wanted, replacing: replacing)
    let plan = try plan(of: film.reel)
    film.write { [self] _ in
      answered {
        let ahead = try plan.isDone ? nil : film.painter.painted(plan, isCancelled: { false })
        try film.reel.write(
          plan.edits + [ahead].compactMap(\.self), to: path, depth: depth, scale: scale,
          replacing: replacing)
        return [.saved(path: path, words: nil)]
      }
    }
    return plan.isDone ? [.film(.writing("\(path) is being written"))] : [writes(path, film)]
  }
}
