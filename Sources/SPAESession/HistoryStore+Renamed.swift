package import SPAEFiles
package import SPAEHistory
import SPAEPyramid
import SPAESystem

extension HistoryStore {
  /// The path by which the store knows a file: its own, or the one that it had before it was renamed,
  /// by the rule of the explorer and of `spae edit`.
  package func knownPath(of file: String, models: () throws -> ModelLibrary) throws -> String {
    if try knows(path: file) || !FileSystem.exists(file) { return file }
    let models = try models()
    if FilmReel.isFilm(file) { return try formerPath(ofFilm: file, models) ?? file }
    guard case .pyramid(let document, _)? = try? Input(path: file, models: models) else {
      return file
    }
    return try formerPath(
      of: file, document.pyramid, vocabularyHash: document.model.vocabulary) ?? file
  }

  private func formerPath(ofFilm file: String, _ models: ModelLibrary) throws -> String? {
    guard let film = try? FilmReel(path: file, models: models),
      let first = try film.words(ofFrame: 0)?.saved
    else { return nil }
    let document = film.header.document(of: first)
    return try formerPath(
      ofFilm: file, first: first, vocabularyHash: document.model.vocabulary,
      label: document.source.name, held: film.revisionHeld(of:))
  }
}
