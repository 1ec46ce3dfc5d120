/// A noun of a question whether something is there: "two dogs", "a blue sky".
struct SoughtNoun: Hashable {
  let name: String
  /// nil where none is asked for.
  let colour: String?
  let number: Int?

  private static let articles: Set<String> = ["a", "an", "any", "some", "the"]
  /// The colours that facts name.
  private static let colours: Set<String> = [
    "black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown",
    "beige",
  ]
  private static let numbers = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
  ]

  /// nil of no word.
  init?(_ words: some Sequence<String>) {
    var rest = Array(words)[...]
    if let first = rest.first, Self.articles.contains(first) { rest.removeFirst() }
    number = rest.first.flatMap { word in
      Int(word).flatMap { $0 > 0 ? $0 : nil } ?? Self.numbers.firstIndex(of: word).map { $0 + 1 }
    }
    if number != nil { rest.removeFirst() }
    let colour = rest.first.map { $0 == "gray" ? "grey" : $0 }.flatMap { word in
      rest.count > 1 && Self.colours.contains(word) ? word : nil
    }
    if colour != nil { rest.removeFirst() }
    self.colour = colour
    guard !rest.isEmpty else { return nil }
    name = rest.joined(separator: " ")
  }

  /// Without colour and number.
  var isBare: Bool { colour == nil && number == nil }

  var isSeveral: Bool { name.isPluralNoun }

  /// Whether it is a name, in the singular or the plural.
  func isCalled(_ other: String) -> Bool {
    name == other || name == plural(other) || plural(name) == other
  }
}

/// What a question names that asks only whether it is there: "tree" of "Is there a tree here?".
struct SoughtNouns {
  let nouns: [SoughtNoun]
  /// Whether the nouns are joined by "and".
  let needsAll: Bool

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
  /// Words that a noun with an adjective does not have.
  private static let others: Set<String> = [
    "no", "not", "either", "both", "in", "on", "at", "of", "with", "by", "near", "under", "behind",
    "above", "below", "right", "that", "which", "there", "more", "many", "than", "to", "for",
  ]

  /// Verbs that a question begins with, by how they are denied.
  private static let denials = [
    "isn't": "is", "aren't": "are", "wasn't": "was", "weren't": "were", "don't": "do",
    "doesn't": "does", "can't": "can",
  ]

  /// In small letters, and "isn't there" as "is there": the same is asked.
  private static func plain(_ question: String) -> String {
    let text = Substring(question.lowercased().replacing("\u{2019}", with: "'")).trimmed
    let first = text.prefix { $0.isLetter || $0 == "'" }
    return (denials[String(first)] ?? String(first)) + text[first.endIndex...]
  }

  /// nil for a question of another kind.
  init?(_ question: String) {
    let question = Self.plain(question)
    let isPlain = question.allSatisfy {
      $0.isLetter || $0.isNumber || $0.isWhitespace || "?.!-".contains($0)
    }
    var words = question.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    func starts(_ text: String) -> Bool { words.starts(with: text.words) }
    let opening = Self.openings.first(where: starts)
    guard isPlain, let opening = opening ?? ["is", "are"].first(where: starts) else { return nil }
    words.removeFirst(opening.words.count)
    var hasEnding = false
    while let ending = Self.endings.first(where: { words.ends(with: $0.words) }) {
      words.removeLast(ending.words.count)
      hasEnding = true
    }
    guard opening.words.count > 1 || hasEnding else { return nil }
    let joints = Set(words).intersection(["and", "or"])
    let phrases = words.split(omittingEmptySubsequences: false) { joints.contains($0) }
    nouns = phrases.compactMap { SoughtNoun($0) }
    guard joints.count < 2, nouns.count == phrases.count else { return nil }
    needsAll = joints.contains("and")
  }

  /// Whether an answer speaks of one of them, or of no other thing than "it".
  func areNamed(in answer: String) -> Bool {
    let words = answer.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let names = nouns.flatMap { [$0.name, plural($0.name)] }.flatMap(\.words)
    return !Set(words).isDisjoint(with: names)
      || !words.contains { ["there", "a", "an"].contains($0) }
  }

  /// Whether nothing stands beside the nouns but adjectives.
  var isPlain: Bool {
    nouns.allSatisfy { noun in
      noun.name.words.count < 3 && Self.others.isDisjoint(with: noun.name.words)
    }
  }
}

/// Nouns for several classes of the detection branch at once.
enum ThingKinds {
  private static let members: [String: Set<String>] = [
    "animal": [
      "bird", "cat", "kitten", "dog", "puppy", "horse", "pony", "sheep", "lamb", "cow", "cattle",
      "elephant", "bear", "zebra", "giraffe", "fish",
    ],
    "vehicle": [
      "bicycle", "bike", "car", "motorcycle", "airplane", "aircraft", "bus", "train", "truck",
      "boat",
    ],
  ]

  /// The kinds that a thing is of.
  static func kinds(of thing: String) -> [String] {
    members.filter { $0.value.contains(thing) }.map(\.key)
  }

  /// Whether a noun is for the kind that a thing is of.
  static func isKind(_ noun: String, of thing: String) -> Bool {
    kinds(of: thing).contains { noun == $0 || noun == plural($0) }
  }
}

extension String {
  fileprivate var words: [String] { split(separator: " ").map(String.init) }

  private static let irregularPlurals: Set<String> = [
    "people", "men", "women", "children", "mice", "geese", "wolves", "leaves", "knives", "teeth",
    "feet", "policemen", "firemen", "fishermen",
  ]

  var isPluralNoun: Bool {
    Self.irregularPlurals.contains(self) || hasSuffix("s") && plural(self) == self
  }
}

extension [String] {
  fileprivate func ends(with others: [String]) -> Bool { suffix(others.count) == others[...] }
}
