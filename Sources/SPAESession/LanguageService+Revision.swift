import SPAEEngine
import SPAEExplorer
import SPAELanguage
import SPAEPyramid

extension LanguageService {
  /// Words that grant a wish, steered as typed ones are.
  func revision(
    _ wish: Wish, of pyramid: Pyramid, by language: any LanguageModel,
    _ progress: (String) -> Bool
  ) throws -> LanguageAnswer {
    _ = progress("\(language.name) looks for words that grant '\(wish.text)'")
    let words = pyramid.wordsByArea(ofLayers: Self.layers)
    let examples = try RevisionExamples.examples()
    let proposal = try WordRevision(by: language, of: model, examples: examples)
      .proposal(for: wish.text, words: words)
    var revised = WordRevised(pyramid: pyramid, notices: proposal.notices)
    for change in proposal.changes where try apply(change, wish, to: &revised) {
      let edit = WordEdit.Change.replace(old: change.old, new: change.new)
      revised.edits.append(edit.text(model.vocabulary))
    }
    guard !revised.edits.isEmpty else {
      let reason = proposal.reason(model.vocabulary)
      return .failure("'\(wish.text)' changes nothing here; \(reason)")
    }
    return .revision(revised)
  }

  /// Does one change; false where the picture has nothing of it.
  private func apply(
    _ change: WordRevision.Change, _ wish: Wish, to revised: inout WordRevised
  ) throws -> Bool {
    if wish.style == .exact { return replace(change, in: &revised) }
    let painting = Painting(
      pyramid: revised.pyramid, change: .replace(old: change.old, new: change.new),
      held: wish.held.union(revised.edited))
    guard case .words(let words, let edited, _) = try painter.painted(keeping: painting) else {
      return false
    }
    revised.pyramid = words
    revised.edited += edited
    return true
  }

  private func replace(_ change: WordRevision.Change, in revised: inout WordRevised) -> Bool {
    var pyramid = revised.pyramid
    let found = pyramid.words.indices.filter { pyramid.words[$0] == change.old }
    for index in found { pyramid[pyramid.shape.cell(at: index)] = change.new }
    revised.pyramid = pyramid
    revised.edited += found
    return !found.isEmpty
  }
}
