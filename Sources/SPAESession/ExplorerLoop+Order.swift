import SPAEExplorer
import SPAEPyramid

/// What comes first: the picture of a change, then its way to the disk, then what nobody waits for.
extension ExplorerLoop {
  func perform(_ effect: SessionEffect) -> [Message] {
    if effect.isUnhurried {
      unhurried.append(effect)
      return []
    }
    guard let words = session.words(after: effect) else { return session.perform(effect) }
    session.foresee(state.request(for: words))
    drawPictureFirst()
    let answers = session.perform(effect)
    // What was not kept is not shown either.
    if !answers.contains(where: \.isAcceptance) { _ = session.perform(.decode(state.request)) }
    return answers
  }

  /// Does what was put off until the screen is up to date.
  func catchUp() {
    let effects = unhurried
    unhurried = []
    for effect in effects { session.perform(effect).forEach(send) }
  }
}

extension Message {
  /// Whether it brings words that the history holds.
  fileprivate var isAcceptance: Bool {
    switch self {
    case .committed, .moved: true
    default: false
    }
  }
}
