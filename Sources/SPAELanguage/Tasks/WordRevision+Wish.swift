import SPAEPyramid

// What a wish says: which words it names, of which colour they are, and whether any is known.
extension WordRevision {
  /// Two words have one colour at this distance or less, in CIELAB.
  private static let nearColour: Float = 40

  /// Where the wish names something that has a colour and is nothing of the picture's, such as snow,
  /// only that and words of its colour; all words otherwise. What is dark must mean the same too: a road
  /// is as dark as the night, and no house becomes one.
  func coloured(
    _ targets: [(word: Int32, score: Double)], as wish: String, but named: [Int32]
  ) -> [(word: Int32, score: Double)] {
    guard let wished = wishedColour(wish, but: named) else { return targets }
    let isDark = wished.colour.x < Self.darkness
    let near = targets.filter { target in
      let isMeant =
        !isDark || target.word == wished.word || isRelated(wished.word, target.word)
      return isMeant
        && colour(target.word).map { distance($0, wished.colour) <= Self.nearColour } ?? false
    }
    guard !near.contains(where: { $0.word == wished.word }) else { return near }
    let best = targets.first?.score ?? Self.leastScore
    return [(wished.word, best)] + near
  }

  /// The first word of the wish that has a colour of its own.
  func wishedColour(
    _ wish: String, but named: [Int32]
  ) -> (word: Int32, colour: SIMD3<Float>)? {
    for text in Self.words(of: wish) {
      guard let word = number(of: text), let colour = colour(word),
        !named.contains(where: { isForm(word, of: $0) })
      else { continue }
      return (word, colour)
    }
    return nil
  }

  private func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
    let difference = a - b
    return (difference * difference).sum().squareRoot()
  }

  private static func words(of wish: String) -> [String] {
    wish.lowercased().split { !$0.isLetter }.map(String.init)
  }

  /// Words of a wish that have no meaning of their own.
  private static let little: Set<String> = [
    "and", "are", "but", "for", "from", "had", "has", "have", "her", "his", "into", "its", "not",
    "off", "our", "out", "own", "she", "some", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "was", "were", "will", "with", "you", "your",
  ]

  /// Whether a word of the wish is of the vocabulary, or a token of the model.
  func isKnown(_ wish: String) -> Bool {
    let words = Self.words(of: wish).filter { $0.count > 2 && !Self.little.contains($0) }
    return words.isEmpty
      || words.contains { word in
        let count = try? model.tokenCount(of: " " + word)
        return number(of: word) != nil || count == nil || count == 1
      }
  }

  /// Below this lightness, in CIELAB, a wish is for the dark.
  private static let darkness: Float = 25

  /// Above this lightness, in CIELAB, is what is white.
  private static let lightness: Float = 80

  /// Whether a wish is for a picture that is dark as a whole: at night.
  func isDark(_ wish: String, among words: [Int32]) -> Bool {
    let named = words.filter { isNamed($0, in: wish) }
    guard named.isEmpty, let wished = wishedColour(wish, but: named) else { return false }
    return wished.colour.x < Self.darkness
  }

  func isSky(_ word: Int32) -> Bool {
    guard let sky = vocabulary.number(of: "sky") else { return false }
    return word == sky || isRelated(sky, word)
  }

  /// Whether a word is as light as snow, and nothing of the sky's, as fog and clouds are.
  func liesOnTheGround(_ word: Int32) -> Bool {
    guard let colour = colour(word), colour.x > Self.lightness else { return false }
    return !["sky", "cloud", "fog"].contains { name in
      vocabulary.number(of: name).map { $0 == word || isRelated($0, word) } ?? false
    }
  }

  /// A word of the vocabulary, or its plural, or its singular.
  func number(of word: String) -> Int32? {
    let forms = [word] + plurals(of: word) + (word.hasSuffix("s") ? [String(word.dropLast())] : [])
    return forms.lazy.compactMap { vocabulary.number(of: $0) }.first
  }

  // MARK: Forms

  func isNamed(_ word: Int32, in wish: String) -> Bool {
    wish.lowercased().split { !$0.isLetter }.contains { isForm(String($0), vocabulary[word]) }
  }

  func isForm(_ word: Int32, of other: Int32) -> Bool {
    isForm(vocabulary[word], vocabulary[other])
  }

  /// Whether two words are the same but for a plural's end.
  func isForm(_ a: String, _ b: String) -> Bool {
    a == b || plurals(of: a).contains(b) || plurals(of: b).contains(a)
  }

  private func plurals(of word: String) -> [String] {
    [word + "s", word + "es"] + (word.hasSuffix("y") ? [word.dropLast() + "ies"] : [])
  }
}
