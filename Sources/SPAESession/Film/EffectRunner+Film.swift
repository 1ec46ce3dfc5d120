import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAESystem
import SPAETerminal

extension EffectRunner {
  /// Does what is other for a film than for a picture; nil where nothing is.
  func perform(_ effect: SessionEffect, on film: FilmSession) -> [Message]? {
    switch effect {
    case .film(let request): return answered { try answers(to: request, film) }
    case .move(let move): return answered { try self.move(move, film) }
    case .nameState(let name):
      return answered {
        if keepWaiting() != nil { try takeUpState(film) }
        let note = try namingOfFilm(name)
        try changing { try history.name(history.head.edited, name) }
        return try restated(note, film)
      }
    case .listRevisions: return answered { [.revisions(try revisions(of: film))] }
    case .drawThumbnails(let revisions):
      drawThumbnails(revisions) { [reel = film.reel] in try $0.words(ofState: $1, reel) }
      return []
    case .compare(let state):
      compare(
        with: { try $0.number(ofFilmState: state) },
        now: { try $0.history.filmStates().number(of: $0.history.head.id) }
      ) { [reel = film.reel] in try $0.words(ofState: $1, reel) }
      return []
    case .save(let path, _, let replacing):
      return answered { try save(path, replacing, film) }
    case .discard: return [discard(film)]
    case .keepWaiting: return [keptBeforeLeaving()]
    default: return nil
    }
  }

  /// Goes back to what the file holds; what still waits to be written is given up.
  private func discard(_ film: FilmSession) -> Message {
    film.giveUpWriting()
    film.painter.cancel()
    do {
      try history.keepWaiting(milliseconds: Self.retry)
      try history.jump(to: try history.saved().id)
      return .discarded
    } catch { return .notDiscarded(reason: Self.reason(error)) }
  }

  private func answers(to request: FilmRequest, _ film: FilmSession) throws -> [Message] {
    switch request {
    case .show(let frame): return try show(frame, film)
    case .look: return try shown(film)
    case .play(let playback): film.player.play(playback)
    case .stop: film.player.stop()
    case .write(let path, let depth, let scale, let replacing):
      return try writeClip(path, depth, scale, replacing, film)
    case .edit(let before, let after, let verb): return try edit(before, after, verb, film)
    case .keepPainted: return try keepAhead(film) ? try committed(film) : []
    case .save(let path, let state, let replacing):
      return try save(path, at: state, replacing, film)
    }
    return []
  }

  /// Goes to a frame; of a film that is still written the last one that is whole.
  private func show(_ frame: Int, _ film: FilmSession) throws -> [Message] {
    film.reel.reach(frame)
    let last = film.reel.extent.frames - 1
    film.reel.current = min(frame, last)
    painter.forget()
    let notice = Notice(
      film.reel.notice ?? "no frame \(frame + 1): the film has \((last + 1).counted("frame"))",
      kind: .warning)
    return try shown(film) + (frame > last ? [.notice(notice)] : [])
  }

  /// The frame that is shown, with what is to be told of it now.
  private func shown(_ film: FilmSession) throws -> [Message] {
    try film.moment().map { [.film(.shown($0))] } ?? []
  }

  /// The newest frame of a film that runs, if its time has come.
  func played(_ due: Int) -> FilmPlayer.Answer {
    guard let film else { return .nothing }
    let answer = film.player.take(due: due)
    if case .ready(var ready) = answer {
      ready.moment = film.reel.restated(ready.moment)
      // What is painted from here on is told of the frame that is shown.
      film.reel.current = ready.moment.frame
      ready.moment.isPainted = !film.painter.paints(ready.moment.frame)
      painter.forget()
      film.showOther()
      pictureStore.change { [picture = ready.picture] in $0.decoded = picture }
      return .ready(ready)
    }
    return answer
  }

  // MARK: Edits

  /// Takes up the film's edits where the history stands.
  func beginFilm() throws {
    guard let film else { return }
    _ = try changing { try history.goToPaintedAhead() }
    let edits = try edits(of: film.reel)
    let misfits = try film.reel.misfits(of: edits)
    if misfits > 0 {
      let words = "\(misfits) edited word\(misfits == 1 ? "" : "s")"
      mailbox.post(
        .notice(Notice("the film was changed outside: \(words) no longer fit it", kind: .warning)))
    }
    film.scan()
    try takeUpState(film)
  }

  /// Shows the edits of the history's state, and paints what they leave to be painted.
  func takeUpState(_ film: FilmSession, ahead: [FilmEdit.Run] = []) throws {
    takeUp(try plan(of: film.reel), film, ahead: ahead)
  }

  /// The same by what is known of the state.
  func takeUp(_ plan: PaintPlan, _ film: FilmSession, ahead: [FilmEdit.Run] = []) {
    film.painter.cancel()
    film.plan = plan
    let hasOtherWords = film.reel.take(plan.edits, ahead: ahead)
    film.painter.begin(plan, after: ahead)
    if hasOtherWords { film.player.renew() }
  }

