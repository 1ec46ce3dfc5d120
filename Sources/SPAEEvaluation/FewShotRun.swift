package import SPAELanguage
import SPAEPyramid
package import SPAESystem

/// Puts episodes to readers of words, and keeps what they answered; what is known is not asked again.
package struct FewShotRun {
  /// What stands for the pictures, and what it is called.
  package struct Lists {
    package let name: String
    package let set: [LabelledWords]
    package let entries: ListEntries

    package init(name: String, set: [LabelledWords], entries: ListEntries) {
      (self.name, self.set, self.entries) = (name, set, entries)
    }

    /// Changes with every label, list and word, and with the prompts' form.
    fileprivate var fingerprint: String {
      let lists = set.map { label in
        let pictures = label.pictures.map { $0.map { entries.names[Int($0)] } }
        return label.label + "\n"
          + pictures.map { $0.joined(separator: "\t") }.joined(separator: "\n")
      }
      let example = LabelPrompts(
        labels: ["a", "b"], examples: [.init(words: ["c", "d"], label: 0)],
        separator: entries.separator)
      let forms = [example.frozen(["e"]), example.plain(["e"]), example.channel("b")].map(\.text)
      return String(
        Fingerprint.hexadecimal(of: (lists + forms).joined(separator: "\n\n")).prefix(16))
    }
  }

  package let model: any LanguageModel
  package let methods: [ReadingMethod]
  package let episodes: Int
  /// Pictures of each label to tell in an episode.
  package let questions: Int
  package let seed: UInt64

  package init(
    model: any LanguageModel, methods: [ReadingMethod], episodes: Int, questions: Int, seed: UInt64
  ) {
    self.model = model
    self.methods = methods
    self.episodes = episodes
    self.questions = questions
    self.seed = seed
  }

  /// How often a run over some lists comes on, for a progress bar.
  package var steps: Int { episodes * methods.count * FewShotSetting.protocolOrder.count }

  /// Asks all settings of an episode before the next one, so that a run that is broken off has as
  /// many episodes of each. The prompts of one method follow each other: most begin with the one before.
  package func run(
    _ lists: Lists, ways: Int, into results: any ResultsStore, progress: ProgressBar
  ) throws {
    let drawn = try FewShotSetting.protocolOrder.map { setting in
      let draw = EpisodeDraw(ways: ways, shots: setting.shots, queries: questions, seed: seed)
      return (setting, try draw.episodes(episodes, from: lists.set))
    }
    let rows = methods.map { row($0, lists, lists.fingerprint, ways: ways) }
    for episode in 0..<episodes {
      for (method, row) in zip(methods, rows) {
        var known: [[String]: Int] = [:]
        for (setting, drawn) in drawn {
          let cell = FewShotCell(row, setting)
          if !results.holds(episode, of: cell) {
            try results.append(
              try result(drawn[episode], episode, of: cell, method, lists, &known))
          }
          progress.advance()
        }
      }
    }
  }

  private func row(
    _ method: ReadingMethod, _ lists: Lists, _ fingerprint: String, ways: Int
  ) -> FewShotCell.Row {
    FewShotCell.Row(
      model: model.name, method: method.text, reads: lists.name, lists: fingerprint, ways: ways,
      words: lists.set.first?.pictures.first?.count ?? 0, questions: questions, seed: seed)
  }

  private func result(
    _ drawn: Episode, _ episode: Int, of cell: FewShotCell, _ method: ReadingMethod,
    _ lists: Lists, _ known: inout [[String]: Int]
  ) throws(LanguageError) -> FewShotResult {
    let task = try FewShotTask(
      drawn, of: lists.set, setting: cell.setting, entries: lists.entries,
      seed: seed &+ UInt64(episode))
    // Settings that differ in what a method leaves out have the same prompts, and so the same answers.
    let prompts = task.prompts(for: method)
    let right =
      if let right = known[prompts] { right } else { try task.right(by: model, method: method) }
    known[prompts] = right
    return FewShotResult(
      cell: cell, episode: episode, right: right, asked: task.questions.count)
  }
}
