package import SPAEPyramid
package import SPAEScreen

/// Chooses a word for one cell or a block: by spelling, by meaning or by effect.
package struct WordPicker: Hashable, Sendable {
  package enum Method: CaseIterable, Hashable, Sendable {
    case spelling, meaning, effect

    var name: String {
      switch self {
      case .spelling: "spelling"
      case .meaning: "meaning"
      case .effect: "effect"
      }
    }
  }

  /// What candidates are wanted for.
  package struct Query: Hashable, Sendable {
    package var method: Method
    package var text: String
    /// The cell that changes, the first one of a block.
    package var cell: CellAddress
    package var pyramid: Pyramid
  }

  package struct Candidate: Hashable, Sendable {
    package var word: Int32
    /// The cell's pixels as this word makes them.
    package var thumbnail: Screen?

    package init(word: Int32, thumbnail: Screen? = nil) {
      self.word = word
      self.thumbnail = thumbnail
    }
  }

  /// The most candidates that are listed.
  package static let limit = 60

  package let cells: [CellAddress]
  package private(set) var method: Method
  package private(set) var line = LineEditor()
  package private(set) var candidates: [Candidate] = []
  package private(set) var selection = 0
  /// Whether the person chose among words of similar spelling, which the list does not do for them.
  private var hasChosen = false
  /// Whether nothing in the vocabulary is spelled like that, so that the list only offers similar words.
  private var offersSimilar = false

  init(cells: [CellAddress], method: Method) {
    self.cells = cells
    self.method = method
  }

  /// The words with the highlighted candidate in place.
  package func preview(on pyramid: Pyramid) -> Pyramid {
    guard let word = highlighted else { return pyramid }
    var preview = pyramid
    for cell in cells { preview[cell] = word }
    return preview
  }

  var highlighted: Int32? {
    guard !offersSimilar || hasChosen, candidates.indices.contains(selection) else { return nil }
    return candidates[selection].word
  }

  // MARK: Changes

  mutating func type(_ key: Key) -> Bool {
    guard line.apply(key) else { return false }
    hasChosen = false
    return true
  }

  mutating func move(by step: Int) {
    guard !candidates.isEmpty else { return }
    if offersSimilar { hasChosen = true }
    selection = min(max(0, selection + step), candidates.count - 1)
  }

  mutating func nextMethod() {
    let all = Method.allCases
    method = all[((all.firstIndex(of: method) ?? 0) + 1) % all.count]
    candidates = []
    selection = 0
    hasChosen = false
    offersSimilar = false
  }

  func query(on pyramid: Pyramid) -> Query {
    Query(method: method, text: line.text, cell: cells[0], pyramid: pyramid)
  }

  mutating func take(_ found: [Candidate]) {
    candidates = found
    selection = 0
    offersSimilar = false
  }

  /// Lists the words that are spelled like what was typed.
  mutating func complete(from vocabulary: Vocabulary, word: Int32) {
    let text = line.text.lowercased()
    let found = text.isEmpty ? vocabulary.following(word) : vocabulary.completions(of: text)
    offersSimilar = found.isEmpty
    let listed =
      found.isEmpty
      ? vocabulary.nearestInSpelling(to: text, count: 8).compactMap { vocabulary.number(of: $0) }
      : found
    candidates = listed.prefix(Self.limit).map { Candidate(word: $0) }
    selection = 0
  }
}

extension Vocabulary {
  /// Words in alphabetic order from one on.
  fileprivate func following(_ word: Int32) -> [Int32] {
    let start = self[word]
    let later = words.indices.filter { words[$0] >= start }
    return later.sorted { words[$0] < words[$1] }.prefix(WordPicker.limit).map { Int32($0) }
  }

  /// Words that begin with a text, then those that hold it, then those that hold its letters in order.
  func completions(of text: String) -> [Int32] {
    let ranked = words.enumerated().compactMap { number, word -> (Int, Int, Int32)? in
      guard let rank = Self.rank(of: text, in: word) else { return nil }
      return (rank, word.utf8.count, Int32(number))
    }
    return ranked.sorted { $0 < $1 }.prefix(WordPicker.limit).map(\.2)
  }

  private static func rank(of text: String, in word: String) -> Int? {
    if word.hasPrefix(text) { return 0 }
    if word.contains(text) { return 1 }
    var rest = word.utf8[...]
    for letter in text.utf8 {
      guard let place = rest.firstIndex(of: letter) else { return nil }
      rest = rest[rest.index(after: place)...]
    }
    return 2
  }
}
