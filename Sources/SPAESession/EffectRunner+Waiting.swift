package import SPAEExplorer
import SPAEHistory
import Synchronization

// Edits that the history's file cannot take yet, or not any more.

extension EffectRunner {
  /// In milliseconds: as long as another process is waited for when what waits is tried again.
  static let retry = 300

  /// Changes the history; where its file cannot be written any more, in a copy in memory from then
  /// on, so that nothing that was done is lost while the program runs. Where another process holds
  /// the file, the copy waits for it.
  func changing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      defer { tellWaiting() }
      return try body()
    } catch let error as HistoryError {
      guard history.isInFile else { throw error }
      switch (error, error.obstacle) {
      case (.busy, _): try history.goOnInMemory(isWaiting: true)
      case (_, let obstacle?): try goOnInMemory(because: obstacle)
      default: throw error
      }
      defer { tellWaiting() }
      return try body()
    }
  }

  private func goOnInMemory(because obstacle: String) throws {
    try history.goOnInMemory()
    let remedy = files.dialect.command(.write, "NAME")
    tell("edits are no longer kept, \(remedy) saves them: \(obstacle)")
  }

  /// Tries again to put into the history what waits; nil where nothing waits, or where it still does.
  @discardableResult
  func keepWaiting() -> DocumentHistory.Renumbering? {
    guard let count = history.waiting else { return nil }
    let kept = try? history.keepWaiting(milliseconds: Self.retry)
    guard let kept else { return nil }
    let edits = count == 1 ? "the edit that waited is" : "\(count) edits that waited are"
    tell("\(count == 0 ? "the move that waited is" : edits) in the history now", .plain)
    return kept
  }

  /// What is to be said before an effect that changes the history while another process holds it: nothing
  /// else is done until that lets go, or nobody waits any longer.
  func waitBegins(for effect: SessionEffect) -> Notice? {
    guard effect.changesHistory, history.isHeld(forMilliseconds: 100) else { return nil }
    return Notice(
      "waits for another program that writes to the history, ten seconds at most", kind: .warning)
  }

  /// The answer to somebody who wants to leave.
  func keptBeforeLeaving() -> Message {
    do throws(HistoryError) {
      try history.keepWaiting(milliseconds: Self.retry)
      return .kept(facts)
    } catch { return .notKept(facts, reason: Self.whyNotKept(error)) }
  }

  /// What the history lacks where the program ends without being asked to; nil where it has all.
  package func lackAtTheEnd() -> Notice? {
    guard case .notKept(let facts, let reason) = keptBeforeLeaving() else { return nil }
    return Notice("\(facts.unkept), and ended with the explorer: \(reason)", kind: .error)
  }

  /// Says what waits, after something else that is to be said.
  func tellWaiting(after text: String = "") {
    guard history.waiting != nil else { return }
    let write = files.dialect.command(.write)
    tell("\(text)\(facts.unkept): another program holds the history; \(write) tries again")
  }

  private func tell(_ text: String, _ kind: Notice.Kind = .warning) {
    loss.withLock { $0 = Notice(text, kind: kind) }
  }

  private static func whyNotKept(_ error: HistoryError) -> String {
    if case .busy = error { return "another program is writing to the history" }
    return Self.reason(error)
  }
}

extension SessionEffect {
  fileprivate var changesHistory: Bool {
    switch self {
    case .commit, .move, .nameState, .save, .discard, .film(.edit), .film(.keepPainted),
      .film(.save):
      true
    default: false
    }
  }
}

extension HistoryMove {
  /// The same when revisions that waited have got other numbers than were shown.
  func renumbered(_ numbers: DocumentHistory.Renumbering?) -> HistoryMove {
    guard case .to(let revision) = self, let numbers else { return self }
    return .to(numbers.number(revision))
  }
}
