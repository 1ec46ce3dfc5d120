package import SPAEPyramid
import SPAEScreen

/// The tree of all states, newest first.
package struct HistoryList: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    package var revision: Int
    /// The lines of the tree left of the state, such as "│ o ".
    package var branches: String
    /// When it was made, in words.
    package var time: String
    /// What was done, such as "edit: 3 (1,2) muzzle > kitten".
    package var summary: String
    package var name: String?
    package var isHead: Bool
    package var pyramid: Pyramid

    package init(
      revision: Int, branches: String, time: String, summary: String, name: String?,
      isHead: Bool, pyramid: Pyramid
    ) {
      self.revision = revision
      self.branches = branches
      self.time = time
      self.summary = summary
      self.name = name
      self.isHead = isHead
      self.pyramid = pyramid
    }
  }

  package private(set) var rows: [Row] = []
  package private(set) var selection = 0
  var thumbnails: [Int: Screen] = [:]

  /// The state that is highlighted; its picture is shown.
  package var selected: Row? { rows.indices.contains(selection) ? rows[selection] : nil }

  mutating func take(_ rows: [Row]) {
    self.rows = rows
    selection = rows.firstIndex(where: \.isHead) ?? 0
  }

  mutating func move(by step: Int) {
    selection = min(max(0, selection + step), max(0, rows.count - 1))
  }

  /// The states near the selection that have no small picture yet.
  var missingThumbnails: [Int] {
    let near = max(0, selection - 12)..<min(rows.count, selection + 13)
    return near.map { rows[$0].revision }.filter { thumbnails[$0] == nil }
  }
}
