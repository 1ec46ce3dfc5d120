import SPAEPyramid
import SPAEScreen

/// Changes the state as a message asks and returns what the world is to do.
package func update(_ state: inout Explorer, _ message: Message) -> [Effect] {
  let (cursor, notice) = (state.cursor, state.notice)
  var effects: [Effect]
  switch message {
  case .key(let key): effects = state.press(key)
  case .action(let action): effects = state.perform(action)
  case .plain(let command): effects = state.perform(command)
  case .resized(let rows, let columns):
    state.size = (rows, columns)
    effects = []
  case .cellsChanged(let aspect):
    state.cellAspect = aspect
    effects = []
  case .blinked:
    state.blinkPhase.toggle()
    effects = []
  case .decoded(let decoded):
    state.decoded = decoded
    effects = []
  case .neighbours(let word, let words):
    state.neighbours[word] = words
    effects = []
  case .fits(let cell, let fits):
    state.facts.fits[cell] = fits
    effects = []
  case .counted(let word, let count):
    state.facts.counts[word] = .some(count)
    effects = []
  case .candidates(let query, let candidates): effects = state.take(candidates, for: query)
  case .candidate(let query, let candidate): effects = state.take(candidate, for: query)
  case .awaitingCandidates(let query, let note):
    effects = state.explain(note, for: query, isLast: false)
  case .noCandidates(let query, let note):
    effects = state.explain(note, for: query, isLast: true)
  case .preparing(let size, let share): effects = state.hear(share: share, ofSize: size)
  case .prepared(let size): effects = state.take(size: size)
  case .notPrepared(let size, let reason):
    effects = state.giveUpSize(size, because: reason)
  case .consulting(let number, let note): effects = state.hear(note, on: number)
  case .answered(let number, let answer): effects = state.hear(answer, to: number)
  case .explained(let origins):
    state.origins = origins
    effects = []
  case .meanWord(let word, let cells): effects = state.replace(cells, by: word, verb: "mean word")
  case .yanked(let subtree): effects = state.paste(subtree)
  case .painted(let painting, let painted): effects = state.take(painted, of: painting)
  case .committed(let pyramid, let facts): effects = state.accept(pyramid, facts)
  case .kept(let facts):
    state.history = facts
    effects = [state.departure]
  case .notKept(let facts, let reason): effects = state.stay(with: facts, because: reason)
  case .moved(let pyramid, let facts, let note):
    effects = state.accept(pyramid, facts)
    state.say(note ?? "state \(facts.state) of \(facts.last)")
  case .revisions(let rows): effects = state.take(rows)
  case .thumbnail(let revision, let screen): effects = state.take(screen, of: revision)
  case .compared(let comparison):
    state.take(comparison)
    effects = []
  case .film(let news): effects = state.hear(news)
  case .saved(let path, let words): effects = state.finishSaving(path, words)
  case .discarded:
    if state.turn != nil { state.pyramid = state.saved }
    effects = [state.departure]
  case .notDiscarded(let reason): effects = state.stay(because: reason)
  case .edited(let pyramid): effects = state.commit(pyramid, verb: "editor")
  case .graphicsChanged(let name):
    state.graphics = name
    effects = []
  case .notice(let notice):
    state.tell(notice)
    (state.quitsWhenSaved, state.discardsWhenSaved) = (false, false)
    effects = []
  }
  if state.cursor != cursor { state.keepCursorInSight() }
  state.showAnswer()
  // Keys that waited for a list were for what is left now.
  if effects.contains(where: \.leaves) { state.released = [] }
  effects += state.wants()
  state.log(after: message, notice)
  return effects
}

extension Explorer {
  /// What the state lacks: the picture of what it shows, and the neighbours of its word.
  mutating func wants() -> [Effect] {
    var effects = filmWants() + forgetCandidates() + askAgain()
    let request = request
    // The pictures of a film that runs come with its frames.
    if request != requested, !isPlaying {
      requested = request
      effects.append(.session(.decode(request)))
    }
    if !isPlaying, let inset = insetRequest, inset != requestedInset, decoded?.request == request {
      requestedInset = inset
      effects.append(.session(.decodeInset(inset)))
    }
    if picture == .heat, let cell = framed.last, requestedHeat != Heat(cell: cell, request: request)
    {
      requestedHeat = Heat(cell: cell, request: request)
      effects.append(.session(.decodeWithout(cell, of: request)))
    }
    let word = shown[cursor]
    if neighbours[word] == nil, !isPlaying, requestedNeighbours != word {
      requestedNeighbours = word
      effects.append(.session(.findNeighbours(of: word)))
    }
    return effects + wantsFacts() + wantsSize()
  }

  /// Shows a notice; an error with more lines than the foot may have is read as a whole.
  mutating func tell(_ notice: Notice, title: String = "Not done", lines: Int? = nil) {
    self.notice = notice
    let count = FootMessage.lines(of: notice.text, width: size.columns - 2).count
    let isLong = count > lines ?? FootMessage.mostLines(of: size.rows)
    guard notice.kind == .error, isLong, mode == .browsing else { return }
    mode = .reading(Reading(title: title, text: notice.text))
  }

  mutating func say(_ text: String, _ kind: Notice.Kind = .plain) {
    notice = Notice(text, kind: kind)
  }
}
