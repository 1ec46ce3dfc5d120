import SPAEEngine
import SPAEExplorer
import SPAELanguage
import SPAEPyramid

/// Puts the explorer's questions to a language model, and its answers into words.
struct LanguageDesk: Sendable {
  private let model: Model

  init(model: Model) { self.model = model }

  /// Answers a question; `progress` hears what is being done, and says whether to go on.
  func answer(
    to request: LanguageRequest, by language: any LanguageModel, progress: (String) -> Bool
  ) throws -> LanguageAnswer {
    switch request.question {
    case .caption, .ask: throw Failure("not yet")
    case .fill(let cells):
      let filling = WordFilling(model: language, vocabulary: model.vocabulary) { word, count in
        model.codebook.neighbours(of: word, count: count).map(\.word)
      }
      let proposals = try filling.proposals(for: cells, of: request.pyramid) { done in
        progress("\(language.name) looks for \(Self.place(done, of: cells.count))")
      }
      return .proposals(proposals)
    }
  }

  private static func place(_ done: Int, of count: Int) -> String {
    count == 1 ? "a word" : "word \(done + 1) of \(count)"
  }
}
