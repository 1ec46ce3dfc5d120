import Foundation
import SPAEEngine
import SPAEExplorer
import SPAEFiles
import SPAEGraphics
import SPAEHistory
import SPAEPixels
import SPAEPyramid
import SPAEScreen
import SPAESystem
import SPAETerminal

// What the explorer asks of the history.

extension EffectRunner {
  /// Notes that the file holds the head, or another revision; says why where that cannot be noted.
  func markSaved(_ path: String, _ revision: Revision.ID? = nil) -> [Message] {
    do {
      try changing { try history.markSaved(revision) }
      return []
    } catch {
      let text = "saved \(path), but the history does not know it: \(Self.reason(error))"
      return [.notice(Notice(text, kind: .warning))]
    }
  }

  func kept(_ pyramid: Pyramid, _ verb: String) throws -> Pyramid {
    let former = history.pyramid
    keepWaiting()
    _ = try changing { try history.commit(pyramid, verb: verb) }
    painter.follow(from: former, to: pyramid)
    return pyramid
  }

  func discard(to words: Pyramid) throws {
    do throws(HistoryError) { try history.keepWaiting(milliseconds: Self.retry) } catch {
      // What waits is given up; the file's own words are those of the next opening anyway.
      if history.wordsInFile == words { return }
      throw error
    }
    if let held = try history.revision(holding: words) {
      try history.jump(to: held.id)
    } else {
      try history.commit(words, verb: "discard")
    }
    _ = try inUse.follow(history)
  }

  var facts: HistoryFacts {
    var facts = history.facts
    facts.model = try? inUse.label
    return facts
  }

  /// As the file names it, where that is an earlier form of the same model.
  var modelName: PyramidDocument.ModelName {
    get throws {
      let opened = files.document.model
      return try model.goesByIdentity(opened.hash) ? opened : try model.name()
    }
  }

  func move(_ move: HistoryMove) throws -> [Message] {
    let move = try numbered(move).renumbered(keepWaiting())
    let before = history.head
    var moved: Revision?
    switch move {
    case .undo(let count):
      for _ in 0..<count { moved = try changing { try history.undo() } ?? moved }
    case .redo(let count):
      for _ in 0..<count { moved = try changing { try history.redo() } ?? moved }
    case .earlier(let count): moved = try changing { try history.earlier(.count(count)) }
    case .later(let count): moved = try changing { try history.later(.count(count)) }
    case .earlierBy(let seconds): moved = try changing { try history.earlier(.seconds(seconds)) }
    case .laterBy(let seconds): moved = try changing { try history.later(.seconds(seconds)) }
    case .to(let revision): moved = try changing { try history.jump(to: revision) }
    case .named: break
    }
    guard let moved else {
      return [.notice(Notice("there is no \(move.isBack ? "earlier" : "later") state"))]
    }
    let complaint = try inUse.follow(history).map { "; \($0)" } ?? ""
    let name = moved.name.map { " '\($0)'" } ?? ""
    let done = move.done(from: before, to: moved).map { verb, revision in
      let words = revision.summary(vocabulary: model.vocabulary, shape: history.pyramid.shape)
      return "\(verb) \(words); "
    }
    let note =
      "\(done ?? "")state \(moved.id)\(name), \(moved.named),"
      + " \(moved.time.inWords(now: Date()))\(complaint)"
    return [.moved(history.pyramid, facts, note: note)]
  }

  /// The same with the number of a state in place of its name.
  private func numbered(_ move: HistoryMove) throws -> HistoryMove {
    guard case .named(let name) = move else { return move }
    return .to(try revision(.name(name)).id)
  }

  /// The revision of a state; throws where no state is called so.
  func revision(_ state: StateName) throws -> Revision {
    switch state {
    case .number(let number): return try history.revision(number)
    case .name(let name):
      guard let revision = try history.revision(named: name) else { throw Self.unknown(name) }
      return revision
    }
  }

  static func unknown(_ name: String) -> Failure {
    Failure("no state is called '\(name)'; the tree lists the states' numbers and names")
  }

  /// What is said of a name that the head gets: whose it was, and which one the head had.
  func naming(_ name: String) throws -> String {
    let former = try history.revision(named: name)?.id
    return Self.naming(
      name, former: former == history.head.id ? nil : former, replacing: history.head.name)
  }

  static func naming(_ name: String, former: Int?, replacing old: String?) -> String {
    let replaced = old.flatMap { $0 == name ? nil : ", no longer '\($0)'" } ?? ""
    let moved = former.map { "; until now that was the name of state \($0)" } ?? ""
    return "this state is called '\(name)'\(replaced)\(moved)"
  }

  /// The tree as rows; of a very long history what is near the head.
  func revisions() throws -> [HistoryList.Row] {
    try rows(of: try history.tree()) { [history, inUse] revision in
      let vocabulary = inUse.model.vocabulary
      return (
        revision.summary(vocabulary: vocabulary, shape: history.pyramid.shape),
        try history.pyramid(of: revision.id)
      )
    }
  }

  /// Each revision of a tree with what is said of it and its words.
  func rows(
    of tree: RevisionTree, _ content: (Revision) throws -> (summary: String, pyramid: Pyramid)
  ) throws -> [HistoryList.Row] {
    let (lines, head) = (tree.lines(), tree.head)
    let place = lines.firstIndex { $0.revision.id == head } ?? 0
    let near = max(0, place - 300)..<min(lines.count, place + 300)
    return try lines[near].map { line in
      let revision = line.revision
      let (summary, pyramid) = try content(revision)
      return HistoryList.Row(
        revision: revision.id, branches: line.branches + (revision.id == head ? "@" : "o"),
        time: revision.time.inWords(now: Date()),
        summary: summary, name: revision.name, isHead: revision.id == head, pyramid: pyramid)
    }
  }

  /// Finds the words of a revision.
  typealias Words = @Sendable (EffectRunner, Int) throws -> Pyramid

  func drawThumbnails(_ revisions: [Int], _ words: @escaping Words) {
    for revision in revisions {
      inBackground { runner in
        let model = try runner.inUse.model(of: revision, in: runner.history).model
        let picture = try model.decode(try words(runner, revision))
        return [
          .thumbnail(
            revision: revision, Screen(picture: picture, rows: 2, columns: 4, by: runner.thumbnails)
          )
        ]
      }
    }
  }

  /// `now` is what the head is called among the revisions that `words` finds.
  func compare(
    with wished: @escaping @Sendable (EffectRunner) throws -> Int,
    now: @escaping @Sendable (EffectRunner) throws -> Int = { $0.history.head.id },
    _ words: @escaping Words
  ) {
    inBackground { runner in
      let revision = try wished(runner)
      let pyramid = try words(runner, revision)
      let model = try runner.inUse.model(of: revision, in: runner.history).model
      let compared = try model.decode(pyramid)
      let now = try words(runner, try now(runner))
      let psnr = try runner.model.decode(now).psnr(to: compared)
      runner.pictureStore.change { $0.compared = compared }
      return [.compared(Comparison(revision: revision, pyramid: pyramid, psnr: psnr))]
    }
  }
}
