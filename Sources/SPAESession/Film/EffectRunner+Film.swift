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
    case .commit(let pyramid, let verb):
      return answered {
        try keepAhead(film)
        try keep(try film.reel.edit(to: pyramid, verb: verb), film)
        film.painter.begin()
        return [.committed(pyramid, facts)] + (try shown(film))
      }
    case .move(let move): return answered { try moved(try go(move, film), film) }
    case .nameState(let name):
      return answered {
        try changing { try history.name(history.head.id, name) }
        return try restated("this state is called '\(name)'", film)
      }
    case .listRevisions: return answered { [.revisions(try revisions(of: film))] }
    case .drawThumbnails(let revisions):
      drawThumbnails(revisions) { [reel = film.reel] in try $0.words(at: $1, of: reel) }
      return []
    case .compare(let revision):
      compare(with: revision) { [reel = film.reel] in try $0.words(at: $1, of: reel) }
      return []
    case .save(let path, let pyramid, let replacing):
      return answered {
        if let waits = postponed(effect, writing: path, film) { return waits }
        let path = try files.save(film.reel, to: path, replacing: replacing)
        if path == film.reel.path {
          try changing { try history.markSaved() }
          try film.reel.reopen()
        }
        film.reel.take(try edits(of: film.reel))
        let moment = try film.reel.moment(ofFrame: film.reel.current)
        return (try shown(film)) + [.saved(path: path, words: moment?.saved ?? pyramid)]
      }
    case .discard:
      return answered {
        film.painter.cancel()
        _ = try changing { try history.jump(to: try history.saved().id) }
        return [.discarded]
      }
    default: return nil
    }
  }

  private func answers(to request: FilmRequest, _ film: FilmSession) throws -> [Message] {
    switch request {
    case .show(let frame): return try show(frame, film)
    case .play(let playback): film.play(playback)
    case .stop: film.player.stop()
    case .write(let path, let depth, let scale, let replacing):
      return try writeClip(path, depth, scale, replacing, film)
    case .keepPainted:
      guard try keepAhead(film), let words = try film.reel.words(ofFrame: film.reel.current) else {
        return []
      }
      return [.committed(words.shown, facts)] + (try shown(film))
    }
    return []
  }

  /// Waits for a clip that is being written: whoever leaves the explorer has it whole.
  func finishClip() { film?.finishClip() }

  /// A film is written with what its edits paint: while frames are being painted, an effect that
  /// writes it waits for them. Nil where none are.
  private func postponed(
    _ effect: SessionEffect, writing path: String?, _ film: FilmSession
  ) -> [Message]? {
    guard let progress = film.painter.progress else { return nil }
    film.painter.postpone(effect)
    let name = path ?? film.reel.path
    return [.film(.writing("writes \(name) when the frames ahead are painted: \(progress)"))]
  }

  /// Writes the film's pictures in the background; what is told of it comes when they are there.
  private func writeClip(
    _ wanted: String, _ depth: Int, _ scale: Int, _ replacing: Bool, _ film: FilmSession
  ) throws -> [Message] {
    let request = FilmRequest.write(path: wanted, depth: depth, scale: scale, replacing: replacing)
    if let waits = postponed(.film(request), writing: wanted, film) { return waits }
    let path = try files.clipPath(wanted, replacing: replacing)
    film.write { [self, reel = film.reel] in
      answered {
        try reel.write(to: path, depth: depth, scale: scale, replacing: replacing)
        return [.saved(path: path, words: nil)]
      }
    }
    return [.film(.writing("\(path) is being written"))]
  }

  /// Goes to a frame; of a film that is still written the last one that is whole.
  private func show(_ frame: Int, _ film: FilmSession) throws -> [Message] {
    film.reel.reach(frame)
    let last = film.reel.extent.frames - 1
    film.reel.current = min(frame, last)
    painter.forget()
    let notice = Notice(
      film.reel.notice ?? "the film has \(last + 1) frame\(last == 0 ? "" : "s")", kind: .warning)
    return try shown(film) + (frame > last ? [.notice(notice)] : [])
  }

  /// The frame that is shown, with what is to be told of it now.
  private func shown(_ film: FilmSession) throws -> [Message] {
    try film.reel.moment(ofFrame: film.reel.current).map { [.film(.shown($0))] } ?? []
  }

  /// The newest frame of a film that runs, if its time has come.
  func played(_ due: Int) -> FilmPlayer.Answer {
    guard let film else { return .nothing }
    let answer = film.player.take(due: due)
    if case .ready(let ready) = answer {
      film.reel.current = ready.moment.frame
      painter.forget()
      film.show(ready.view)
      pictureStore.change { $0.decoded = ready.picture }
    }
    return answer
  }

  // MARK: Edits

  /// Takes up the film's edits where the history stands.
  func beginFilm() throws {
    guard let film else { return }
    let edits = try edits(of: film.reel)
    film.reel.take(edits)
    let misfits = try film.reel.misfits(of: edits)
    if misfits > 0 {
      let words = "\(misfits) edited word\(misfits == 1 ? "" : "s")"
      mailbox.post(
        .notice(Notice("the film was changed outside: \(words) no longer fit it", kind: .warning)))
    }
    film.scan()
    film.painter.begin()
  }

  /// Keeps what was painted ahead; false where there is nothing. What is not painted yet is begun
  /// again by whoever goes on.
  @discardableResult
  private func keepAhead(_ film: FilmSession) throws -> Bool {
    film.painter.cancel()
    let ahead = film.reel.ahead
    try keep(ahead, film)
    return !ahead.runs.isEmpty
  }

  private func keep(_ edit: FilmEdit, _ film: FilmSession) throws {
    guard !edit.runs.isEmpty else { return }
    _ = try changing { try history.commit(filmEdit: edit.text(film.reel.model.vocabulary)) }
    film.reel.add(edit)
  }

  /// What leads from the film's file to a revision, the head without one.
  private func edits(of reel: FilmReel, at revision: Int? = nil) throws -> [FilmEdit] {
    let way = try history.way(to: revision)
    let edit = { (revision: Revision) in
      FilmEdit(revision.verb, shape: reel.header.shape, vocabulary: reel.model.vocabulary)
    }
    return way.back.compactMap(edit).map(\.inverse) + way.forth.compactMap(edit)
  }

  /// The words of the frame that is shown, at a revision.
  private func words(at revision: Int, of reel: FilmReel) throws -> Pyramid {
    guard let words = try reel.words(after: try edits(of: reel, at: revision)) else {
      throw HistoryError.revision(revision, document: reel.path)
    }
    return words
  }

  // MARK: History

  /// After a move: the words of the frame that is shown.
  private func moved(_ messages: [Message], _ film: FilmSession) throws -> [Message] {
    guard case .moved? = messages.first else {
      film.painter.begin()
      return messages
    }
    film.reel.take(try edits(of: film.reel))
    film.painter.begin()
    let head = history.head
    let name = head.name.map { " '\($0)'" } ?? ""
    let verb = head.verb.prefix { $0 != ":" }
    return try restated(
      "state \(head.id)\(name), \(verb), \(head.time.inWords(now: Date()))", film)
  }

  /// Moves through the history; what was painted ahead is one step with the edit that asked for it.
  private func go(_ move: HistoryMove, _ film: FilmSession) throws -> [Message] {
    film.painter.cancel()
    switch move {
    case .undo(let count):
      var (steps, revision) = (0, Optional(history.head))
      for _ in 0..<count {
        while let each = revision, FilmEdit.isAhead(each.verb) {
          steps += 1
          revision = try each.parent.map { try history.revision($0) }
        }
        steps += 1
        revision = try revision?.parent.map { try history.revision($0) }
      }
      return try self.move(.undo(steps))
    case .redo(let count):
      var messages: [Message] = []
      for _ in 0..<count {
        messages = try self.move(.redo(1))
        let here = history.head
        let next = try changing { try history.redo() }
        if let next, !FilmEdit.isAhead(next.verb) {
          _ = try changing { try history.jump(to: here.id) }
        }
      }
      return messages
    default: return try self.move(move)
    }
  }

  private func restated(_ note: String?, _ film: FilmSession) throws -> [Message] {
    guard let moment = try film.reel.moment(ofFrame: film.reel.current) else { return [] }
    return [.moved(moment.pyramid, facts, note: note), .film(.shown(moment))]
  }

  private func revisions(of film: FilmSession) throws -> [HistoryList.Row] {
    try rows { revision in
      (
        FilmEdit.summary(of: revision.verb),
        try words(at: revision.id, of: film.reel)
      )
    }
  }
}

extension FilmEdit {
  /// The first of what a revision's verb tells: "edit: 121-180 3:1,2 muzzle > kitten, and 3 more".
  static func summary(of text: String) -> String {
    let parts = text.split(separator: ";")
    let fields = parts.first?.split(separator: " ") ?? []
    guard fields.count >= 5 else { return text }
    let first = fields.dropLast().joined(separator: " ") + " > " + fields[fields.count - 1]
    return first + (parts.count > 1 ? ", and \(parts.count - 1) more" : "")
  }
}
