import SPAESystem

/// The words that a pyramid may hold, each with its number.
public struct Vocabulary: Sendable {
  /// The words in order; a word's number is its place.
  public let words: [String]

  private let numbers: [String: Int32]

  /// Reads one word a line; there must be one at least.
  public init(text: String) throws(VocabularyError) {
    var words: [String] = []
    var numbers: [String: Int32] = [:]
    for (index, line) in text.textLines.enumerated() {
      guard !line.isEmpty, line.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else {
        throw VocabularyError(line: index + 1, problem: .notAWord(String(line.prefix(40))))
      }
      guard numbers.updateValue(Int32(words.count), forKey: line) == nil else {
        throw VocabularyError(line: index + 1, problem: .repeated(line))
      }
      words.append(line)
    }
    guard !words.isEmpty else { throw VocabularyError(line: 1, problem: .empty) }
    self.words = words
    self.numbers = numbers
  }

  /// The number of words.
  public var count: Int { words.count }

  /// The word of a number.
  public subscript(number: Int32) -> String { words[Int(number)] }

  /// The number of a word, if it is in the vocabulary.
  public func number(of word: some StringProtocol) -> Int32? { numbers[String(word)] }

  /// The words nearest in spelling, nearest first: the fewest letters inserted, left out, changed or
  /// swapped.
  ///
  /// A word of up to three letters may differ in one place, and in one more for every four letters;
  /// what is farther off is no help, so that there may be none.
  public func nearestInSpelling(to word: String, count: Int = 3) -> [String] {
    let wanted = Array(word.lowercased().utf8.prefix(64))
    let limit = 1 + wanted.count / 4
    let distances = words.enumerated().compactMap { number, candidate in
      // Each letter that one word has more than the other must be inserted.
      abs(candidate.utf8.count - wanted.count) > limit
        ? nil : (distance: editDistance(wanted, Array(candidate.utf8)), number: number)
    }
    return distances.filter { $0.distance <= limit }
      .sorted { ($0.distance, $0.number) < ($1.distance, $1.number) }
      .prefix(count).map { words[$0.number] }
  }

  /// The words that a pattern matches: `*` stands for any letters, `?` for one.
  public func matching(_ pattern: String) -> [String] {
    let pattern = Array(pattern.lowercased().utf8)
    return words.filter { matches(pattern[...], Array($0.utf8)[...]) }
  }

  private func matches(_ pattern: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) -> Bool {
    var (pattern, word) = (pattern, word)
    var retry: (pattern: ArraySlice<UInt8>, word: ArraySlice<UInt8>)?
    while !word.isEmpty {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        retry = (pattern, word)
      } else if let letter = pattern.first, letter == UInt8(ascii: "?") || letter == word.first {
        pattern = pattern.dropFirst()
        word = word.dropFirst()
      } else if let last = retry {
        (pattern, word) = (last.pattern, last.word.dropFirst())
        retry = (pattern, word)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

/// What is wrong with the text of a vocabulary.
public struct VocabularyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Hashable, Sendable {
    case empty
    case notAWord(String)
    case repeated(String)
  }

  /// Counted from 1.
  public let line: Int
  /// What is wrong in that line.
  public let problem: Problem

  /// The place and the problem.
  public var description: String {
    switch problem {
    case .empty: "there is no word in it"
    case .notAWord(let text): "line \(line): '\(text)' is not a word of small letters a to z"
    case .repeated(let word): "line \(line): '\(word)' stands there twice"
    }
  }
}

/// The fewest letters to insert, leave out, change or swap with the next to make one word of another.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var (before, last) = ([Int](), Array(0...b.count))
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      let change = last[j] + (a[i] == b[j] ? 0 : 1)
      var least = min(change, row[j] + 1, last[j + 1] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
      row.append(least)
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
