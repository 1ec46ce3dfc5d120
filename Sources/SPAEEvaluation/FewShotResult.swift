/// All that the answers of some episodes depend on: two results of one cell may be averaged.
package struct FewShotCell: Hashable, Sendable, Codable {
  /// A row of a table: a cell without its setting.
  package struct Row: Hashable, Sendable, Codable {
    /// The language model's name, or none.
    package var model: String
    /// How its answer is taken, or "nearest centroid".
    package var method: String
    /// What stands for a picture: "words", "swapped words" or "labels".
    package var reads: String
    /// A fingerprint of all lists and labels that episodes are drawn from, and of the prompts' form.
    package var lists: String
    package var ways: Int
    /// Entries of a picture's list.
    package var words: Int
    /// Pictures of each label that are asked in an episode.
    package var questions: Int
    package var seed: UInt64

    package init(
      model: String, method: String, reads: String, lists: String, ways: Int, words: Int,
      questions: Int, seed: UInt64
    ) {
      (self.model, self.method, self.reads, self.lists) = (model, method, reads, lists)
      (self.ways, self.words, self.questions, self.seed) = (ways, words, questions, seed)
    }
  }

  package var row: Row
  package var setting: FewShotSetting

  package init(_ row: Row, _ setting: FewShotSetting) { (self.row, self.setting) = (row, setting) }
}

extension FewShotCell.Row {
  /// The reader, as a table names it.
  package var name: String {
    [model, method, reads == "words" ? "" : reads].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

/// What one episode of a cell gave: a line of a results file.
package struct FewShotResult: Hashable, Sendable, Codable {
  package var cell: FewShotCell
  /// The episode's number, from 0.
  package var episode: Int
  package var right: Int
  package var asked: Int

  package init(cell: FewShotCell, episode: Int, right: Int, asked: Int) {
    (self.cell, self.episode, self.right, self.asked) = (cell, episode, right, asked)
  }

  /// The share of right answers, 0 to 1.
  package var share: Double { Double(right) / Double(max(1, asked)) }

  /// Why a line cannot be a result of this program; nil where it can.
  var problem: String? {
    guard episode >= 0, asked > 0, (0...asked).contains(right) else {
      return "\(right) right answers of \(asked) in episode \(episode)"
    }
    guard cell.row.ways > 1, cell.row.words > 0, FewShotSetting.protocolOrder.contains(cell.setting)
    else { return "a cell that no table has" }
    return nil
  }
}
