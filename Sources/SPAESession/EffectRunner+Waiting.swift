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

  /// Tries again to put into the history what waits; false where it still does.
  @discardableResult
  func keepWaiting() -> Bool {
    guard let count = history.waiting else { return true }
    do throws(HistoryError) {
      try history.keepWaiting(milliseconds: Self.retry)
    } catch { return false }
    let edits = count == 1 ? "the edit that waited is" : "\(count) edits that waited are"
    tell("\(count == 0 ? "the move that waited is" : edits) in the history now", .plain)
    return true
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
    let (write, quit) = (files.dialect.command(.write), files.dialect.command(.quit))
    tell(
      "\(text)\(facts.unkept): another program is writing to it; the next edit, \(write) and \(quit) try"
        + " again")
  }

  private func tell(_ text: String, _ kind: Notice.Kind = .warning) {
    loss.withLock { $0 = Notice(text, kind: kind) }
  }

  private static func whyNotKept(_ error: HistoryError) -> String {
    if case .busy = error { return "another program is writing to it" }
    return Self.reason(error)
  }
}
