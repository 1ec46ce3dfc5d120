package import SPAEPyramid

/// What a frozen language model is asked about the words.
package enum LanguageQuestion: Hashable, Sendable {
  /// A line that describes the picture.
  case caption
  case ask(String)
  /// Words for some cells of one layer, from the words around them.
  case fill([CellAddress])
  /// Changes of words that grant a wish.
  case revise(Wish)
}

/// A question, with the words that it is about.
package struct LanguageRequest: Hashable, Sendable {
  /// Another one for each request; its answer names it.
  package var number: Int
  package var question: LanguageQuestion
  package var pyramid: Pyramid
}

/// What came of a question.
package enum LanguageAnswer: Hashable, Sendable {
  case text(String)
  /// Ways to fill the cells, the likeliest first: [proposal][cell].
  case proposals([[Int32]])
  case revision(WordRevised)
  case failure(String)
  /// Nobody was asked, as was wanted; what is said of it.
  case notSent(String)
}

/// A question that is not answered yet, or whose answer nobody has seen.
package struct Consultation: Hashable, Sendable {
  package let request: LanguageRequest
  /// What is being done for it.
  package internal(set) var note = "asking the language model"
  var answer: LanguageAnswer?

  init(_ request: LanguageRequest) { self.request = request }
}

/// Words that a language model proposes for some cells; nothing changes before one is accepted.
package struct WordFill: Hashable, Sendable {
  package let cells: [CellAddress]
  /// The likeliest first: [proposal][cell].
  package let proposals: [[Int32]]
  package private(set) var selection = 0
  /// Where the cursor was before the words were shown.
  let origin: CellAddress
  /// Where a wish changed the words: which, and how.
  package internal(set) var revision: Revision?

  /// A wish that was granted by words.
  package struct Revision: Hashable, Sendable {
    package let wish: String
    /// Flat indices of the words that the language model changed.
    let edited: [Int]
    package let summary: String
    /// What the history calls it.
    let verb: String
  }

  init(cells: [CellAddress], proposals: [[Int32]], origin: CellAddress) {
    self.cells = cells
    self.proposals = proposals
    self.origin = origin
  }

  /// The words with the selected proposal in place.
  package func preview(on pyramid: Pyramid) -> Pyramid {
    var preview = pyramid
    for (cell, word) in zip(cells, proposals[selection]) { preview[cell] = word }
    return preview
  }

  /// Another proposal; after the last one comes the first.
  mutating func move(by step: Int) {
    selection = (selection + step % proposals.count + proposals.count) % proposals.count
  }
}
