import Foundation
import SPAEExplorer
import SPAEHistory
import SPAEPyramid

extension EffectRunner {
  /// Moves through the history, in which what was painted ahead is one state with its edit; what is
  /// painted for a state that is left ends, and goes on when it is entered again.
  func move(_ move: HistoryMove, _ film: FilmSession) throws -> [Message] {
    let move = try inRevisions(move).renumbered(keepWaiting())
    guard try changing({ try go(move) }) else {
      return [.notice(Notice("there is no \(move.isBack ? "earlier" : "later") state"))]
    }
    _ = try changing { try history.goToPaintedAhead() }
    try takeUpState(film)
    return try restated(try whereItIs(), film)
  }

  /// "state 2, edit, a minute ago".
  private func whereItIs() throws -> String? {
    let states = try history.filmStates()
    return states.counted(states.number(of: history.head.id)).map { state in
      let name = state.name.map { " '\($0)'" } ?? ""
      let verb = state.verb.prefix { $0 != ":" }
      return "state \(state.id)\(name), \(verb), \(state.time.inWords(now: Date()))"
    }
  }

  /// The same with the revision of a state in place of its number or name.
  private func inRevisions(_ move: HistoryMove) throws -> HistoryMove {
    let states = try history.filmStates()
    switch move {
    case .to(let number):
      guard let revision = states.edit(number) else {
        throw HistoryError.revision(number, document: history.document.path)
      }
      return .to(revision)
    case .named(let name):
      let number = try number(ofFilmState: .name(name))
      guard let revision = states.edit(number) else { throw Self.unknown(name) }
      return .to(revision)
    default: return move
    }
  }

  /// The number of a state of a film; throws where none is called so.
  func number(ofFilmState state: StateName) throws -> Int {
    switch state {
    case .number(let number): return number
    case .name(let name):
      let states = try history.filmStates()
      let number = (0...states.count).first { states.name($0) == name }
      guard let number else { throw Self.unknown(name) }
      return number
    }
  }

  /// What is said of a name that the state gets: whose it was, and which one the state had.
  func namingOfFilm(_ name: String) throws -> String {
    let states = try history.filmStates()
    let here = states.number(of: history.head.id)
    let former = (0...states.count).first { $0 != here && states.name($0) == name }
    return Self.naming(name, former: former, replacing: states.name(here))
  }

  /// Moves the head; false where there is no such state.
  private func go(_ move: HistoryMove) throws -> Bool {
    switch move {
    case .undo(let count): return try repeated(count) { try history.undoFilm() }
    case .redo(let count): return try repeated(count) { try history.redoFilm() }
    case .earlier(let count): return try jump(.count(count), isBack: true)
    case .later(let count): return try jump(.count(count), isBack: false)
    case .earlierBy(let seconds): return try jump(.seconds(seconds), isBack: true)
    case .laterBy(let seconds): return try jump(.seconds(seconds), isBack: false)
    case .to(let revision):
      try history.jump(to: revision)
      return true
    case .named: return false
    }
  }

  private func repeated(_ count: Int, _ step: () throws -> Revision?) throws -> Bool {
    for number in 0..<count where try step() == nil { return number > 0 }
    return true
  }

  private func jump(_ distance: DocumentHistory.Distance, isBack: Bool) throws -> Bool {
    guard let state = try history.filmEdit(distance, isBack: isBack) else { return false }
    try history.jump(to: state)
    return true
  }

  func restated(_ note: String?, _ film: FilmSession) throws -> [Message] {
    guard let moment = try film.moment() else { return [] }
    return [.moved(moment.pyramid, facts, note: note), .film(.shown(moment))]
  }

  func revisions(of film: FilmSession) throws -> [HistoryList.Row] {
    try rows(of: try history.filmStates().counted) { state in
      (FilmEdit.summary(of: state.verb), try words(ofState: state.id, film.reel))
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
