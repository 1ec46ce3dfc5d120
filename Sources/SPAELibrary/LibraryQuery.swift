package import SPAEColour
package import SPAEPyramid
package import SPAESystem

/// What a person looks for: a bag of words and colours, all of which must be in a picture.
package struct LibraryQuery: Hashable, Sendable {
  package struct Term: Hashable, Sendable {
    /// As it is shown: "red car".
    package let text: String
    /// Its word; nil for a colour alone that is no word of the vocabulary.
    package let word: Int32?
    /// What colour its position must have.
    package let colour: RGB?
    /// Whether the word is only the colour's name.
    package var isColourAlone = false
  }

  package private(set) var terms: [Term] = []
  /// Words that say nothing about a picture, and were left out.
  package private(set) var dropped: [String] = []

  /// Splits a text into words; a colour belongs to the word behind it.
  ///
  /// Throws where a word is not in the vocabulary, with those near in spelling, and where none is left.
  package init(
    _ text: String, vocabulary: Vocabulary, colours: ColourNames
  ) throws(Failure) {
    var rest = Self.words(of: text)[...]
    while let word = rest.popFirst() {
      if Self.stopWords.contains(word) {
        dropped.append(word)
      } else if let colour = colours[word] {
        try take(colour, named: word, &rest, vocabulary, colours)
      } else {
        terms.append(try Self.term(word, &rest, vocabulary))
      }
    }
    guard !terms.isEmpty else {
      throw Failure("'\(text)': no word to look for; name things, places and colours")
    }
  }

  /// A colour, with the word behind it if that is a thing.
  private mutating func take(
    _ colour: RGB, named name: String, _ rest: inout ArraySlice<String>, _ vocabulary: Vocabulary,
    _ colours: ColourNames
  ) throws(Failure) {
    guard let next = rest.first, !Self.stopWords.contains(next), colours[next] == nil else {
      terms.append(
        Term(
          text: name, word: vocabulary.number(of: name), colour: colour, isColourAlone: true))
      return
    }
    rest.removeFirst()
    let thing = try Self.term(next, &rest, vocabulary)
    terms.append(Term(text: "\(name) \(thing.text)", word: thing.word, colour: colour))
  }

  /// A word of the vocabulary: as it is, with the next one ("gold fish"), or its singular.
  private static func term(
    _ word: String, _ rest: inout ArraySlice<String>, _ vocabulary: Vocabulary
  ) throws(Failure) -> Term {
    if let next = rest.first, let number = vocabulary.number(of: word + next) {
      rest.removeFirst()
      return Term(text: word + next, word: number, colour: nil)
    }
    for form in [word] + singulars(of: word) {
      if let number = vocabulary.number(of: form) {
        return Term(text: form, word: number, colour: nil)
      }
    }
    let near = vocabulary.nearestInSpelling(to: word)
    throw Failure("\(PyramidTextError.Problem.unknownWord(word, near: near))")
  }

  private static func singulars(of word: String) -> [String] {
    guard word.count > 3, word.hasSuffix("s") else { return [] }
    return [
      String(word.dropLast()), word.hasSuffix("es") ? String(word.dropLast(2)) : nil,
      word.hasSuffix("ies") ? word.dropLast(3) + "y" : nil,
    ].compactMap { $0 }
  }

  private static func words(of text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
  }

  package static let stopWords: Set<String> = [
    "a", "an", "the", "some", "any", "this", "that", "these", "those", "my", "your", "his", "her",
    "its", "our", "their", "and", "or", "with", "of", "on", "in", "at", "by", "to", "from", "for",
    "into", "onto", "over", "under", "near", "beside", "behind", "before", "between", "through",
    "is", "are", "was", "be", "has", "have", "having", "there", "it", "as", "like", "very",
    "picture", "pictures", "photo", "photos", "photograph", "photographs", "image", "images",
    "showing", "shows",
  ]
}