  /// Keeps an edit of the frame that is shown.
  private func edit(
    _ before: Pyramid, _ after: Pyramid, _ verb: String, _ film: FilmSession
  ) throws -> [Message] {
    guard !film.painter.paints(film.reel.current) else { throw Self.notPainted(film) }
    if keepWaiting() != nil { try takeUpState(film) }
    try keepAhead(film)
    let edit = try film.reel.edit(from: before, to: after, verb: verb)
    guard !edit.runs.isEmpty else { return try committed(film) }
    let text = edit.text(film.reel.model.vocabulary)
    _ = try changing { try history.commit(filmEdit: text) }
    try takeUpState(film, ahead: film.reel.ahead)
    return try committed(film)
  }

  private static func notPainted(_ film: FilmSession) -> Failure {
    let frame = film.reel.current + 1
    return Failure(
      "frame \(frame) is still to be painted: nothing was edited; wait, and edit again")
  }

  /// Keeps what is painted ahead for the present state, if that is done; false where nothing is.
  @discardableResult
  private func keepAhead(_ film: FilmSession) throws -> Bool {
    guard try keptAhead(of: history.head.id, film) != nil else { return false }
    try takeUpState(film)
    return true
  }

  /// Keeps what is painted ahead for a state, and gives its revision; nil where nothing is.
  func keptAhead(of state: Int, _ film: FilmSession) throws -> Int? {
    let plan = try plan(of: film.reel, at: state)
    guard !plan.isDone, let ahead = film.painter.ahead(of: plan), !ahead.runs.isEmpty else {
      return nil
    }
    // It is one with what was kept for the state before.
    let head = try history.revision(state)
    let known = head.isPaintedAhead ? filmEdit(of: head, film.reel)?.runs ?? [] : []
    let whole = FilmEdit(verb: FilmEdit.ahead, runs: known + ahead.runs)
    let text = whole.text(film.reel.model.vocabulary)
    let kept = try changing { try history.commit(filmEdit: text, below: head.edited) }.id
    if history.head.edited == head.edited { _ = try changing { try history.jump(to: kept) } }
    return kept
  }

  /// The words of the frame that is shown, which are in the history.
  func committed(_ film: FilmSession) throws -> [Message] {
    guard let moment = try film.moment() else { return [] }
    return [.committed(moment.pyramid, facts), .film(.shown(moment))]
  }

  /// What the edits of a state leave to be painted, the head without another.
  ///
  /// Of the state that was taken up last that is known where the history cannot be read any more.
  func plan(of reel: FilmReel, at revision: Int? = nil) throws -> PaintPlan {
    do { return try planInHistory(of: reel, at: revision) } catch let error as HistoryError {
      guard let known = film?.plan, known.state == revision ?? history.head.id else { throw error }
      return known
    }
  }

  private func planInHistory(of reel: FilmReel, at revision: Int?) throws -> PaintPlan {
    let path = try history.path(to: revision)
    // What was painted ahead is all that the edits before it left.
    let last = path.lastIndex { $0.isPaintedAhead } ?? -1
    let unpainted = path[(last + 1)...].drop { filmEdit(of: $0, reel)?.isPainted != true }
    let grown = try firstOpen(of: path, reel)
    let open = path[min(grown ?? path.count, unpainted.startIndex)...].filter { !$0.isPaintedAhead }
    let before = open.first?.parent
    let state = revision ?? history.head.id
    return PaintPlan(
      state: state, number: try history.filmStates().number(of: state),
      base: try before.map { try edits(of: reel, at: $0) } ?? [],
      pending: open.compactMap { filmEdit(of: $0, reel) },
      edits: try edits(of: reel, at: revision), isOpen: grown != nil)
  }

  /// The first edit on a path that goes on in frames which the film got after it was made.
  private func firstOpen(of path: [Revision], _ reel: FilmReel) throws -> Int? {
    let edits = path.map { filmEdit(of: $0, reel) }
    guard edits.contains(where: { $0?.runs.contains(where: \.isOpen) ?? false }) else { return nil }
    let held = Set(try history.path(to: try history.saved().id).map(\.id))
    let ahead = edits.compactMap(\.self).filter(\.isAhead).flatMap(\.runs)
    return try path.indices.first { index in
      // What the file holds already went on as far as it goes.
      guard let edit = edits[index], edit.runs.contains(where: \.isOpen),
        !held.contains(path[index].id), let parent = path[index].parent
      else { return false }
      return try reel.goesOn(edit, over: try self.edits(of: reel, at: parent), known: ahead)
    }
  }

  private func filmEdit(of revision: Revision, _ reel: FilmReel) -> FilmEdit? {
    FilmEdit(revision.verb, shape: reel.header.shape, vocabulary: reel.model.vocabulary)
  }

  /// What leads from the film's file to a revision, the head without one.
  func edits(of reel: FilmReel, at revision: Int? = nil) throws -> [FilmEdit] {
    let way = try history.way(to: revision)
    let edit = { (revision: Revision) in self.filmEdit(of: revision, reel) }
    return way.back.compactMap(edit).map(\.inverse) + way.forth.compactMap(edit)
  }

  /// The words of the frame that is shown, in a state, with what is painted ahead for it.
  func words(ofState number: Int, _ reel: FilmReel) throws -> Pyramid {
    guard let revision = try history.filmStates().whole(number),
      let words = try reel.words(after: try edits(of: reel, at: revision))
    else { throw HistoryError.revision(number, document: reel.path) }
    return words
  }
}
