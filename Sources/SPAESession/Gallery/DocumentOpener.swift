import Foundation
import SPAEEngine
package import SPAEExplorer
package import SPAEFiles
import SPAEHistory
package import SPAELibrary
package import SPAEPixels
package import SPAEPyramid
import SPAESystem
package import SPAETerminal

/// Opens documents for the explorer, each with its history, as the command line asked.
package struct DocumentOpener {
  package let models: ModelLibrary
  package let size: Int
  package let fit: Fit
  package let dialect: Dialect
  /// The file of the history; nil keeps it in memory.
  package let history: String?
  /// Whether that file was named on the command line, and so is meant.
  package let isHistoryMeant: Bool
  package let tint: Bool
  package let edits: EditStyle
  /// Whether yanked words go to the system's clipboard too.
  package var copiesToClipboard = false
  /// The keys of the explorer and of the gallery.
  package var keymap = Keymap.standard
  /// The file of the index that counts words in other pictures; nil counts none.
  package var library: String?
  /// Where edits bring words from.
  package var exemplars: ExemplarSource?
  package let connect: LanguageWorker.Connect

  package init(
    models: ModelLibrary, size: Int, fit: Fit, dialect: Dialect, history: String?,
    isHistoryMeant: Bool, tint: Bool, edits: EditStyle, connect: @escaping LanguageWorker.Connect
  ) {
    (self.models, self.size, self.fit, self.dialect) = (models, size, fit, dialect)
    (self.history, self.isHistoryMeant) = (history, isHistoryMeant)
    (self.tint, self.edits, self.connect) = (tint, edits, connect)
  }

  /// A file with all that the explorer needs of it.
  package struct Opened {
    package let file: String
    package var state: Explorer
    package let runner: EffectRunner
    package let editor: ExternalEditor
    /// What is lost where the history cannot be written.
    package let loss: Notice?
  }

  /// Reads a file's words, or makes them of its picture.
  package func document(_ file: String) throws -> OpenedDocument {
    try OpenedDocument(file: file, size: size, fit: fit, models: models, dialect: dialect)
  }

  /// Opens a file for the explorer.
  package func open(_ file: String, output: PictureOutput) throws -> Opened {
    var document = try document(file)
    let (store, past, loss) = try openHistory(of: &document)
    let runner = try EffectRunner(
      model: document.model, models: models, history: past, files: document.files,
      original: document.original, view: document.view, film: document.film, library: library,
      exemplars: exemplars, thumbnails: output.cells,
      yanked: YankedWords(path: YankedWords.defaultPath(environment: SystemEnvironment.variables)),
      connect: connect)
    let state = try document.state(
      history: past, store: store, output: output, tint: tint, edits: edits,
      copiesToClipboard: copiesToClipboard, keymap: keymap)
    runner.explain(document.explain)
    return Opened(
      file: file, state: state, runner: runner, editor: ExternalEditor(files: document.files),
      loss: loss)
  }

  /// Opens the picture's history; where nothing can be written one in memory, and what is lost by it.
  private func openHistory(
    of document: inout OpenedDocument
  ) throws -> (HistoryStore, DocumentHistory, loss: Notice?) {
    do {
      let store = try HistoryStore(path: history, clock: { Date() })
      return (store, try document.history(in: store), nil)
    } catch let error as HistoryError {
      guard !isHistoryMeant, let reason = error.obstacle else { throw error }
      let store = try HistoryStore(path: nil, clock: { Date() })
      let loss = Notice("edits are not kept, as with --history none: \(reason)", kind: .warning)
      return (store, try document.history(in: store), loss)
    }
  }
}
