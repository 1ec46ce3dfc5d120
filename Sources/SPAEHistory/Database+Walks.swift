import Foundation
import GRDB

// Ways through the revisions of one document.

extension Database {
  /// A step down from a parent to its child.
  struct Step {
    let parent: Int
    let child: Int
  }

  /// The steps down from the common ancestor of two revisions to the second, in any order.
  func way(_ document: Int, from: Int, to: Int) throws -> [Step] {
    let common = try commonAncestor(document, from, to)
    var way: [Step] = []
    var child = to
    while child != common {
      let parent = try knownParent(document, child)
      way.append(Step(parent: parent, child: child))
      child = parent
    }
    return way
  }

  /// The latest revision that both came from: numbers grow from parent to child.
  func commonAncestor(_ document: Int, _ a: Int, _ b: Int) throws -> Int {
    var (a, b) = (a, b)
    while a != b {
      if a > b { a = try knownParent(document, a) } else { b = try knownParent(document, b) }
    }
    return a
  }

  private func knownParent(_ document: Int, _ number: Int) throws -> Int {
    guard let parent = try parent(document, number), parent < number else {
      throw HistoryError.damaged(path: "", reason: "revision \(number) has no way to the first")
    }
    return parent
  }

  /// The latest revision with this content on the way from a revision to the first.
  func latestAncestor(
    _ document: Int, of number: Int, holding content: [UInt8]
  ) throws -> Int? {
    let found = try row(
      """
      WITH RECURSIVE up (key, parent, content) AS (
        SELECT key, parent, content FROM revision WHERE key = ?
        UNION ALL
        SELECT revision.key, revision.parent, revision.content
        FROM up JOIN revision ON revision.key = up.parent AND revision.key < up.key)
      SELECT key FROM up WHERE content = ? LIMIT 1
      """, [RevisionKey(document, number).raw, Data(content)])
    return try found.map { RevisionKey(raw: try $0.value(0)).number }
  }

  func leaves(_ document: Int) throws -> [Revision] {
    try revisions(
      document,
      where: "NOT EXISTS (SELECT 1 FROM revision AS child WHERE child.parent = revision.key)")
  }

  /// The number that many revisions or seconds before the head; nil where none is before it.
  func earlier(
    _ document: Int, _ head: Revision, _ distance: DocumentHistory.Distance
  ) throws -> Int? {
    let before = [RevisionKey(document, 0).raw, RevisionKey(document, head.id).raw - 1]
    let found: Row?
    switch distance {
    case .count(let count):
      found = try row(
        """
        SELECT min(key) FROM (SELECT key FROM revision WHERE key BETWEEN ? AND ?
        ORDER BY key DESC LIMIT ?)
        """, StatementArguments(before + [Int64(max(0, count))]))
    case .seconds(let seconds):
      let time = moved(head.time.microseconds, by: -seconds)
      found = try row(
        """
        SELECT coalesce(max(key) FILTER (WHERE time <= ?), min(key))
        FROM revision WHERE key BETWEEN ? AND ?
        """, StatementArguments([time] + before))
    }
    return try found?.optional(0, as: Int64.self).map { RevisionKey(raw: $0).number }
  }

  /// The number that many revisions or seconds after the head; nil where none is after it.
  func later(
    _ document: Int, _ head: Revision, _ distance: DocumentHistory.Distance
  ) throws -> Int? {
    let after = [RevisionKey(document, head.id).raw + 1, RevisionKey(document + 1, 0).raw - 1]
    let found: Row?
    switch distance {
    case .count(let count):
      found = try row(
        """
        SELECT max(key) FROM (SELECT key FROM revision WHERE key BETWEEN ? AND ?
        ORDER BY key LIMIT ?)
        """, StatementArguments(after + [Int64(max(0, count))]))
    case .seconds(let seconds):
      let time = moved(head.time.microseconds, by: seconds)
      let beyond = try row(
        "SELECT min(key) FROM revision WHERE key BETWEEN ? AND ? AND time > ?",
        StatementArguments(after + [time]))?.optional(0, as: Int64.self)
      found = try row(
        "SELECT max(key) FROM revision WHERE key BETWEEN ? AND ?",
        [after[0], beyond.map { $0 - 1 } ?? after[1]])
    }
    return try found?.optional(0, as: Int64.self).map { RevisionKey(raw: $0).number }
  }

  /// A time some seconds away, or the last there is in that direction.
  private func moved(_ time: Int64, by seconds: Double) -> Int64 {
    let far = seconds < 0 ? Int64.min : Int64.max
    guard let distance = Int64(exactly: (seconds * 1e6).rounded()) else { return far }
    let (sum, isFar) = time.addingReportingOverflow(distance)
    return isFar ? far : sum
  }
}
