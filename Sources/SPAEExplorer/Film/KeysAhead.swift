import SPAEScreen

/// Keys that edit a frame of a film which is still to be painted: they wait for it.
struct KeysAhead: Hashable, Sendable {
  /// The most keys that wait.
  static let most = 100

  let frame: Int
  var keys: [Key]
}

extension Explorer {
  /// Keeps a key that needs the words of a frame which is still to be painted, and all that follow it;
  /// false where it is answered at once.
  mutating func keepUntilPainted(_ key: Key) -> Bool {
    guard let film, !film.isPainted else { return false }
    switch keymap.answer(to: pendingKeys + [key], in: mode.context) {
    case .action(.cancel) where keysAhead != nil:
      dropKeysAhead()
      return true
    case .action(.redraw), .action(.suspend): return false
    case .action(let action) where keysAhead == nil:
      guard needsWords(action) else { return false }
    default:
      guard keysAhead != nil else { return false }
    }
    keep(key, of: film)
    return true
  }

  private mutating func keep(_ key: Key, of film: FilmState) {
    // An edit is of the frame that is shown.
    self.film?.playback = nil
    var ahead = keysAhead ?? KeysAhead(frame: film.frame, keys: pendingAsKeys)
    dropPending()
    guard ahead.keys.count < KeysAhead.most else {
      say("\(KeysAhead.most) keys wait for the frame, and no more; Esc drops them", .warning)
      return
    }
    ahead.keys.append(key)
    keysAhead = ahead
    sayWhatWaits()
  }

  private var pendingAsKeys: [Key] {
    (count.map { "\($0)".map(Key.character) } ?? []) + pendingKeys
  }

  /// "2 keys wait until frame 8 is painted; Esc drops them".
  mutating func sayWhatWaits(_ progress: String = "") {
    guard let ahead = keysAhead else { return }
    let isOne = ahead.keys.count == 1
    say(
      "\(ahead.keys.count) key\(isOne ? " waits" : "s wait") until frame \(ahead.frame + 1) is painted"
        + "\(progress); Esc drops \(isOne ? "it" : "them")")
  }

  private mutating func dropKeysAhead() {
    keysAhead = nil
    say("dropped the keys that waited for the frame")
  }

  /// Hands out the keys once their frame is painted; they are not for another frame.
  mutating func releaseKeysAhead() {
    guard let film, let ahead = keysAhead else { return }
    if ahead.frame != film.frame { return dropKeysAhead() }
    guard film.isPainted else { return }
    keysAhead = nil
    released += ahead.keys
    if notice?.kind == .plain { notice = nil }
  }

  /// Whether an action changes the words of the shown frame, or takes them elsewhere.
  private func needsWords(_ action: Action) -> Bool {
    switch action {
    case .pickBySpelling, .pickByMeaning, .pickByEffect, .bring, .replaceByMean, .editOutside,
      .yank,
      .paste, .yankBeneath, .pasteBeneath, .repeatChange, .fill, .caption, .ask:
      return true
    case .accept:
      guard case .typing(let prompt) = mode, prompt.kind == .command else { return false }
      return needsWords(command: prompt.line.text)
    default: return false
    }
  }
}
