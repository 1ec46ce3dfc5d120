import SPAESystem

/// Where a person goes from a picture that is open.
package enum Turn: Hashable, Sendable {
  /// So many pictures further on in the list; back where it is less than 0.
  case next(Int)
  case gallery
  case file(String)
  /// The same picture with so many pixels along its shorter side.
  case size(Int)

  /// What is said while the way there takes longer than a frame; nil where it does not.
  package var announcement: String? {
    switch self {
    case .next(let steps): "opening the picture \(steps > 0 ? "after" : "before") this one ..."
    case .file(let path): "opening \(path.printable) ..."
    case .gallery, .size: nil
    }
  }

  /// Where a picture is in its list, counted from 1.
  package struct Place: Hashable, Sendable {
    package var number: Int
    package var count: Int

    package init(number: Int, count: Int) { (self.number, self.count) = (number, count) }
  }
}

extension Explorer {
  /// Goes to another picture, or to the gallery.
  ///
  /// Edits that the history keeps come back with the picture; others would be lost, so that is asked.
  mutating func go(_ turn: Turn) -> [Effect] {
    if case .next(let steps) = turn, let reason = edge(steps) {
      say(reason, .warning)
      return []
    }
    self.turn = turn
    if isWriting { return leaveWhenWritten() }
    guard isDirty, !(document.keepsHistory && history.isKept) else { return depart() }
    mode = .leaving
    return []
  }

  private func edge(_ steps: Int) -> String? {
    guard let place, place.count > 1 else { return "only this file was opened" }
    if (1...place.count).contains(place.number + steps) { return nil }
    return steps > 0
      ? "this is the last of \(place.count) pictures"
      : "this is the first of \(place.count) pictures"
  }

  /// The end, or the beginning of another picture.
  var departure: Effect { .terminal(turn.map { .turn($0) } ?? .quit) }

  /// A key that answers nothing that was asked ends the wish to go elsewhere.
  mutating func dropTurn() {
    if mode != .leaving, !quitsWhenSaved, !discardsWhenSaved { turn = nil }
  }
}
