package import SPAELanguage
package import SPAEPyramid
package import SPAESystem

/// The figures of a frozen language model that reads the words in context.
package struct LanguageFigures {
  package let model: any LanguageModel
  package let vocabulary: Vocabulary
  package let episodes: Int
  /// Pictures of each label to tell in an episode.
  package let questions: Int
  package let seed: UInt64

  package init(
    model: any LanguageModel, vocabulary: Vocabulary, episodes: Int, questions: Int, seed: UInt64
  ) {
    self.model = model
    self.vocabulary = vocabulary
    self.episodes = episodes
    self.questions = questions
    self.seed = seed
  }

  /// How often a figure comes on, for a progress bar.
  package func steps(_ settings: [FewShotSetting]) -> Int { settings.count * episodes }

  /// Every setting by every calibration of the labels' log-probabilities, and by what is written.
  package func figures(
    _ set: [LabelledWords], ways: Int, settings: [FewShotSetting], progress: ProgressBar
  ) throws(LanguageError) -> [FewShotFigure] {
    var figures: [FewShotFigure] = []
    for setting in settings {
      let (tasks, drawnAgain) = try tasks(set, ways: ways, setting: setting)
      var (scored, written) = ([[Calibration: Double]](), [Double]())
      for task in tasks {
        scored.append(try task.scoredShares(by: model))
        written.append(try task.writtenShare(by: model))
        progress.advance()
      }
      func figure(_ reader: String, _ shares: [Double]) -> FewShotFigure {
        FewShotFigure(
          ways: ways, words: set[0].pictures[0].count, setting: setting,
          reader: "\(model.name), \(reader)", accuracy: Estimate(of: shares),
          drawnAgain: drawnAgain)
      }
      figures += Calibration.allCases.map { calibration in
        figure(calibration.reader, scored.map { $0[calibration] ?? 0 })
      }
      figures.append(figure("written", written))
    }
    return figures
  }

  /// The episodes as tasks, and how many of their pictures were drawn again.
  private func tasks(
    _ set: [LabelledWords], ways: Int, setting: FewShotSetting
  ) throws(LanguageError) -> (tasks: [FewShotTask], drawnAgain: Int) {
    let draw = EpisodeDraw(ways: ways, shots: setting.shots, queries: questions, seed: seed)
    let drawn = try draw.episodes(episodes, from: set)
    var tasks: [FewShotTask] = []
    for episode in drawn {
      tasks.append(
        try FewShotTask(
          episode, of: set, setting: setting, vocabulary: vocabulary,
          seed: seed &+ UInt64(tasks.count)))
    }
    return (tasks, drawn.reduce(0) { $0 + $1.drawnAgain })
  }
}

extension Calibration {
  /// The column of the table.
  fileprivate var reader: String {
    switch self {
    case .none: "log-probability"
    case .randomWords: "less a random list"
    case .episodeMean: "less the episode (*)"
    }
  }
}
