import SPAELanguage
import SPAEPyramid
import Synchronization
import Testing

@Suite("Filling cells by a language model")
struct FillSuite {
  /// Words by number: w00, w01, ... in letters, for a vocabulary has no digits.
  private static let vocabulary: Vocabulary = {
    let letters = "abcdefghijklmnopqrstuvwxyz"
    let words = letters.flatMap { first in letters.map { "w\(first)\($0)" } }
    do { return try Vocabulary(text: words.joined(separator: "\n")) } catch {
      fatalError("\(error)")
    }
  }()

  /// A pyramid whose words are all another one.
  private static let pyramid: Pyramid = {
    let shape = PyramidShape(grid: 8)
    let words = (0..<(shape?.wordCount ?? 0)).map { Int32($0) }
    guard let shape, let pyramid = Pyramid(shape: shape, words: words) else {
      fatalError("no pyramid")
    }
    return pyramid
  }()

  /// Scores by a table, and remembers what it was asked.
  private final class ScriptedModel: LanguageModel {
    let name = "scripted"
    let contextLength: Int? = nil
    let prompts = Mutex<[String]>([])
    let answer: String
    let score: @Sendable (String) throws(LanguageError) -> Double

    init(answer: String = "", score: @escaping @Sendable (String) throws(LanguageError) -> Double) {
      self.answer = answer
      self.score = score
    }

    func tokenCount(of text: String) throws(LanguageError) -> Int { text.utf8.count }

    func complete(_ request: CompletionRequest) throws(LanguageError) -> Completion {
      Completion(text: answer)
    }

    func logProbabilities(
      of continuations: [String], after prompt: String
    ) throws(LanguageError) -> [Double] {
      prompts.withLock { $0.append(prompt) }
      var scores: [Double] = []
      for text in continuations {
        let score = try score(text)
        scores.append(prompt == FillPrompt.neutral ? 0 : score)
      }
      return scores
    }
  }

  private func cell(_ layer: Int, _ row: Int, _ column: Int) -> CellAddress {
    CellAddress(layer: layer, row: row, column: column)
  }

  private func word(_ cell: CellAddress) -> String { Self.vocabulary[Self.pyramid[cell]] }

  private func filling(_ model: ScriptedModel) -> WordFilling {
    WordFilling(model: model, vocabulary: Self.vocabulary) { word, count in
      (1...count).map { (word + Int32($0) * 100) % Int32(Self.vocabulary.count) }
    }
  }

  @Test("tells the words below and above, then those beside the cell, and ends before its own")
  func prompt() {
    let hole = cell(3, 1, 1)
    let text = FillPrompt(for: hole, of: Self.pyramid, hidden: [hole]).text(Self.vocabulary)
    let rows = [2, 3, 0].map { row in (0...3).map { cell(3, row, $0) } }
    let own = [
      [cell(3, 1, 2), cell(3, 1, 3), cell(2, 0, 0), cell(1, 0, 0)], [cell(3, 1, 0)],
    ]
    let lines = (rows + own).map { $0.map { " \(word($0))" }.joined() }
    #expect(text == lines.joined(separator: "\n"))
    #expect(!text.contains(word(hole)))
  }

  @Test("counts the words around, the most frequent first")
  func surroundings() {
    var pyramid = Self.pyramid
    for place in [cell(3, 0, 0), cell(3, 2, 2)] { pyramid[place] = 600 }
    pyramid[cell(2, 0, 0)] = 600
    let around = FillPrompt(for: cell(3, 1, 1), of: pyramid, hidden: []).surroundings
    #expect(around.first?.word == 600 && around.first?.count == 2)
    #expect(around.map(\.count) == [2, 1, 1, 1, 1, 1, 1, 0])
    #expect(around.last?.word == pyramid[cell(1, 0, 0)])
  }

