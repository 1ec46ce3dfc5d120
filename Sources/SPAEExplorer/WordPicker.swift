package import SPAEPyramid
package import SPAEScreen

/// Chooses a word for one cell or a block: by spelling, by meaning, by effect or from the library.
package struct WordPicker: Hashable, Sendable {
  package enum Method: CaseIterable, Hashable, Sendable {
    case spelling, meaning, effect, library

    /// As it stands in "change fur, by meaning".
    var name: String {
      switch self {
      case .spelling: "by spelling"
      case .meaning: "by meaning"
      case .effect: "by effect"
      case .library: "from the library"
      }
    }

    /// The one that comes next.
    var next: Method {
      let all = Self.allCases
      return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
  }

  /// What candidates are wanted for.
  package struct Query: Hashable, Sendable {
    package var method: Method
    package var text: String
    /// The cells that change.
    package var cells: [CellAddress]
    package var pyramid: Pyramid
    /// Flat indices of words that stay where a candidate paints; nil where it changes the cells alone.
    package var held: Set<Int>?

    package var cell: CellAddress { cells[0] }

    /// The edit that a candidate would be; nil where it changes the cells alone.
    package func painting(_ word: Int32) -> Painting? {
      held.map { Painting(pyramid: pyramid, change: .put(cells, word: word), held: $0) }
    }
  }

  package struct Candidate: Hashable, Sendable {
    package var word: Int32
    /// The cell's pixels as this word makes them, or the part that is brought.
    package var thumbnail: Screen?
    /// The same in pixels, by its number among the session's pictures.
    package var picture: Int?
    /// What is brought with the word.
    package var part: LibraryPart?

    package init(
      word: Int32, thumbnail: Screen? = nil, picture: Int? = nil, part: LibraryPart? = nil
    ) {
      (self.word, self.thumbnail, self.picture, self.part) = (word, thumbnail, picture, part)
    }
  }

  /// The most candidates that are listed.
  package static let limit = 60

  package let cells: [CellAddress]
  package private(set) var method: Method
  package private(set) var line = LineEditor()
  package private(set) var candidates: [Candidate] = []
  package private(set) var selection = 0
  /// Why there are no candidates, or what they wait for.
  package private(set) var note: String?
  /// Whether the list is that of what is typed; an earlier one may still be shown.
  package private(set) var isListed = false
  /// Keys that were pressed before the list was there, which answers them when it comes.
  package private(set) var ahead: [Key] = []
  /// Whether Enter is among them, so that what follows is for what comes after the list.
  private(set) var isAcceptedAhead = false
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

  /// What the highlighted candidate brings from the library.
  var highlightedPart: LibraryPart? {
    highlighted == nil ? nil : candidates[selection].part
  }

  // MARK: Changes

  mutating func type(_ key: Key) -> Bool {
    let text = line.text
    guard line.apply(key) else { return false }
    if line.text != text {
      hasChosen = false
      awaitList()
    }
    return true
  }

  /// What is shown is an earlier list from now on; keys that waited for it are void.
  private mutating func awaitList() {
    (isListed, ahead, isAcceptedAhead) = (false, [], false)
  }

  /// Keeps a key for the list that comes.
  mutating func keep(_ key: Key, accepts: Bool) {
    ahead.append(key)
    isAcceptedAhead = isAcceptedAhead || accepts
  }

  /// Gives the keys that waited, once the list has come.
  mutating func releaseKeys() -> [Key] {
    guard isListed else { return [] }
    defer { (ahead, isAcceptedAhead) = ([], false) }
    return ahead
  }

  mutating func move(by step: Int) {
    guard !candidates.isEmpty else { return }
    if offersSimilar { hasChosen = true }
    selection = min(max(0, selection + step), candidates.count - 1)
  }

  mutating func nextMethod() {
    method = method.next
    candidates = []
    note = nil
    selection = 0
    hasChosen = false
    offersSimilar = false
    awaitList()
  }

  func query(on pyramid: Pyramid) -> Query {
    Query(method: method, text: line.text, cells: cells, pyramid: pyramid)
  }

  mutating func take(_ found: [Candidate]) {
    isListed = true
    candidates = found
    note = found.isEmpty ? "no such word" : nil
    selection = 0
    offersSimilar = false
  }

  /// Takes a candidate that was drawn again.
  mutating func replace(_ candidate: Candidate) {
    guard let place = candidates.firstIndex(where: { $0.word == candidate.word }) else { return }
    candidates[place] = candidate
  }

  /// Says why there are no candidates, or what they wait for as long as a list is to come.
  mutating func explain(_ note: String, isLast: Bool) {
    isListed = isLast
    candidates = []
    self.note = note
    selection = 0
  }

  /// Lists the words that are spelled like what was typed.
  mutating func complete(from vocabulary: Vocabulary, word: Int32) {
    isListed = true
    let text = line.text.lowercased()
    let found = text.isEmpty ? vocabulary.following(word) : vocabulary.completions(of: text)
    offersSimilar = found.isEmpty
    let listed =
      found.isEmpty
      ? vocabulary.nearestInSpelling(to: text, count: 8).compactMap { vocabulary.number(of: $0) }
      : found
    candidates = listed.prefix(Self.limit).map { Candidate(word: $0) }
    note = candidates.isEmpty ? "no such word" : nil
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
    let (text, word) = (text.utf8, word.utf8)
    guard text.count <= word.count else { return nil }
    if word.starts(with: text) { return 0 }
    var rest = word[...]
    while rest.count > text.count {
      rest = rest.dropFirst()
      if rest.starts(with: text) { return 1 }
    }
    rest = word[...]
    for letter in text {
      guard let place = rest.firstIndex(of: letter) else { return nil }
      rest = rest[rest.index(after: place)...]
    }
    return 2
  }
}
