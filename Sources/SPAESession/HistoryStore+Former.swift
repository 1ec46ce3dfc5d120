package import SPAEFiles
package import SPAEHistory
import SPAEPyramid
import SPAESystem

extension HistoryStore {
  /// The history from which that of a file goes on which has none of its own: it was renamed, or is a
  /// copy, by the rule of the explorer and of `spae edit`.
  package func formerHistory(
    of file: String, models: () throws -> ModelLibrary
  ) throws -> FormerHistory? {
    if try knows(path: file) || !FileSystem.exists(file) { return nil }
    let models = try models()
    if FilmReel.isFilm(file) { return try formerHistory(ofFilm: file, models) }
    guard case .pyramid(let document, _)? = try? Input(path: file, models: models) else {
      return nil
    }
    return try formerHistory(
      of: file, document.pyramid, vocabularyHash: document.model.vocabulary)
  }

  private func formerHistory(
    ofFilm file: String, _ models: ModelLibrary
  ) throws -> FormerHistory? {
    guard let film = try? FilmReel(path: file, models: models),
      let first = try film.words(ofFrame: 0)?.saved
    else { return nil }
    let document = film.header.document(of: first)
    return try formerHistory(
      ofFilm: file, first: first, vocabularyHash: document.model.vocabulary,
      label: document.source.name, held: film.revisionHeld(of:))
  }
}
