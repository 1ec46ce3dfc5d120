/// What the facts say to a question whether something is there.
package struct Presence: Hashable {
  package enum Verdict: String {
    case yes = "Yes"
    case maybe = "Maybe"
    case no = "No"
  }

  /// What is asked for: "tree".
  package let name: String
  package let verdict: Verdict
  /// What is there, and where: "a tree at the top"; empty where nothing is.
  package let detail: String
  /// What is there beside it, by its names.
  let others: [String]

  /// The answer without a model.
  package var plainAnswer: String { verdict.rawValue + (detail.isEmpty ? "." : ", \(detail).") }

  /// Whether an answer says the same, and does not take it back.
  func accepts(_ answer: String) -> Bool {
    let said = answer.lowercased().split { !$0.isLetter }.map(String.init)
    guard said.first == verdict.rawValue.lowercased() else { return false }
    let rest = said.dropFirst()
    let denies = !Set(rest).isDisjoint(with: ["no", "not", "none", "nothing", "isn", "aren"])
    func names(_ name: String) -> Bool {
      name.split(separator: " ").allSatisfy { word in
        rest.contains { $0 == word || $0 == plural(String(word)) || plural($0) == word }
      }
    }
    if rest.isEmpty { return true }
    return verdict == .no
      ? denies || !names(name) && others.contains(where: names) : !denies && names(name)
  }
}

extension PictureFacts {
  /// What the facts say to a question whether something is there; nil where they do not tell, or
  /// where it asks for anything else.
  ///
  /// A word of the picture that no branch could have seen is there if it stands there twice.
  package func presence(in question: String) -> Presence? {
    guard let name = SoughtName(question)?.text else { return nil }
    func isCalled(_ other: String) -> Bool { name == other || name == plural(other) }
    func presence(_ verdict: Presence.Verdict, _ detail: String = "") -> Presence {
      Presence(name: name, verdict: verdict, detail: detail, others: things.map(\.name))
    }
    if NeutralWords.areOfPeople(name) {
      return verdict(ofPeople: name).map { presence($0.verdict, $0.detail) }
    }
    let other = otherNames.first { isCalled($0.key) }?.value
    if let thing = things.first(where: { isCalled($0.name) || $0.name == other }) {
      let isMaybe = thing == things.first && !isSure
      return presence(isMaybe ? .maybe : .yes, "\(withArticle(thing)) \(thing.place)")
    }
    let word = words.first { isCalled($0.text) }
    switch (isAbsent: absent.contains(where: isCalled), word?.count) {
    case (true, nil): return presence(.no)
    case (false, let count?): return presence(count > 1 ? .yes : .maybe)
    default: return nil
    }
  }

  /// Which people they are nothing tells.
  private func verdict(
    ofPeople name: String
  ) -> (verdict: Presence.Verdict, detail: String)? {
    let isAny = NeutralWords.anybody.contains(name)
    switch people {
    case 0: return (.no, "")
    case let count? where isAny:
      let detail = count == 1 ? "a person" : "\(count) people"
      let place = things.first { NeutralWords.anybody.contains($0.name) }.map { " \($0.place)" }
      return (.yes, detail + (place ?? ""))
    default: return nil
    }
  }
}

/// What a question names that asks only whether it is there: "tree" of "Is there a tree here?".
private struct SoughtName {
  let text: String

  private static let pictures = ["picture", "photo", "photograph", "image", "scene"].flatMap {
    ["the \($0)", "this \($0)"]
  }
  private static let openings =
    ["is there", "are there", "was there", "were there"]
    + ["do you", "can you", "can i", "can we", "can one"].map { "\($0) see" }
    + (["it", "this"] + pictures).flatMap { subject in
      ["show", "have", "contain"].map { "does \(subject) \($0)" }
    }
  private static let endings =
    ["there", "here", "visible", "anywhere", "at all", "in it"]
    + pictures.flatMap { ["in \($0)", "on \($0)"] }
  private static let articles: Set<String> = ["a", "an", "any", "some", "the"]

  /// nil for a question of another kind.
  init?(_ question: String) {
    var words = question.lowercased().split { !$0.isLetter }.map(String.init)
    func starts(_ text: String) -> Bool { words.starts(with: text.words) }
    let opening = Self.openings.first(where: starts)
    guard let opening = opening ?? ["is", "are"].first(where: starts) else { return nil }
    words.removeFirst(opening.words.count)
    var hasEnding = false
    while let ending = Self.endings.first(where: { words.ends(with: $0.words) }) {
      words.removeLast(ending.words.count)
      hasEnding = true
    }
    guard opening.words.count > 1 || hasEnding else { return nil }
    if let first = words.first, Self.articles.contains(first) { words.removeFirst() }
    guard !words.isEmpty else { return nil }
    text = words.joined(separator: " ")
  }
}

extension String {
  fileprivate var words: [String] { split(separator: " ").map(String.init) }
}

extension [String] {
  fileprivate func ends(with others: [String]) -> Bool { suffix(others.count) == others[...] }
}
