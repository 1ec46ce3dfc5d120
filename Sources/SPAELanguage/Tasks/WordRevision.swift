import Glibc
package import SPAEPyramid

/// Changes of a picture's words that grant a wish, as a frozen language model has them.
///
/// The model first says which words a picture shows that is as the wish has it; then each word of the
/// picture is asked whether it becomes one of those or stays. Both are scores of log-probability, less a
/// share of the same score without the wish, so that words which are likely anywhere win nothing by
/// that. A server that gives no log-probabilities writes the changes instead.
package struct WordRevision {
  /// Words of one picture that become others.
  package struct Change: Hashable, Sendable {
    package var old: Int32
    package var new: Int32

    package init(old: Int32, new: Int32) { (self.old, self.new) = (old, new) }
  }

  package struct Proposal: Hashable, Sendable {
    /// The most certain first; empty where the wish changes nothing.
    package var changes: [Change] = []
    /// The words that the model read.
    package var read: [Int32] = []
    /// Whether no word of the wish is known.
    package var isUnknown = false
    /// Changes of a written answer whose words are not the picture's or the vocabulary's.
    package var repaired = 0

    /// What a person should know of it.
    package var notices: [String] {
      var notices: [String] = []
      if repaired > 0 {
        notices.append(
          "\(repaired) change\(repaired == 1 ? "" : "s") left out: "
            + "the words are not the picture's or the vocabulary's")
      }
      if isOfEverything { notices.append("the wish changes every word that was read") }
      return notices
    }

    /// Why nothing changes, where that is so.
    package func reason(_ vocabulary: Vocabulary) -> String {
      guard !isUnknown else { return "no word of the wish is known" }
      return "the model read " + read.map { vocabulary[$0] }.joined(separator: ", ")
    }

    /// Whether nothing of what was read stays.
    package var isOfEverything: Bool {
      !read.isEmpty && Set(changes.map(\.old)).isSuperset(of: read)
    }
  }

  let model: any LanguageModel
  let vocabulary: Vocabulary
  let examples: RevisionExamples
  /// Whether two words mean nearly the same.
  let isRelated: (Int32, Int32) -> Bool
  /// The colour that a word usually has, in CIELAB; nil for words that have none.
  package var colour: (Int32) -> SIMD3<Float>? = { _ in nil }

  package init(
    model: any LanguageModel, vocabulary: Vocabulary, examples: RevisionExamples,
    isRelated: @escaping (Int32, Int32) -> Bool
  ) {
    (self.model, self.vocabulary) = (model, vocabulary)
    (self.examples, self.isRelated) = (examples, isRelated)
  }

  /// Words that are read, and the most that change.
  static let limits = (words: 8, changes: 4)
  /// Words of the wish that each word may become.
  private static let targets = 8
  /// The share of the score without the wish that is taken off.
  private static let neutralShare = 0.5
  /// A change is made that is at most so much less certain than the first.
  private static let spread = 1.5
  /// A word that the wish names changes where its log-odds are at least this.
  private static let namedOdds = -2.0
  /// Wishes that say nothing.
  private static let neutralScenes = ["", "of something", "here"]
  private static let neutralWish = "as it is"

  /// Proposes changes; `words` are the picture's upper words, each once, the largest first.
  package func proposal(
    for wish: String, words: [Int32]
  ) throws(LanguageError) -> Proposal {
    let words = read(words, wish)
    guard isKnown(wish) else { return Proposal(read: words, isUnknown: true) }
    do throws(LanguageError) {
      let targets = try targets(of: wish, among: words)
      let candidates = try candidates(for: wish, words, targets)
      return Proposal(changes: choice(candidates, wish), read: words)
    } catch {
      guard case .noLogProbabilities = error else { throw error }
      return try written(wish, words)
    }
  }

  /// The words that are read: the largest, and those that the wish names.
  private func read(_ words: [Int32], _ wish: String) -> [Int32] {
    let largest = Array(words.prefix(Self.limits.words))
    let isDark = isDark(wish, among: words)
    return largest
      + words.dropFirst(Self.limits.words).filter { isNamed($0, in: wish) || isDark && isSky($0) }
  }

  // MARK: By scores

  /// A word that may become another, and how much rather than stay: log-odds.
  private struct Candidate {
    var change: Change
    /// With the neutral share taken off.
    var gain: Double
    var odds: Double
  }

  /// Words that a picture shows that is as the wish has it, with their scores.
  private func targets(
    of wish: String, among words: [Int32]
  ) throws(LanguageError) -> [(word: Int32, score: Double)] {
    let wished = try likeliest(after: examples.showingPrompt(wish))
    var neutral: [LikelyWords] = []
    for scene in Self.neutralScenes {
      neutral.append(try likeliest(after: examples.showingPrompt(scene)))
    }
    let named = words.filter { isNamed($0, in: wish) }
    let scores = wished.scores.compactMap { text, score -> (word: Int32, score: Double)? in
      guard score > Self.leastScore, let word = vocabulary.number(of: text),
        !named.contains(where: { isForm(word, of: $0) })
      else { return nil }
      return (word, score - Self.neutralShare * mean(of: text, in: neutral))
    }
    let sorted = scores.sorted { ($1.score, $0.word) < ($0.score, $1.word) }
    return Array(coloured(sorted, as: wish, but: named).prefix(Self.targets))
  }

  /// Below this a word has nothing to do with the wish.
  static let leastScore = -9.0

  private func mean(of word: String, in scores: [LikelyWords]) -> Double {
    let likelihoods = scores.map { exp($0.scores[word] ?? $0.least) }
    return log(likelihoods.reduce(0, +) / Double(scores.count))
  }

  private func likeliest(after prompt: String) throws(LanguageError) -> LikelyWords {
    try model.likeliest(of: vocabulary.words, after: prompt)
  }

  /// What each word would become. All words are scored with the wish and then all without, so that
  /// a server that keeps what it has read reads each of the two prompts once.
  private func candidates(
    for wish: String, _ words: [Int32], _ targets: [(word: Int32, score: Double)]
  ) throws(LanguageError) -> [Candidate] {
    let wished = try scores(words, targets.map(\.word), wish)
    let neutral = try scores(words, targets.map(\.word), Self.neutralWish)
    return words.indices.compactMap { index in
      let word = words[index]
      let gains = zip(wished[index], neutral[index]).map { $0 - Self.neutralShare * $1 }
      // The first score is that of the word itself.
      let others = targets.indices.filter { !isForm(targets[$0].word, of: word) }
      func worth(_ target: Int) -> Double { gains[target + 1] + 0.5 * targets[target].score }
      guard let best = others.max(by: { worth($0) < worth($1) }) else { return nil }
      return Candidate(
        change: Change(old: word, new: targets[best].word), gain: gains[best + 1] - gains[0],
        odds: wished[index][best + 1] - wished[index][0])
    }
  }

  /// The log-probability of each word to stay, and to become each target, [word][1 + target].
  private func scores(
    _ words: [Int32], _ targets: [Int32], _ wish: String
  ) throws(LanguageError) -> [[Double]] {
    let prompt = examples.changesPrompt(words: words.map { vocabulary[$0] }, wish: wish)
    var scores: [[Double]] = []
    for word in words {
      let (line, own) = (prompt + "\(vocabulary[word]) ->", vocabulary[word])
      let answers = [own] + targets.map { vocabulary[$0] }
      var found = try model.likeliest(of: answers, after: line)
      // A word that some models split into tokens.
      if found.scores[own] == nil {
        found.scores[own] = try model.logProbabilities(of: [" " + own], after: line)[0]
      }
      scores.append(answers.map { found.scores[$0] ?? found.least })
    }
    return scores
  }

  /// Those that change: what the wish names, else what gains most, but not the main subject.
  private func choice(_ candidates: [Candidate], _ wish: String) -> [Change] {
    let named = candidates.filter {
      isNamed($0.change.old, in: wish) && $0.odds > Self.namedOdds
    }
    if !named.isEmpty { return named.map(\.change) }
    guard let subject = candidates.first?.change.old else { return [] }
    if isDark(wish, among: candidates.map(\.change.old)) { return darkened(candidates) }
    let unnamed = candidates.filter { !isNamed($0.change.old, in: wish) }
    let around = unnamed.filter {
      $0.change.old != subject && !isRelated(subject, $0.change.old)
    }
    let sorted = withoutSnowInTheSky(around.isEmpty ? unnamed : around)
      .sorted { $0.gain > $1.gain }
    guard let best = sorted.first, best.gain > 0 else { return [] }
    return sorted.filter { $0.gain > max(0, best.gain - Self.spread) }
      .prefix(Self.limits.changes).map(\.change)
  }

  /// Snow lies on the ground: the sky stays where something below it becomes white.
  private func withoutSnowInTheSky(_ candidates: [Candidate]) -> [Candidate] {
    let others = candidates.filter { !isSky($0.change.old) || !liesOnTheGround($0.change.new) }
    let below = others.contains { $0.gain > 0 && liesOnTheGround($0.change.new) }
    return below ? others : candidates
  }

  /// The light of a whole picture changes: the sky, and the largest words around the main subject.
  private func darkened(_ candidates: [Candidate]) -> [Change] {
    guard let subject = candidates.first?.change.old else { return [] }
    let around = candidates.filter {
      $0.change.old != subject && !isRelated(subject, $0.change.old)
    }
    let sky = around.filter { isSky($0.change.old) }
    let others = around.filter { !isSky($0.change.old) }
    return sky.map(\.change) + others.prefix(max(1, Self.limits.changes - sky.count)).map(\.change)
  }

  // MARK: Written

  /// Tokens of a written answer.
  static let longestAnswer = 160

  private func written(_ wish: String, _ words: [Int32]) throws(LanguageError) -> Proposal {
    let prompt = examples.changesPrompt(words: words.map { vocabulary[$0] }, wish: wish)
    let request = CompletionRequest(
      prompt: prompt, maximumTokens: Self.longestAnswer, stop: ["\n\n"])
    var proposal = Proposal(read: words)
    for line in try model.complete(request).text.split(whereSeparator: \.isNewline) {
      for change in RevisionExamples.changes(in: line.lowercased()) ?? [] {
        guard let old = number(of: change.old), words.contains(old),
          let new = number(of: change.new)
        else {
          proposal.repaired += 1
          continue
        }
        let isNew = !proposal.changes.contains { $0.old == old }
        if old != new, isNew { proposal.changes.append(Change(old: old, new: new)) }
      }
    }
    return proposal
  }
}
