/// Says of people no more than can be seen: no sex, no age, no part in a family.
///
/// A picture's words name people by neutral words; a language model that puts them into a sentence
/// guesses more.
package enum NeutralWords {
  private static let replacements: [String: String] = {
    let one = """
      man woman boy girl lady gentleman guy male female child kid baby toddler infant teenager \
      youth mother father mom dad son daughter brother sister husband wife grandmother \
      grandfather bride groom king queen prince princess cowboy fisherman fireman policeman \
      businessman salesman soldier nun monk
      """
    let several = """
      men women boys girls ladies gentlemen guys males females children kids babies toddlers \
      infants teenagers youths mothers fathers parents sons daughters brothers sisters husbands \
      wives kings queens cowboys fishermen firemen policemen businessmen soldiers nuns monks
      """
    let others = [
      "he": "they", "she": "they", "him": "them", "his": "their", "her": "their",
      "himself": "themselves", "herself": "themselves",
    ]
    func all(_ words: String, _ neutral: String) -> [(String, String)] {
      words.split(separator: " ").map { (String($0), neutral) }
    }
    return Dictionary(
      all(one, "person") + all(several, "people") + others.map { ($0.key, $0.value) }
    ) { $1 }
  }()

  /// Words for people that say nothing more of them.
  static let anybody: Set<String> = [
    "person", "persons", "people", "human", "humans", "anybody", "anyone", "somebody", "someone",
  ]

  /// Whether a word is for people.
  static func areOfPeople(_ word: String) -> Bool {
    anybody.contains(word) || replacements[word] != nil
  }

  /// An answer with neutral words for people, but for words that the picture has itself: a person
  /// typed those.
  package static func applied(to answer: String, keeping words: Set<String>) -> String {
    var result = ""
    var word = ""
    func end() {
      let small = word.lowercased()
      let neutral = words.contains(small) ? nil : replacements[small]
      let isUpper = word.first?.isUppercase == true
      result += neutral.map { isUpper ? $0.prefix(1).uppercased() + $0.dropFirst() : $0 } ?? word
      word = ""
    }
    for character in answer {
      if character.isLetter {
        word.append(character)
      } else {
        end()
        result.append(character)
      }
    }
    end()
    return result.replacing("an person", with: "a person")
  }
}
