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
  /// The size that pictures get once they are open in `size`; nil is that one.
  package var wish: PictureSize?
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
    /// Which files before it could not be opened, and why.
    var omission: Notice?
    /// The words that the picture gave.
    let first: Pyramid
  }

  /// Reads a file's words, or makes them of its picture.
  package func document(_ file: String) throws -> OpenedDocument {
    try OpenedDocument(file: file, size: size, fit: fit, models: models, dialect: dialect)
  }

  /// Opens a file for the explorer.
  package func open(_ file: String, output: PictureOutput) throws -> Opened {
    try open(try document(file), file, wish: wish, output: output).opened
  }

  /// Opens a picture that is open in another size, which is prepared; the edits of its upper words come
  /// along as one state.
  package func open(_ other: Opened, size: Int, output: PictureOutput) throws -> Opened {
    guard let picture = other.runner.preparation?.picture(ofSize: size) else {
      throw Failure("\(other.file): it is not encoded at \(size) pixels")
    }
    let document = try OpenedDocument(
      picture, file: other.file, fit: fit, models: models, dialect: dialect)
    let edits = CarriedEdits(
      first: other.first, now: other.state.pyramid, style: other.state.edits)
    var (opened, words) = try open(
      document, other.file, wish: nil, edits, reading: other.runner.preparation, output: output)
    let came =
      words == 0
      ? nil : "\(words) edited word\(words == 1 ? "" : "s") came along, u takes that back"
    // What a person must know of this size's history stays, as of edits that came back.
    let warning = opened.state.notice.flatMap { $0.kind == .plain ? nil : $0 }
    let text = ["\(size) pixels", came, warning?.text].compactMap { $0 }.joined(separator: "; ")
    opened.state.resume(
      from: other.state, saying: Notice(text, kind: warning?.kind ?? .plain))
    return opened
  }

  private func open(
    _ document: OpenedDocument, _ file: String, wish: PictureSize?, _ carried: CarriedEdits? = nil,
    reading known: PicturePreparation? = nil, output: PictureOutput
  ) throws -> (opened: Opened, words: Int) {
    var document = document
    let (store, past, loss) = try openHistory(of: &document)
    let words = try carried.map { try carry($0, into: past, of: document) } ?? 0
    let runner = try EffectRunner(
      model: document.model, models: models, history: past, files: document.files,
      original: document.original, view: document.view, source: document.source,
      film: document.film, library: library,
      exemplars: exemplars,
      preparation: document.original == nil ? nil : known ?? preparation(of: file),
      thumbnails: output.cells,
      yanked: YankedWords(path: YankedWords.defaultPath(environment: SystemEnvironment.variables)),
      connect: connect)
    var state = try document.state(
      history: past, store: store, output: output, tint: tint, edits: edits,
      copiesToClipboard: copiesToClipboard, keymap: keymap)
    state.sizes = document.sizes(wish: wish, output: output)
    runner.explain { [explain = document.explain, words = document.document.pyramid] in
      try explain(try? past.states(to: words).first?.pyramid)
    }
    let opened = Opened(
      file: file, state: state, runner: runner, editor: ExternalEditor(files: document.files),
      loss: loss, first: document.document.pyramid)
    return (opened, words)
  }

  /// Keeps edits of another size as one state, and gives how many words they are.
  private func carry(
    _ edits: CarriedEdits, into history: DocumentHistory, of document: OpenedDocument
  ) throws -> Int {
    let (pyramid, words) = try edits.applied(to: history.pyramid, by: document.model) {
      () throws(EngineError) -> PictureEvidence in
      let picture =
        if let view = document.view { view } else { try document.model.decode(history.pyramid) }
      return document.model.evidence(of: picture, fit: .whole, shape: history.pyramid.shape)
    }
    if pyramid != history.pyramid { try history.commit(pyramid, verb: "size") }
    return words
  }

  private func preparation(of file: String) -> PicturePreparation {
    PicturePreparation { [models, fit] size, progress in
      guard file != "-" else {
        throw Failure("standard input is read once: name a file to change its size")
      }
      return try OpenedPicture(path: file, size: size, fit: fit, models: models, progress: progress)
    }
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
      let store = try HistoryStore.inMemory(copyOf: history, clock: { Date() })
      let loss = Notice("edits are not kept, as with --history none: \(reason)", kind: .warning)
      return (store, try document.history(in: store), loss)
    }
  }
}
