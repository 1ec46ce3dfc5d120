import SPAEScreen

extension Gallery {
  /// Answers a key; one that does nothing says so.
  mutating func press(_ key: Key) -> [GalleryEffect] {
    if case .mouse(let mouse) = key {
      (pendingKeys, count) = ([], nil)
      return press(mouse)
    }
    notice = nil
    if pendingKeys.isEmpty, takeDigit(key) { return [] }
    if count != nil || !pendingKeys.isEmpty,
      keymap.answer(to: [key], in: context) == .action(.cancel)
    {
      (pendingKeys, count) = ([], nil)
      return []
    }
    pendingKeys.append(key)
    switch keymap.answer(to: pendingKeys, in: context) {
    case .action(let action):
      pendingKeys = []
      defer { count = nil }
      return perform(action)
    case .incomplete: return []
    case .none:
      let keys = pendingKeys
      (pendingKeys, count) = ([], nil)
      if keys.count > 1 || !type(key) { refuse(keys) }
      return []
    }
  }

  /// A key that is no action: where a line is typed it is text.
  private mutating func type(_ key: Key) -> Bool {
    switch mode {
    case .typing(let kind, var line):
      if line.text.isEmpty, key == .backspace {
        mode = .browsing
        return true
      }
      guard line.apply(key) else { return false }
      mode = .typing(kind, line)
      return true
    case .help(var list):
      guard list.type(key) else { return false }
      mode = .help(list)
      return true
    case .browsing, .reading: return false
    }
  }

  private mutating func refuse(_ keys: [Key]) {
    let notation = keys.map(\.notation).joined()
    say("\(notation): no such key here; \(context.whatToPress)")
  }

  /// Takes a digit of a number that says how often, or which picture; a 0 begins none.
  private mutating func takeDigit(_ key: Key) -> Bool {
    guard takesNumbers, case .character(let character) = key, character.isASCII,
      let digit = character.wholeNumberValue, digit > 0 || count != nil
    else { return false }
    count = min((count ?? 0) * 10 + digit, Self.greatestCount)
    return true
  }

  private var takesNumbers: Bool {
    if case .reading = mode { return true }
    return mode == .browsing
  }

  private static let greatestCount = 999_999

  /// What is pending, as it was typed.
  var pending: String {
    (count.map { "\($0)" } ?? "") + pendingKeys.map(\.notation).joined()
  }

  // MARK: Mouse

  private mutating func press(_ mouse: Key.Mouse) -> [GalleryEffect] {
    switch (mouse.action, mode) {
    case (.wheelUp, .browsing): return perform(.pictureAbove)
    case (.wheelDown, .browsing): return perform(.pictureBelow)
    case (.wheelUp, _): return perform(.previousItem)
    case (.wheelDown, _): return perform(.nextItem)
    case (.press, .browsing): return pressTile(mouse)
    default: return []
    }
  }

  /// Selects a picture; opens the one that is selected.
  private mutating func pressTile(_ mouse: Key.Mouse) -> [GalleryEffect] {
    let layout = layout
    guard let index = layout.index(at: mouse) else { return [] }
    let place = firstRow * layout.across + index
    guard order.indices.contains(place) else { return [] }
    if place == selection, hasMoved { return perform(.openPicture) }
    (selection, hasMoved) = (place, true)
    return []
  }
}
