import SPAEPyramid
import SPAEScreen

/// Changes the state as a message asks and returns what the world is to do.
public func update(_ state: inout Explorer, _ message: Message) -> [Effect] {
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
  case .keysRested: effects = state.finishCount()
  case .decoded(let decoded):
    state.decoded = decoded
    effects = []
  case .neighbours(let word, let words):
    state.neighbours[word] = words
    effects = []
  case .candidates(let query, let candidates): effects = state.take(candidates, for: query)
  case .consulting(let number, let note): effects = state.hear(note, on: number)
  case .answered(let number, let answer): effects = state.hear(answer, to: number)
  case .meanWord(let word, let cells): effects = state.replace(cells, by: word, verb: "mean word")
  case .committed(let pyramid, let facts): effects = state.accept(pyramid, facts)
  case .moved(let pyramid, let facts, let note):
    effects = state.accept(pyramid, facts)
    state.say(note ?? "state \(facts.position) of \(facts.length)")
  case .revisions(let rows): effects = state.take(rows)
  case .thumbnail(let revision, let screen): effects = state.take(screen, of: revision)
  case .compared(let comparison):
    state.comparison = comparison
    state.picture = .comparison
    effects = []
  case .saved(let path, let words): effects = state.finishSaving(path, words)
  case .edited(let pyramid): effects = state.commit(pyramid, verb: "editor")
  case .graphicsChanged(let name):
    state.graphics = name
    effects = []
  case .notice(let notice):
    state.notice = notice
    state.quitsWhenSaved = false
    effects = []
  }
  state.showAnswer()
  return effects + state.wants()
}

extension Explorer {
  /// What the state lacks: the picture of what it shows, and the neighbours of its word.
  mutating func wants() -> [Effect] {
    var effects: [Effect] = []
    let request = DecodeRequest(pyramid: shown, depth: depth)
    if request != requested {
      requested = request
      effects.append(.decode(request))
    }
    let word = shown[cursor]
    if neighbours[word] == nil, requestedNeighbours != word {
      requestedNeighbours = word
      effects.append(.findNeighbours(of: word))
    }
    return effects
  }

  mutating func say(_ text: String, _ kind: Notice.Kind = .plain) {
    notice = Notice(text, kind: kind)
  }

  // MARK: Keys

  mutating func press(_ key: Key) -> [Effect] {
    if case .mouse(let mouse) = key {
      isFresh = false
      return press(mouse)
    }
    notice = nil
    if pendingKeys.isEmpty, let effects = countDigit(key) { return effects }
    pendingKeys.append(key)
    switch Keymap.answer(to: pendingKeys, in: mode.context) {
    case .action(let action):
      pendingKeys = []
      let jump = action.takesCount ? [] : finishCount()
      return jump + perform(action)
    case .incomplete: return []
    case .none:
      let keys = pendingKeys
      pendingKeys = []
      return keys.count == 1 ? type(key) : []
    }
  }

  /// A digit begins a count, or names a layer when no motion follows.
  private mutating func countDigit(_ key: Key) -> [Effect]? {
    guard mode.context == .browsing || mode.context == .block,
      case .character(let character) = key, let digit = character.wholeNumberValue,
      character.isASCII, digit > 0 || count != nil
    else { return nil }
    count = min((count ?? 0) * 10 + digit, 9999)
    return [.awaitRest]
  }

  /// A count that no motion took is the number of a layer.
  mutating func finishCount() -> [Effect] {
    guard let layer = count else { return [] }
    count = nil
    isFresh = false
    guard (1...shape.depth).contains(layer) else {
      say("the layers are 1 to \(shape.depth)", .warning)
      return []
    }
    jump(toLayer: layer)
    return []
  }

  /// A key that is no action: where a line is typed it is text.
  private mutating func type(_ key: Key) -> [Effect] {
    switch mode {
    case .picking(var picker):
      guard picker.type(key) else { return [] }
      return show(picker)
    case .typing(var prompt):
      if prompt.line.text.isEmpty, key == .backspace {
        mode = .browsing
      } else if prompt.line.apply(key) {
        mode = .typing(prompt)
      }
    case .help(var list):
      if list.type(key) { mode = .help(list) }
    case .browsing, .block:
      count = nil
      say("\(key.notation) means nothing here; ? lists the keys")
    case .history, .filling, .reading, .leaving: break
    }
    return []
  }

  mutating func takeCount() -> Int {
    defer { count = nil }
    return count ?? 1
  }
}

extension Action {
  /// Whether a number before its key says how often, not which layer.
  var takesCount: Bool {
    switch self {
    case .left, .right, .up, .down, .bottom, .halfPageDown, .halfPageUp, .descend, .ascend,
      .undo, .redo, .earlierState, .laterState, .nextMatch, .previousMatch, .shallower, .deeper:
      true
    default: false
    }
  }
}
