import SPAEEngine
package import SPAEExplorer
package import SPAELanguage
import SPAEPixels
import SPAEPyramid

/// Puts the explorer's questions to a language model, and its answers into words.
package struct LanguageService: Sendable {
  /// Those whose words say what the picture shows.
  static let layers = 1...3

  let model: Model
  let painter: EditPainter

  init(model: Model, painter: EditPainter) { (self.model, self.painter) = (model, painter) }

  /// Answers a question; `progress` hears what is being done, and says whether to go on.
  package func answer(
    to request: LanguageRequest, by language: any LanguageModel, progress: (String) -> Bool
  ) throws -> LanguageAnswer {
    switch request.question {
    case .caption: return try .text(description(of: request, nil, by: language, progress))
    case .ask(let question):
      return try .text(description(of: request, question, by: language, progress))
    case .fill(let cells):
      let filling = WordFilling(model: language, vocabulary: model.vocabulary) { word, count in
        model.codebook.neighbours(of: word, count: count).map(\.word)
      }
      let proposals = try filling.proposals(for: cells, of: request.pyramid) { done in
        progress("\(language.name) looks for \(Self.place(done, of: cells.count))")
      }
      return .proposals(proposals)
    case .revise(let wish):
      return try revision(wish, of: request.pyramid, by: language, progress)
    }
  }

  /// What the language model says to the upper words, as `spae caption` and `spae ask` do.
  private func description(
    of request: LanguageRequest, _ question: String?, by language: any LanguageModel,
    _ progress: (String) -> Bool
  ) throws -> String {
    let examples = try ExampleFile.examples(asks: question != nil)
    let words = request.pyramid.wordsByArea(ofLayers: Self.layers).map { model.vocabulary[$0] }
    _ = progress("\(language.name) reads the \(words.count) words of layers 1 to 3")
    let survey = try model.survey(
      of: request.pyramid, in: model.decode(request.pyramid), fit: .whole, layers: Self.layers)
    let facts = PictureFacts(
      of: request.pyramid, survey, layers: Self.layers, vocabulary: model.vocabulary)
    let answer = try PictureQuestion(
      file: examples, words: words, facts: facts, question: question
    ).answer(by: language)
    let remarks = ["\(language.name), from the words of layers 1 to 3"] + language.remarks
    let end = answer.isCut == true ? " ..." : ""
    return "\(answer.text)\(end)\n\n\(remarks.joined(separator: ", "))"
  }

  private static func place(_ done: Int, of count: Int) -> String {
    count == 1 ? "a word" : "word \(done + 1) of \(count)"
  }
}
