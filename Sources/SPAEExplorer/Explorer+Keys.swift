import SPAEScreen

extension Explorer {
  /// Answers a key; one that does nothing says so.
  mutating func press(_ key: Key) -> [Effect] {
    dropTurn()
    if case .mouse(let mouse) = key {
      dropPending()
      return press(mouse)
    }
    let before = self
    notice = nil
    if keepAhead(key) || keepUntilPainted(key) { return [] }
    let effects = answer(key)
    if effects.isEmpty, notice == nil, looks(like: before) { excuse(key, before.notice) }
    return effects
  }

  private mutating func excuse(_ key: Key, _ shown: Notice?) {
    guard keymap.answer(to: [key], in: mode.context) == .action(.cancel) else {
      return say("\(key.notation) changes nothing here")
    }
    // What it took away was the line at the foot.
    if shown == nil { say("nothing to leave; q quits, ? lists the keys") }
  }

  private mutating func answer(_ key: Key) -> [Effect] {
    if pendingKeys.isEmpty, takeDigit(key) { return [] }
    if isPending, keymap.answer(to: [key], in: mode.context) == .action(.cancel) {
      dropPending()
      return []
    }
    pendingKeys.append(key)
    switch keymap.answer(to: pendingKeys, in: mode.context) {
    case .action(let action): return perform(action, by: pendingKeys)
    case .incomplete: return []
    case .none:
      let keys = pendingKeys
      dropPending()
      if keys.count == 1 { return type(key) }
      refuse(keys)
      return []
    }
  }

  private mutating func perform(_ action: Action, by keys: [Key]) -> [Effect] {
    pendingKeys = []
    let given = action.takesCount ? nil : count
    if given != nil { count = nil }
    let effects = perform(action)
    count = nil
    if let given, notice == nil { say("\(keys.notation) takes no number: \(given) is not used") }
    return effects
  }

  /// A key that is no action: where a line is typed it is text.
  private mutating func type(_ key: Key) -> [Effect] {
    switch mode {
    case .picking(var picker):
      let text = picker.line.text
      if picker.type(key) {
        if picker.line.text != text { return show(picker) }
        mode = .picking(picker)
        return []
      }
    case .typing(var prompt):
      if prompt.line.text.isEmpty, key == .backspace {
        mode = .browsing
        return []
      }
      if prompt.line.apply(key) {
        mode = .typing(prompt)
        return []
      }
    case .help(var list):
      if list.type(key) {
        mode = .help(list)
        return []
      }
    case .browsing, .block, .history, .filling, .reading, .leaving: break
    }
    refuse([key])
    return []
  }

  private mutating func refuse(_ keys: [Key]) {
    say("\(keys.notation): no such key here; \(mode.context.whatToPress)")
  }

  // MARK: What is pending

  /// A number and keys that wait for the rest; nothing ends the wait but a key.
  var isPending: Bool { count != nil || !pendingKeys.isEmpty }

  /// What is pending, as it was typed.
  var pending: String { (count.map { "\($0)" } ?? "") + pendingKeys.notation }

  /// What may follow on that which is pending: keys and what they do.
  var continuations: [(keys: String, help: String)] {
    var answers: [(keys: String, help: String)] = []
    if pendingKeys.isEmpty, let count, mode.isAmongWords {
      answers = [("G", "go to layer \(count)"), ("h j k l", "move by \(count)")]
    }
    for entry in keymap.entries(in: mode.context) where !pendingKeys.isEmpty {
      for keys in entry.keys where keys.count > pendingKeys.count && keys.starts(with: pendingKeys)
      {
        answers.append((Array(keys.dropFirst(pendingKeys.count)).notation, entry.action.name))
      }
    }
    return answers + [("Esc", "drop it")]
  }

  mutating func dropPending() {
    pendingKeys = []
    count = nil
  }

  /// Takes a digit of a number that says how often, or which layer; a 0 begins none.
  private mutating func takeDigit(_ key: Key) -> Bool {
    guard mode.context.takesNumbers, case .character(let character) = key, character.isASCII,
      let digit = character.wholeNumberValue, digit > 0 || count != nil
    else { return false }
    let number = (count ?? 0) * 10 + digit
    if number > Self.greatestCount {
      say("\(number) is too much: a number before a key is at most \(Self.greatestCount)", .warning)
      count = nil
    } else {
      count = number
    }
    return true
  }

  private static let greatestCount = 9999

  mutating func takeCount() -> Int {
    defer { count = nil }
    return count ?? 1
  }

  /// Whether a person sees what they saw before, but for a notice.
  private func looks(like before: Explorer) -> Bool {
    cursor == before.cursor && mode == before.mode && focus == before.focus
      && pinnedDepth == before.pinnedDepth && isTinted == before.isTinted
      && showsInset == before.showsInset && writesWindow == before.writesWindow
      && crop == before.crop && isFullScreen == before.isFullScreen
      && picture == before.picture && pending == before.pending
      && consultation == before.consultation && film == before.film
  }
}

extension [Key] {
  fileprivate var notation: String { map(\.notation).joined() }
}

extension Context {
  /// Whether digits are a number before a key, and not text.
  var takesNumbers: Bool {
    switch self {
    case .browsing, .block, .filling, .history, .reading: true
    case .picking, .typing, .help, .leaving, .gallery: false
    }
  }

  /// What a person who pressed the wrong key may press.
  var whatToPress: String {
    switch self {
    case .browsing, .block, .history, .gallery: "? lists the keys"
    case .picking, .typing, .help: "Enter accepts, Esc leaves"
    case .filling: "Enter accepts, Tab shows others, Esc leaves"
    case .reading: "j and k scroll, : types a command, q closes"
    case .leaving: "y saves and quits, n quits, Esc stays"
    }
  }
}
