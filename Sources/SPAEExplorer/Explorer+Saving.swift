import SPAEPixels
import SPAEPyramid
import SPAESystem

extension Explorer {
  /// Writes what the ending of a name asks for: the words, or their picture; without a name the
  /// words, to their own file.
  mutating func save(
    to name: String? = nil, replacing: Bool = false, thenQuit: Bool = false
  ) -> [Effect] {
    quitsWhenSaved = thenQuit
    let (name, scale) = name.map(Self.scaled) ?? (nil, nil)
    if let scale, !(1...Self.greatestScale).contains(scale) {
      return refuse("\(scale)x is no scale: it can be 1x to \(Self.greatestScale)x")
    }
    guard let target = name ?? document.path else {
      return [.session(.save(path: nil, pyramid, replacing: replacing))]
    }
    if isClip(target), target != document.path {
      savedScale = scale ?? 1
      return [
        .session(
          .film(.write(path: target, depth: depth, scale: savedScale, replacing: replacing)))
      ]
    }
    switch FileForm(path: target) {
    case .picture where target == document.path:
      let remedy = dialect.command(.write, "NAME.spae")
      return refuse("\(target) is the name of a picture: save the words by \(remedy)")
    case .picture:
      let request = DecodeRequest(pyramid: pyramid, depth: depth, frame: film?.frame)
      savedScale = scale ?? 1
      return [
        .session(
          .savePicture(path: target, request, scale: savedScale, replacing: replacing))
      ]
    case .text where scale != nil, .json where scale != nil:
      return refuse("\(target) gets words, and a scale is for pictures")
    // The own file may be called anything: it is written as it was found.
    case nil where target != document.path:
      return refuse("\(target): end it in \(FileForm.endings)\(clips)")
    case .text, .json, nil: return [.session(.save(path: target, pyramid, replacing: replacing))]
    }
  }

  /// The endings that a film has besides.
  private var clips: String {
    guard film != nil else { return "" }
    return ", or as a clip in \(Self.clipEndings.map { "." + $0 }.joined(separator: ", "))"
  }

  private static let greatestScale = 16

  /// A name, and behind it a scale as in `cat.png 4x`.
  private static func scaled(_ text: String) -> (name: String, scale: Int?) {
    guard let space = text.lastIndex(of: " "), text.last == "x",
      let scale = Int(text[space...].dropFirst().dropLast())
    else { return (text, nil) }
    return (String(text[..<space]), scale)
  }

  private mutating func refuse(_ reason: String) -> [Effect] {
    quitsWhenSaved = false
    tell(Notice(reason, kind: .error))
    return []
  }

  mutating func finishSaving(_ path: String, _ words: Pyramid?) -> [Effect] {
    // As in vim: a copy under another name leaves the document as it is.
    if let words, document.path == nil || document.path == path {
      saved = words
      document.path = path
    }
    let size = "\(document.width * savedScale)x\(document.height * savedScale)"
    let count = isClip(path) ? film?.extent.frames : nil
    let frames = count.map { "\($0.counted("frame")) of " } ?? ""
    let picture = "\(frames)\(size), \(shape.layersInWords(toDepth: depth))"
    say("saved \(path)" + (words == nil ? ": \(picture)" : ""))
    if discardsWhenSaved, !isWriting {
      discardsWhenSaved = false
      return leaveUnsaved()
    }
    // Somebody who is asked whether to save has the answer.
    guard quitsWhenSaved || mode == .leaving && !isDirty else { return [] }
    quitsWhenSaved = false
    if let turn { return go(turn) }
    return leave()
  }

  // MARK: Leaving

  /// Quits if nothing is lost by it, and asks otherwise.
  mutating func leave() -> [Effect] {
    if isWriting { return leaveWhenWritten() }
    guard isDirty else { return depart() }
    mode = .leaving
    return []
  }

  /// Leaves when all is in the history.
  func depart() -> [Effect] {
    history.waiting == nil ? [departure] : [.session(.keepWaiting)]
  }

  /// Stays where the history does not have all yet: to leave would lose it.
  mutating func stay(with facts: HistoryFacts, because reason: String) -> [Effect] {
    (history, mode, turn) = (facts, .browsing, nil)
    let remedy = dialect.command(.quit, forced: true)
    say("\(remedy) leaves without \(facts.lacking): \(reason)", .error)
    return []
  }

  /// Whether something is still to be written.
  var isWriting: Bool { (film?.filesToWrite ?? 0) > 0 }

  /// Leaves once what was to be written is, and at once when that is asked for again.
  mutating func leaveWhenWritten(discarding: Bool = false) -> [Effect] {
    (quitsWhenSaved, discardsWhenSaved) = (!discarding, discarding)
    mode = .browsing
    let remedy = dialect.command(.quit, forced: true)
    say("leaves when the frames ahead are painted and written; \(remedy) leaves at once")
    return []
  }

  /// Quits without saving: the next opening shows the words that the file holds, or those that the
  /// picture gave.
  mutating func leaveUnsaved() -> [Effect] {
    if isWriting, !quitsWhenSaved, !discardsWhenSaved {
      return leaveWhenWritten(discarding: true)
    }
    let mustDiscard = (isDirty || isWriting) && !cannotDiscard
    if mustDiscard { return [.session(.discard(to: saved))] }
    // What waits is tried once more; whoever leaves by force does not wait for the outcome.
    return (history.waiting == nil ? [] : [.session(.keepWaiting)]) + [departure]
  }

  mutating func stay(because reason: String) -> [Effect] {
    cannotDiscard = true
    mode = .browsing
    let remedy = dialect.command(.quit, forced: true)
    say("\(remedy) leaves, but the edits will come back: \(reason)", .error)
    return []
  }
}