  @Test(
    "tells no word that is hidden, wherever it stands",
    arguments: [
      (1, 0...0), (2, 0...1), (2, 0...0), (3, 1...2), (3, 0...3), (4, 0...7), (5, 2...4),
    ])
  func hidden(_ layer: Int, _ places: ClosedRange<Int>) {
    let cells = places.flatMap { row in places.map { cell(layer, row, $0) } }
    for hole in cells {
      let prompt = FillPrompt(for: hole, of: Self.pyramid, hidden: Set(cells))
      let words = prompt.text(Self.vocabulary).split { " \n=".contains($0) }.map(String.init)
      #expect(Set(words).isDisjoint(with: cells.map(word)))
      #expect(Set(prompt.surroundings.map(\.word)).isDisjoint(with: cells.map { Self.pyramid[$0] }))
      #expect(!prompt.surroundings.isEmpty)
    }
  }

  @Test("proposes the likeliest words first, and never the word that is there for one cell")
  func ranking() throws {
    let hole = cell(3, 1, 1)
    let likely = [word(cell(3, 0, 1)), word(cell(2, 0, 0)), word(cell(3, 2, 2))]
    let model = ScriptedModel { text in
      -10 * Double(likely.firstIndex(of: String(text.dropFirst())) ?? 9)
    }
    let proposals = try filling(model).proposals(for: [hole], of: Self.pyramid) { _ in true }
    #expect(proposals.count == WordFilling.proposals)
    #expect(proposals.prefix(3).map { Self.vocabulary[$0[0]] } == likely)
    #expect(!proposals.contains([Self.pyramid[hole]]))
  }

  @Test("fills from the edge inwards, and what was filled is known to the next cell")
  func order() throws {
    let cells = (1...3).flatMap { row in (1...3).map { cell(4, row, $0) } }
    let above = word(cell(1, 0, 0))
    let model = ScriptedModel { $0 == " \(above)" ? 0 : -9 }
    var steps: [Int] = []
    let proposals = try filling(model).proposals(for: cells, of: Self.pyramid) {
      steps.append($0)
      return true
    }
    #expect(steps == Array(0..<9))
    #expect(proposals.allSatisfy { $0.count == 9 })
    let last = try #require(model.prompts.withLock { $0.last })
    let filled = last.split { " \n".contains($0) }.count { $0 == above }
    #expect(filled == 9, "the middle comes last and knows the others: \(last)")
  }

  @Test(
    "takes what is written where nothing is scored, and mends it by the vocabulary",
    arguments: [
      (" wzz, or so", "wzz"), ("\"WZZ\"", "wzz"), (" a xyz of wzy", "wzy"), (" 12 ?", nil),
      ("", nil),
    ])
  func written(_ answer: String, _ expected: String?) throws {
    let silent = LanguageError.noLogProbabilities(url: "http://x", reason: "it has none")
    let model = ScriptedModel(answer: answer) { _ throws(LanguageError) in throw silent }
    let hole = cell(3, 1, 1)
    let proposals = try filling(model).proposals(for: [hole], of: Self.pyramid) { _ in true }
    let first = expected ?? word(cell(3, 1, 0))
    #expect(proposals.first.map { Self.vocabulary[$0[0]] } == first)
  }

  @Test("proposes nothing when it is stopped, and passes an error on")
  func ends() throws {
    let model = ScriptedModel { _ in 0 }
    let cells = [cell(4, 0, 0), cell(4, 0, 1)]
    let none = try filling(model).proposals(for: cells, of: Self.pyramid) { $0 < 1 }
    #expect(none.isEmpty)
    #expect(model.prompts.withLock { $0.count } == 2, "one cell, and what is neutral")
    let error = LanguageError.refused(url: "http://127.0.0.1:1", reason: "connection refused")
    let broken = ScriptedModel { _ throws(LanguageError) in throw error }
    #expect(throws: error) {
      try filling(broken).proposals(for: cells, of: Self.pyramid) { _ in true }
    }
  }
}
