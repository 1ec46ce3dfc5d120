/// What is known of a picture, as plain lines: the main thing, what is where, colours and counts.
///
/// Lines are computed from the words and from what the frozen branches see; a language model only
/// puts them into a sentence.
///
///     main thing: bear
///     bear: in the middle, brown, 1
///     sky: at the top, blue
///     people: none
///     left: grass, water
///     colours: green, blue
///     top colour: blue
///     words: bear x3, grass x5, animal
package struct PictureFacts: Hashable, Sendable {
  package struct Thing: Hashable, Sendable {
    package var name: String
    /// Such as "at the upper left".
    package var place: String
    package var colours: [String]
    /// nil for what is not counted.
    package var count: Int?

    package init(name: String, place: String, colours: [String] = [], count: Int? = nil) {
      (self.name, self.place, self.colours, self.count) = (name, place, colours, count)
    }

    /// The name, of several with its number: "2 bears".
    var counted: String {
      guard let count, count > 1 else { return name }
      return "\(count) \(plural(name))"
    }

    var line: String {
      let parts = [place] + (colours.isEmpty ? [] : [colours.joined(separator: " and ")])
      return "\(name): " + (parts + (count.map { ["\($0)"] } ?? [])).joined(separator: ", ")
    }
  }

  /// The most important first; the first is the main thing.
  package var things: [Thing]
  package var isSure: Bool
  /// What a caption names beside the main thing: another name that it may have, or another thing.
  package var second: Second?
  /// nil where nothing counts them.
  package var people: Int?
  /// Names of what a frozen branch would have seen, and did not see at all.
  package var absent: Set<String> = []
  /// Names that a thing has, too, which is stated under another: water where the sea is.
  package var otherNames: [String: String] = [:]
  /// What is in each part of the picture, and which colours it has there.
  package var parts: [(name: String, things: [String], colours: [String])] {
    partNames.indices.map { (partNames[$0], partThings[$0], partColours[$0]) }
  }
  private var partNames: [String]
  private var partThings: [[String]]
  private var partColours: [[String]]
  /// The picture's words, that which covers most of it first, with how often each stands there.
  package var words: [Word]

  package struct Word: Hashable, Sendable {
    package var text: String
    package var count: Int

    package init(_ text: String, count: Int) { (self.text, self.count) = (text, count) }
  }

  package struct Second: Hashable, Sendable {
    package var thing: Thing
    package var isOtherName: Bool

    package init(_ thing: Thing, isOtherName: Bool) {
      (self.thing, self.isOtherName) = (thing, isOtherName)
    }
  }

  /// `parts` begins with the whole picture.
  package init(
    things: [Thing], isSure: Bool, people: Int?,
    parts: [(name: String, things: [String], colours: [String])], words: [Word]
  ) {
    (self.things, self.isSure, self.people, self.words) = (things, isSure, people, words)
    partNames = parts.map(\.name)
    partThings = parts.map(\.things)
    partColours = parts.map(\.colours)
  }
}

// MARK: Lines

extension PictureFacts {
  /// Things and words that a list names at most.
  private static let limits = (captioned: 4, things: 8, words: 64)

  /// What a caption is made of: the main thing, and what else there is.
  package var captionLines: [String] { [mainLine] + thingLines(Self.limits.captioned) }

  /// All that is known, a fact a line.
  package var lines: [String] {
    [mainLine] + thingLines(Self.limits.things) + peopleLine
      + partLines + colourLines + wordLine
  }

  /// What a question is about: a small model mistakes one fact for another. All where it names none.
  package func lines(for question: String) -> [String] {
    let asked = QuestionWords(question)
    let meant = lines.dropFirst().filter(asked.isAbout)
    return meant.isEmpty ? wordLine + lines.dropLast(wordLine.count) : meant
  }

  private var mainLine: String {
    guard let main = things.first else { return "main thing: unknown" }
    let other = second.flatMap { $0.isOtherName ? " or \($0.thing.name)" : nil } ?? ""
    return "main thing: " + (isSure ? "" : "maybe ") + main.counted + other
  }

  private var peopleLine: [String] {
    people.map { ["people: " + ($0 == 0 ? "none" : "\($0)")] } ?? []
  }

  private func thingLines(_ count: Int) -> [String] { things.prefix(count).map(\.line) }

  private var partLines: [String] {
    parts.compactMap {
      $0.things.isEmpty ? nil : "\($0.name): \($0.things.joined(separator: ", "))"
    }
  }

  /// The colours of the whole, then others of its parts; and those of each part.
  private var colourLines: [String] {
    let all = parts.flatMap(\.colours).reduce(into: [String]()) { kept, colour in
      if !kept.contains(colour) { kept.append(colour) }
    }
    guard !all.isEmpty else { return [] }
    let own = parts.dropFirst().filter { !$0.colours.isEmpty }.map { part in
      "\(part.name) colour: \(part.colours.joined(separator: " and "))"
    }
    return ["colours: " + all.joined(separator: ", ")] + own
  }

  private var wordLine: [String] {
    guard !words.isEmpty else { return [] }
    let listed = words.prefix(Self.limits.words).map {
      $0.count > 1 ? "\($0.text) x\($0.count)" : $0.text
    }
    return ["words: " + listed.joined(separator: ", ")]
  }
}

/// What a question is about.
private struct QuestionWords {
  private let words: Set<String>

  /// Words of questions, and those of the facts that answer them.
  private static let kinds: [(asked: Set<String>, facts: Set<String>)] = [
    (["color"], ["colour"]), (["colors"], ["colours"]),
    (
      ["who", "anybody", "anyone", "somebody", "someone", "person", "persons", "people"], ["people"]
    ),
    (["above", "upper", "top", "up"], ["top"]),
    (["below", "lower", "under", "bottom"], ["bottom"]),
    (["centre", "center", "middle"], ["middle"]),
  ]

  init(_ question: String) {
    let own = Set(question.lowercased().split { !$0.isLetter }.map(String.init))
    let meant = Self.kinds.filter { !$0.asked.isDisjoint(with: own) }.map(\.facts)
    words = meant.reduce(own) { $0.union($1) }.subtracting([
      "a", "an", "at", "in", "is", "of", "the",
    ])
  }

  /// Whether the thing or the part that a fact is of is named.
  func isAbout(_ line: String) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    return line[..<colon].split(separator: " ").map(String.init).allSatisfy { word in
      words.contains(word) || words.contains(plural(word))
    }
  }
}

/// The plural of a noun that follows the rules, or is among the commonest that do not.
func plural(_ noun: String) -> String {
  let irregular = [
    "person": "people", "people": "people", "sheep": "sheep", "cattle": "cattle", "fish": "fish",
    "bison": "bison",
    "man": "men", "woman": "women", "child": "children", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "wolf": "wolves", "leaf": "leaves", "knife": "knives",
  ]
  if let known = irregular[noun] { return known }
  if noun.hasSuffix("s") && !noun.hasSuffix("ss") && !noun.hasSuffix("us") { return noun }
  if ["s", "x", "ch", "sh"].contains(where: noun.hasSuffix) { return noun + "es" }
  let vowels: Set<Character> = ["a", "e", "i", "o", "u"]
  if noun.hasSuffix("y"), let before = noun.dropLast().last, !vowels.contains(before) {
    return noun.dropLast() + "ies"
  }
  return noun + "s"
}
