import SPAEExplorer
import SPAETerminal

extension ExplorerLoop {
  /// Shows the frame whose time has come, if a film runs.
  func runFilm() {
    followPlayback()
    guard var clock = filmClock else { return }
    let due = clock.due(at: terminal.now)
    clock.look(for: due)
    filmClock = clock
    switch session.played(due) {
    case .nothing: break
    case .ready(let ready):
      filmPosition = ready.position
      send(.film(.played(ready.moment, ready.decoded)))
    case .waits(let position): filmClock?.wait(for: position, at: terminal.now)
    case .ended: endFilm("the film ended")
    case .failed(let reason): endFilm(reason)
    }
  }

  /// Begins to count time when a film is started, and ends that when it is stopped.
  private func followPlayback() {
    let playback = state.film?.playback
    guard playback != filmClock?.playback else { return }
    if let playback, let rate = state.film?.rate {
      filmClock = FilmClock(playback, rate: rate, now: terminal.now)
    } else {
      if state.notice == nil { endFilm("rests") } else { filmClock = nil }
    }
  }

  private func endFilm(_ what: String) {
    let report = filmClock.map { "\(what): \($0.report)" } ?? what
    filmClock = nil
    send(.film(.ended(report)))
  }

  /// The frame is on the screen now.
  func recordFrame() {
    guard let position = filmPosition else { return }
    filmClock?.record(position, at: terminal.now)
    filmPosition = nil
  }
}
